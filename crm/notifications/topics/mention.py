"""Somebody was mentioned in an activity or in a comment on it: they are told once for each activity (SPEC 1.6)."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

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
    """Whoever the change itself mentions: what was there before was told then, or came with imported mail."""
    if BODY in event.changed:
        before = mentioned_in(event.before.get(BODY) or "")
        yield from _first_time(event, mentioned_in(read_activity(event.activity_id).body) - before)


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
    for user_id in _remembered(event.activity_id, told):
        yield Told(user_id, activity_id=event.activity_id, data={"kind": event.kind})


def _remembered(activity_id: int, user_ids: Sequence[int]) -> list[int]:
    """Keep who is told of an activity; those somebody else mentioned in this very moment are left out."""
    if not user_ids:
        return []
    moment = now()
    rows = [{"activity_id": activity_id, "user_id": one, "moment": moment} for one in user_ids]
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    added = insert(Mention).values(rows).on_conflict_do_nothing().returning(Mention.user_id)
    return sorted(db.session.scalars(added))


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
