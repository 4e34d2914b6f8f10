"""Activities of some kinds that were logged on records of one object within a time: to count, and in order of id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from crm.activities.auto_associate import CreatedVia
from crm.activities.models import ActivityLink
from crm.activities.reasons import Why
from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType
from crm.clock import now
from crm.db import db
from crm.objects.queries import schema
from crm.permissions.scopes import guarded, rows_visible_to, unguarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.models import Record

MOST_COUNTED = 10_000
LONG = timedelta(days=180)
"""Of a shorter time, the index of dates finds the few activities there are; of a longer one, all are walked along."""

LINK: sa.Table = ActivityLink.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Selection:
    """Activities of these kinds that were logged on a record of `source`, and happened since then if it says so."""

    source: str
    kinds: tuple[str, ...]
    since: datetime | None = None


@dataclass(frozen=True)
class Logged:
    """An activity, the record it was logged on, and what the exceptions to the rules look at.

    `answers_by_hand` says that it belongs to a thread whose first e-mail is another one, logged on a record page.
    """

    id: int
    object_type: str
    kind: str
    owner_id: int | None
    first_id: int
    created_via: str
    direction: str | None
    thread_id: str | None = None
    answers_by_hand: bool = False


def ids_of(viewer: Viewer, chosen: Selection, after: int, limit: int) -> Sequence[int]:
    """The next activities of the selection that the viewer may see, in order of id."""
    found = _ids(viewer, chosen, after, limit)
    if found is None:
        return []
    ordered = sa.select(found.c.id).order_by(found.c.id).limit(limit)
    return db.session.scalars(guarded(ordered, viewer)).all()


def count_of(viewer: Viewer, chosen: Selection, limit: int = MOST_COUNTED) -> int:
    """How many there are that the viewer may see; at most `limit` are counted."""
    found = _ids(viewer, chosen, 0, limit)
    if found is None:
        return 0
    some = sa.select(found.c.id).limit(limit).subquery()
    return db.session.scalar(guarded(sa.select(sa.func.count()).select_from(some), viewer)) or 0


def logged(viewer: Viewer, chosen: Selection, ids: Sequence[int]) -> list[Logged]:
    """These activities, as far as they still belong to the selection and the viewer may see them."""
    found: list[Logged] = []
    for kind in _kinds(chosen):
        wanted = _select(viewer, chosen, kind, with_rest=True).where(_table(kind).c.record_id.in_(ids))
        for row in db.session.execute(guarded(wanted, viewer)):
            rest = (row.first_id, row.created_via or "", row.direction, row.thread_id)
            found.append(Logged(row.id, kind.object_type, kind.name, row.owner_id, *rest))
    return _with_answers(found)


def _kinds(chosen: Selection) -> list[ActivityType]:
    known = (activity_types.get(name) for name in chosen.kinds)
    return [kind for kind in known if kind is not None and kind.object_type in schema().types]


def _table(kind: ActivityType) -> sa.Table:
    return schema().object_type(kind.object_type).table


def _ids(viewer: Viewer, chosen: Selection, after: int, limit: int) -> sa.Subquery | None:
    if not _kinds(chosen):
        return None
    if chosen.since is None or now() - chosen.since > LONG:
        return _walk(viewer, chosen, after, limit).subquery()
    branches = []
    for kind in _kinds(chosen):
        table = _table(kind)
        some = _select(viewer, chosen, kind).where(table.c.record_id > after).order_by(table.c.record_id).limit(limit)
        branches.append(sa.select(some.subquery()))
    return sa.union_all(*branches).subquery()


def _walk(viewer: Viewer, chosen: Selection, after: int, limit: int) -> sa.Select[Any]:
    """Along the links in the order of their activities: however rare those of the selection are, each is passed once.

    Kind by kind, a kind of which there are none would be read to its end for every batch.
    """
    activity, first = Record.__table__.alias("activity"), Record.__table__.alias("first")
    joined = LINK.join(first, first.c.id == LINK.c.record_id).join(activity, activity.c.id == LINK.c.activity_id)
    names = tuple(sorted({kind.object_type for kind in _kinds(chosen)}))
    conditions = [
        LINK.c.activity_id > after,
        was_logged_there(),
        visible_to(viewer, first, object_types=(chosen.source,)),
        visible_to(viewer, activity, object_types=names),
        sa.or_(*(_is_of(kind, chosen, activity) for kind in _kinds(chosen))),
    ]
    walked = sa.select(LINK.c.activity_id.label("id")).select_from(joined).where(*conditions)
    return walked.order_by(LINK.c.activity_id).limit(limit)


def _is_of(kind: ActivityType, chosen: Selection, activity: Any) -> sa.ColumnElement[bool]:
    """The condition that an activity is of a kind, and happened in the time that is asked for."""
    is_it, values = activity.c.object_type == kind.object_type, _values(kind, chosen)
    if not values:
        return is_it
    there = sa.select(sa.literal(1)).where(_table(kind).c.record_id == activity.c.id, *values)
    return sa.and_(is_it, there.correlate(activity).exists())


def _values(kind: ActivityType, chosen: Selection) -> list[sa.ColumnElement[bool]]:
    table = _table(kind)
    fixed = [table.c[name] == value for name, value in kind.fixed_values.items()]
    return fixed if chosen.since is None else [*fixed, table.c.activity_date >= chosen.since]


def _select(viewer: Viewer, chosen: Selection, kind: ActivityType, with_rest: bool = False) -> sa.Select[Any]:
    table, first = _table(kind), Record.__table__.alias()
    columns = [table.c.record_id.label("id")]
    if with_rest:
        columns += [first.c.id.label("first_id"), table.c.owner_id, table.c.created_via]
        columns += [_column(table, name).label(name) for name in ("direction", "thread_id")]
    joined = table.join(LINK, LINK.c.activity_id == table.c.record_id).join(first, first.c.id == LINK.c.record_id)
    conditions = [
        rows_visible_to(viewer, kind.object_type, table),
        visible_to(viewer, first, object_types=(chosen.source,)),
        was_logged_there(),
        *_values(kind, chosen),
    ]
    return sa.select(*columns).select_from(joined).where(*conditions)


def was_logged_there() -> sa.ColumnElement[bool]:
    """The condition that a link leads where the activity was logged: to that record, or to what it was merged into."""
    merged = sa.and_(LINK.c.source == Why.MERGE, LINK.c.source_detail.like(f"%:{Why.ORIGIN}:"))
    return sa.or_(LINK.c.source == Why.ORIGIN, merged)


def _column(table: sa.Table, name: str) -> Any:
    return table.c[name] if name in table.c else sa.cast(sa.null(), sa.Text)


def _with_answers(found: list[Logged]) -> list[Logged]:
    """Say which of them answer an e-mail that was logged by hand; one query."""
    threads = sorted({one.thread_id for one in found if one.thread_id})
    if not threads:
        return found
    email = schema().object_type("email").table
    order = (email.c.activity_date, email.c.record_id)
    place = sa.func.row_number().over(partition_by=email.c.thread_id, order_by=order).label("place")
    columns = (email.c.thread_id, email.c.record_id, email.c.created_via, place)
    ranked = sa.select(*columns).where(email.c.thread_id.in_(threads), email.c.archived_at.is_(None)).subquery()
    earliest = sa.select(ranked.c.thread_id, ranked.c.record_id, ranked.c.created_via).where(ranked.c.place == 1)
    firsts = {row.thread_id: row for row in db.session.execute(unguarded(earliest, "decides on links, is not shown"))}
    return [_marked(one, firsts.get(one.thread_id)) for one in found]


def _marked(one: Logged, first: Any) -> Logged:
    if first is None or first.record_id == one.id or first.created_via != CreatedVia.RECORD:
        return one
    return Logged(**{**vars(one), "answers_by_hand": True})
