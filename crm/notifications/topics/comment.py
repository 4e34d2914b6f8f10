"""A comment on one's own activity, on one that one commented on, or on one of a record that one follows."""

from collections.abc import Iterator

import sqlalchemy as sa

from crm.activities.models import ActivityLink, Comment
from crm.activities.queries import read_activity
from crm.db import db
from crm.events import CommentChanged
from crm.messages import N_, Message
from crm.notifications.topics import Notice, Told, Topic, topics
from crm.permissions.scopes import unguarded
from crm.records.following import followers_of

WHY = "whoever tells people of it checks their rights"


def _from_comment(event: CommentChanged) -> Iterator[Told]:
    if not event.is_new:
        return
    activity = read_activity(event.activity_id)
    said = sa.select(Comment.author_id).where(Comment.activity_id == event.activity_id, Comment.archived_at.is_(None))
    people = {activity.owner_id, activity.values.get("created_by"), *db.session.scalars(unguarded(said, WHY))}
    on = unguarded(sa.select(ActivityLink.record_id).where(ActivityLink.activity_id == event.activity_id), WHY)
    people |= {user_id for users in followers_of(on).values() for user_id in users}
    for user_id in sorted(people - {None}):
        yield Told(user_id, activity_id=event.activity_id, data={"kind": event.kind})


def _words(notice: Notice) -> Message:
    return Message(N_("%(actor)s commented"), actor=notice.actor)


topics.register(
    Topic(
        name="comment",
        label=N_("Comments"),
        text=N_("Somebody comments on your activity, after you, or on a record you follow."),
        icon="comment",
        words=_words,
        hears={CommentChanged: _from_comment},
        position=50,
    )
)
