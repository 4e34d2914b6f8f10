"""Somebody was mentioned in an activity or in a comment on it: they are told once for each activity (SPEC 1.6)."""

from collections.abc import Iterator

import sqlalchemy as sa

from crm.activities.mentions import mentioned_in, mentioned_in_text
from crm.activities.queries import read_activity
from crm.clock import now
from crm.db import db
from crm.events import ActivityCreated, ActivityEvent, ActivityUpdated, CommentChanged
from crm.messages import N_, Message
from crm.notifications.models import Mention
from crm.notifications.rights import Rights
from crm.notifications.topics import Notice, Told, Topic, topics
from crm.permissions.scopes import unguarded
from crm.records.following import BY_HAND

BODY = "body"


def _from_created(event: ActivityCreated) -> Iterator[Told]:
    if event.source in BY_HAND:
        yield from _first_time(event, mentioned_in(event.activity.body))


def _from_updated(event: ActivityUpdated) -> Iterator[Told]:
    if BODY in event.changed:
        yield from _first_time(event, mentioned_in(read_activity(event.activity_id).body))


def _from_comment(event: CommentChanged) -> Iterator[Told]:
    yield from _first_time(event, mentioned_in_text(event.body))


def _first_time(event: ActivityEvent, user_ids: set[int]) -> Iterator[Told]:
    """Those who may see the activity and were not mentioned in it before; they are remembered as mentioned."""
    wanted = user_ids - {event.actor.user_id}
    if not wanted:
        return
    known = sa.select(Mention.user_id).where(Mention.activity_id == event.activity_id, Mention.user_id.in_(wanted))
    new = wanted - set(db.session.scalars(unguarded(known, "who was told is not told again")))
    rights = Rights.read((), {event.activity_id}) if new else None
    told = [one for one in sorted(new) if rights and rights.sees_activity(one, event.activity_id)]
    if told:
        moment = now()
        rows = [{"activity_id": event.activity_id, "user_id": one, "moment": moment} for one in told]
        db.session.execute(sa.insert(Mention.__table__), rows)
    for user_id in told:
        yield Told(user_id, activity_id=event.activity_id, data={"kind": event.kind})


def _words(notice: Notice) -> Message:
    return Message(N_("%(actor)s mentioned you"), actor=notice.actor)


topics.register(
    Topic(
        name="mention",
        label=N_("Mentions"),
        text=N_("Somebody writes @ and your name in an activity or a comment."),
        icon="at",
        words=_words,
        hears={ActivityCreated: _from_created, ActivityUpdated: _from_updated, CommentChanged: _from_comment},
        position=10,
    )
)
