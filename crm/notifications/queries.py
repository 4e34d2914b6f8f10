"""Reading one's own notices: only those of what one may see now, in lists and in numbers alike."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.accounts.queries import directory
from crm.activities.models import ActivityLink
from crm.db import db
from crm.notifications.models import Notification
from crm.notifications.topics import Notice, Topic, topics
from crm.permissions.errors import NotFound
from crm.permissions.scopes import activity_visible_to, guarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.statements import Statements, one_of

NOTICE: sa.Table = Notification.__table__  # type: ignore[assignment]
RECORD: sa.Table = Record.__table__  # type: ignore[assignment]
COUNT_LIMIT = 100
"""The number of unread notices is exact below this; from here on it is "99+"."""

_statements = Statements()


@dataclass(frozen=True)
class NoticeFilter:
    """What is asked for: notices of one kind, unread ones only."""

    topic: str | None = None
    is_unread: bool = False


def may_see(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition that a notice is of a kind there is, and its reader may see what it is about, if anything."""
    record, activity = RECORD.alias(), RECORD.alias()
    one = sa.literal(1)
    sees_record = sa.select(one).where(record.c.id == NOTICE.c.record_id, visible_to(viewer, record))
    sees_activity = sa.select(one).where(activity.c.id == NOTICE.c.activity_id, activity_visible_to(viewer, activity))
    return sa.and_(
        one_of(NOTICE.c.topic, [topic.name for topic in topics]),
        sa.or_(NOTICE.c.record_id.is_(None), sees_record.correlate(NOTICE).exists()),
        sa.or_(NOTICE.c.activity_id.is_(None), sees_activity.correlate(NOTICE).exists()),
    )


def count_unread(viewer: Viewer) -> int:
    """How many unread notices a person has, at most COUNT_LIMIT: one query on the index of the unread ones."""
    statement = _statements.get(("unread", viewer.rights), lambda: _unread(viewer))
    return int(db.session.execute(statement, {"user_id": viewer.user_id}).scalar_one())


def _unread(viewer: Viewer) -> Any:
    mine = NOTICE.c.user_id == sa.bindparam("user_id"), NOTICE.c.read_at.is_(None)
    some = sa.select(NOTICE.c.id).where(*mine, may_see(viewer)).limit(COUNT_LIMIT).subquery()
    return guarded(sa.select(sa.func.count()).select_from(some), viewer)


def page(viewer: Viewer, wanted: NoticeFilter, size: int, before_id: int | None = None) -> list[Notice]:
    """One's newest notices, or those before the notice `before_id`; two queries however many they are."""
    statement = _notices(viewer).order_by(NOTICE.c.id.desc()).limit(size)
    if wanted.topic is not None:
        statement = statement.where(NOTICE.c.topic == wanted.topic)
    if wanted.is_unread:
        statement = statement.where(NOTICE.c.read_at.is_(None))
    if before_id is not None:
        statement = statement.where(NOTICE.c.id < before_id)
    return _read(viewer, statement)


def get_notice(viewer: Viewer, notice_id: int) -> Notice:
    """One notice of one's own; raises NotFound for those of others and of what one may not see."""
    found = _read(viewer, _notices(viewer).where(NOTICE.c.id == notice_id))
    if not found:
        raise NotFound(f"no notice {notice_id}")
    return found[0]


def _notices(viewer: Viewer) -> sa.Select[Any]:
    record, activity = RECORD.alias(), RECORD.alias()
    joined = NOTICE.outerjoin(record, record.c.id == NOTICE.c.record_id).outerjoin(
        activity, activity.c.id == NOTICE.c.activity_id
    )
    columns = (NOTICE, record.c.display_name.label("record_name"), activity.c.display_name.label("heading"))
    return sa.select(*columns).select_from(joined).where(NOTICE.c.user_id == viewer.user_id, may_see(viewer))


def _read(viewer: Viewer, statement: sa.Select[Any]) -> list[Notice]:
    rows = db.session.execute(guarded(statement, viewer)).all()
    places = _places(viewer, [row.activity_id for row in rows if row.record_id is None and row.activity_id is not None])
    return [_notice(row, places) for row in rows]


def _notice(row: sa.Row[Any], places: Mapping[int, str]) -> Notice:
    data = json.loads(row.data)
    name = places.get(row.activity_id, "") if row.record_id is None else row.record_name or f"#{row.record_id}"
    return Notice(
        id=row.id,
        topic=_topic(row.topic),
        actor=directory().name_of(row.actor_id) or "Kartotek",
        record_id=row.record_id,
        record_name=name,
        activity_id=row.activity_id,
        activity_kind=data.get("kind", ""),
        heading=row.heading or "",
        data=data,
        created_at=row.created_at,
        is_read=row.read_at is not None,
    )


def _topic(name: str) -> Topic:
    found = topics.get(name)
    assert found is not None, "only notices of known kinds are read"
    return found


def _places(viewer: Viewer, activity_ids: list[int]) -> dict[int, str]:
    """For each activity the name of a record it is on that the viewer may see."""
    if not activity_ids:
        return {}
    link = ActivityLink.__table__
    first = (
        sa.select(link.c.activity_id, sa.func.min(link.c.record_id).label("record_id"))
        .join(RECORD, RECORD.c.id == link.c.record_id)
        .where(link.c.activity_id.in_(activity_ids), visible_to(viewer, RECORD))
        .group_by(link.c.activity_id)
        .subquery()
    )
    named = sa.select(first.c.activity_id, RECORD.c.id, RECORD.c.display_name).join(
        RECORD, RECORD.c.id == first.c.record_id
    )
    rows = db.session.execute(guarded(named, viewer))
    return {row.activity_id: row.display_name or f"#{row.id}" for row in rows}
