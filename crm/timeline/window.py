"""Part of a timeline round one activity, however far down that is, and what is newer than a part (SPEC 1.6)."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm.clock import now
from crm.db import db
from crm.permissions.errors import NotFound
from crm.permissions.scopes import guarded
from crm.permissions.viewer import Viewer
from crm.records.page_keys import decode_key
from crm.statements import Statements
from crm.timeline.entry_rows import ENTRY, columns, conditions, with_activities
from crm.timeline.queries import MAIN_PART, PAGE, PINNED, Page, is_upcoming, key_of, place

NEWER, OLDER = 10, 20
NEWER_PART, OLDER_PART = "newer", "older"

_statements = Statements()


def around(viewer: Viewer, record_id: int, activity_id: int, pinned_activity_id: int | None = None) -> Page:
    """An activity on the timeline of a record the viewer has been let into, with what is next to it; three queries.

    Raises NotFound when it is not on that timeline, for this viewer. An upcoming or pinned one stands at its moment.
    """
    values: dict[str, Any] = {"record_id": record_id, "activity": activity_id}
    found = db.session.execute(_statements.get(("one", viewer.rights), lambda: _one(viewer)), values).first()
    if found is None:
        raise NotFound(f"activity {activity_id} is not on the timeline of record {record_id}")
    values |= {"now": now(), "pinned": pinned_activity_id, "moment": found.moment, "entry_id": found.id}
    shape = ("around", viewer.rights, pinned_activity_id is not None)
    statement = _statements.get(shape, lambda: _around(viewer, pinned_activity_id is not None))
    rows = db.session.execute(statement, values).all()
    newer = _sorted([row for row in rows if row[0] == NEWER_PART])
    older = _sorted([row for row in rows if row[0] == OLDER_PART])
    shown = [*newer[-NEWER:], found, *older[:OLDER]]
    return Page(
        entries=with_activities(viewer, shown, with_counts=True),
        newer_key=key_of(shown[0]) if len(newer) > NEWER else None,
        next_key=key_of(shown[-1]) if len(older) > OLDER else None,
    )


def newer(
    viewer: Viewer, record_id: int, key: str, pinned_activity_id: int | None = None, limit: int = PAGE
) -> Page:
    """The entries next above those of an earlier page; two queries. Raises InvalidValue for a key that is none."""
    moment, entry_id = decode_key(key, ENTRY.c.moment.type)
    values = {
        "record_id": record_id,
        "now": now(),
        "pinned": pinned_activity_id,
        "moment": moment,
        "entry_id": entry_id,
    }
    shape = ("newer", viewer.rights, pinned_activity_id is not None, limit)
    statement = _statements.get(shape, lambda: guarded(_newer(viewer, pinned_activity_id is not None, limit), viewer))
    rows = _sorted(db.session.execute(statement, values).all())
    shown = rows[-limit:]
    return Page(
        entries=with_activities(viewer, shown, with_counts=True),
        newer_key=key_of(shown[0]) if len(rows) > limit else None,
        next_key=key_of(shown[-1]) if shown else None,
        precedes=moment,
    )


def _sorted(rows: Sequence[sa.Row[Any]]) -> list[sa.Row[Any]]:
    return sorted(rows, key=lambda row: (row.moment, row.id), reverse=True)


def _one(viewer: Viewer) -> Any:
    activity = sa.bindparam("activity", type_=ENTRY.c.activity_id.type)
    return guarded(sa.select(*columns(MAIN_PART)).where(*conditions(viewer), ENTRY.c.activity_id == activity), viewer)


def _around(viewer: Viewer, has_pin: bool) -> Any:
    older = _part(viewer, OLDER_PART, has_pin).where(_beside(ENTRY.c.moment.__lt__, ENTRY.c.id.__lt__))
    ordered = older.order_by(ENTRY.c.moment.desc(), ENTRY.c.id.desc()).limit(OLDER + 1)
    return guarded(sa.union_all(_newer(viewer, has_pin, NEWER), sa.select(ordered.subquery())), viewer)


def _newer(viewer: Viewer, has_pin: bool, limit: int) -> sa.Select[Any]:
    newer = _part(viewer, NEWER_PART, has_pin).where(_beside(ENTRY.c.moment.__gt__, ENTRY.c.id.__gt__))
    return sa.select(newer.order_by(ENTRY.c.moment, ENTRY.c.id).limit(limit + 1).subquery())


def _part(viewer: Viewer, name: str, has_pin: bool) -> sa.Select[Any]:
    part = sa.select(*columns(name)).where(*conditions(viewer), sa.not_(is_upcoming()))
    return part.where(sa.or_(ENTRY.c.activity_id.is_(None), ENTRY.c.activity_id != PINNED)) if has_pin else part


def _beside(is_beyond: Any, comes_after: Any) -> sa.ColumnElement[bool]:
    moment, entry_id = place()
    return sa.or_(is_beyond(moment), sa.and_(ENTRY.c.moment == moment, comes_after(entry_id)))
