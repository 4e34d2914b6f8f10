"""What people do with their notices: open them, mark them all as read, and say which kinds they want."""

from collections.abc import Collection
from datetime import timedelta

import sqlalchemy as sa

from crm.clock import now
from crm.db import db
from crm.notifications.models import MutedTopic, Notification
from crm.notifications.topics import topics
from crm.permissions.viewer import Viewer

KEPT = timedelta(days=90)
AT_ONCE = 5_000
NOTICE: sa.Table = Notification.__table__  # type: ignore[assignment]


def mark_read(actor: Viewer, notice_id: int) -> None:
    """Say that one's own notice was opened; those of other people stay as they are."""
    db.session.execute(_unread(actor).where(NOTICE.c.id == notice_id).values(read_at=now()))


def mark_all_read(actor: Viewer, until_id: int) -> None:
    """Mark all of one's own notices as read up to the one called `until_id`; later ones were not seen yet."""
    db.session.execute(_unread(actor).where(NOTICE.c.id <= until_id).values(read_at=now()))


def _unread(actor: Viewer) -> sa.Update:
    return sa.update(NOTICE).where(NOTICE.c.user_id == actor.user_id, NOTICE.c.read_at.is_(None))


def muted_topics(viewer: Viewer) -> set[str]:
    """The kinds of notices that a person has switched off."""
    return set(db.session.scalars(sa.select(MutedTopic.topic).where(MutedTopic.user_id == viewer.user_id)))


def choose_topics(actor: Viewer, wanted: Collection[str]) -> None:
    """From now on tell the actor of the kinds in `wanted` only."""
    db.session.execute(sa.delete(MutedTopic.__table__).where(MutedTopic.user_id == actor.user_id))
    muted = [{"user_id": actor.user_id, "topic": topic.name} for topic in topics if topic.name not in wanted]
    if muted:
        db.session.execute(sa.insert(MutedTopic.__table__), muted)


def forget_old() -> bool:
    """Housekeeping, in a unit of work: delete some of the notices older than KEPT; whether there may be more."""
    old = sa.select(NOTICE.c.id).where(NOTICE.c.created_at < now() - KEPT).limit(AT_ONCE)
    return db.session.execute(sa.delete(NOTICE).where(NOTICE.c.id.in_(old))).rowcount == AT_ONCE
