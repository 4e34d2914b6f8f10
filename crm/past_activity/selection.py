"""Which activities there are to be put onto a record, through the gate, a batch at a time."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from crm.activities.models import ActivityLink
from crm.activities.queries import kinds_by_name
from crm.db import db
from crm.past_activity.wanted import Source, Wanted
from crm.permissions.actions import Verb
from crm.permissions.scopes import covered, guarded, unguarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.statements import among, one_of
from crm.timeline.models import TimelineEntry

COUNT_LIMIT = 10_000
SORTED = 10_000
"""So many entries of a period are read and sorted for a batch; with more, the links of a record are walked in order."""

ENTRY: sa.Table = TimelineEntry.__table__  # type: ignore[assignment]
LINK: sa.Table = ActivityLink.__table__  # type: ignore[assignment]


def next_ids(viewer: Viewer, asked: Wanted, after: int, limit: int) -> list[int]:
    """The first activities after `after` that are not on the record yet, in order of id, each once."""
    sources = _visible(viewer, asked)
    crowded = _crowded(asked, sources)
    branches = [
        _walk(viewer, asked, one, after, limit) if one in crowded else _sort(viewer, asked, one, after, limit)
        for one in sources
    ]
    return sorted(set(_ids(viewer, branches)))[:limit]


def count(viewer: Viewer, asked: Wanted) -> int:
    """How many there are in all, at most COUNT_LIMIT + 1."""
    branches = [
        sa.select(ENTRY.c.activity_id).where(*_of_source(asked, one), *_new(viewer, asked)).limit(COUNT_LIMIT + 1)
        for one in _visible(viewer, asked)
    ]
    if not branches:
        return 0
    each = sa.union(*(sa.select(branch.subquery()) for branch in branches)).subquery()
    some = sa.select(each.c.activity_id).limit(COUNT_LIMIT + 1).subquery()
    return db.session.scalar(guarded(sa.select(sa.func.count()).select_from(some), viewer)) or 0


def origins(viewer: Viewer, asked: Wanted, activity_ids: Collection[int]) -> dict[int, int]:
    """Those of these activities that still are to be put onto the record, each with the record it is taken from.

    One that is on several sources comes from the one that was named first.
    """
    sources = _visible(viewer, asked)
    branches = [
        sa.select(ENTRY.c.activity_id, sa.literal(place).label("place")).where(
            among(ENTRY.c.activity_id, "ids"), *_of_source(asked, one, ENTRY.c.record_id + 0), *_new(viewer, asked)
        )
        for place, one in enumerate(sources)
    ]
    if not branches or not activity_ids:
        return {}
    rows = db.session.execute(guarded(sa.union_all(*branches), viewer), {"ids": sorted(activity_ids)}).tuples()
    first: dict[int, int] = {}
    for activity_id, place in rows:
        first[activity_id] = min(place, first.get(activity_id, place))
    return {activity_id: sources[place].record_id for activity_id, place in first.items()}


def _visible(viewer: Viewer, asked: Wanted) -> list[Source]:
    """The sources that the viewer may see; nothing is taken from the others, nor from deleted ones."""
    ids = [one.record_id for one in asked.sources]
    seen = sa.select(Record.id).where(Record.id.in_(ids), visible_to(viewer))
    visible = set(db.session.scalars(guarded(seen, viewer))) if ids and asked.kinds else set()
    return [one for one in asked.sources if one.record_id in visible]


def _crowded(asked: Wanted, sources: Sequence[Source]) -> set[Source]:
    """The sources with more entries in the period than are sorted; one query."""
    if not sources:
        return set()
    counts = []
    for one in sources:
        some = sa.select(sa.literal(1)).select_from(ENTRY).where(*_of_source(asked, one)).limit(SORTED + 1).subquery()
        counts.append(sa.select(sa.func.count()).select_from(some).scalar_subquery())
    row = db.session.execute(unguarded(sa.select(*counts), "it only decides how to read")).one()
    return {one for one, amount in zip(sources, row, strict=True) if amount > SORTED}


def _of_source(asked: Wanted, source: Source, record_id: Any = ENTRY.c.record_id) -> list[sa.ColumnElement[bool]]:
    """Given as an expression, `record_id` keeps SQLite from reading the whole timeline for a few activities."""
    found = [record_id == source.record_id, one_of(ENTRY.c.kind, asked.kinds), ENTRY.c.moment <= asked.until]
    return found if source.since is None else [*found, ENTRY.c.moment >= source.since]


def _new(viewer: Viewer, asked: Wanted) -> list[sa.ColumnElement[bool]]:
    """The viewer may see the activity, and it is not on the record yet."""
    there = LINK.alias("there")
    on_record = sa.select(sa.literal(1)).where(
        there.c.activity_id == ENTRY.c.activity_id, there.c.record_id == asked.record_id
    )
    seen = covered(viewer, Verb.VIEW, ENTRY.c.kind, ENTRY.c.owner_id, kinds_by_name())
    return [seen, sa.not_(on_record.correlate(ENTRY).exists())]


def _sort(viewer: Viewer, asked: Wanted, source: Source, after: int, limit: int) -> sa.Select[Any]:
    """From all that happened there in the period, which is not much."""
    new = sa.select(ENTRY.c.activity_id).where(*_of_source(asked, source), ENTRY.c.activity_id > after)
    some = new.where(*_new(viewer, asked)).limit(SORTED).subquery()
    return sa.select(some.c.activity_id).order_by(some.c.activity_id).limit(limit)


def _walk(viewer: Viewer, asked: Wanted, source: Source, after: int, limit: int) -> sa.Select[Any]:
    """Along the links of the record, in the order of an index: however many there are, each is passed once in all."""
    linked = LINK.join(ENTRY, sa.and_(ENTRY.c.activity_id == LINK.c.activity_id, ENTRY.c.record_id == LINK.c.record_id))
    walked = sa.select(LINK.c.activity_id).select_from(linked)
    walked = walked.where(LINK.c.record_id == source.record_id, LINK.c.activity_id > after)
    wanted = walked.where(*_of_source(asked, source), *_new(viewer, asked))
    return wanted.order_by(LINK.c.activity_id).limit(limit)


def _ids(viewer: Viewer, branches: Sequence[sa.Select[Any]]) -> Sequence[int]:
    if not branches:
        return ()
    every = sa.union_all(*(sa.select(branch.subquery()) for branch in branches))
    return db.session.scalars(guarded(every, viewer)).all()
