"""Entries of a timeline as they are read: what of them, which of them, and the activities they show."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.activities.batches import load_many
from crm.activities.queries import NO_COUNTS, ActivityRow, Counts, kinds_by_name
from crm.db import db
from crm.permissions.actions import Verb
from crm.permissions.scopes import covered, unguarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.statements import among
from crm.timeline.filters.base import Narrowing
from crm.timeline.models import TimelineEntry

ENTRY: sa.Table = TimelineEntry.__table__  # type: ignore[assignment]
OTHER = Record.__table__.alias("other")


class EntryRow(NamedTuple):
    """One entry as read; `moment` in UTC; `activity` and `counts` are there for activities only.

    `other_id` and `other_name` are of the record that a system entry tells of besides its own.
    """

    id: int
    record_id: int
    moment: datetime
    kind: str
    activity_id: int | None
    owner_id: int | None
    actor_id: int | None
    is_open: bool
    data: str
    other_id: int | None = None
    other_name: str | None = None
    activity: ActivityRow | None = None

    @property
    def counts(self) -> Counts:
        """How many comments it has and how many records it is on."""
        return self.activity.counts if self.activity else NO_COUNTS

    @property
    def details(self) -> dict[str, Any]:
        """The small data of a system entry, with the name of the `other` record it tells of."""
        data: dict[str, Any] = json.loads(self.data)
        return data if self.other_id is None else data | {"other": self.other_name or f"#{self.other_id}"}


def entries_of(activity_ids: Collection[int]) -> Sequence[sa.RowMapping]:
    """One entry for each of these activities, from any record: they say the same of it. None for a deleted one."""
    first = sa.select(sa.func.min(ENTRY.c.id)).where(among(ENTRY.c.activity_id, "ids")).group_by(ENTRY.c.activity_id)
    found = unguarded(sa.select(ENTRY).where(ENTRY.c.id.in_(first)), "entries are written for hidden records too")
    return db.session.execute(found, {"ids": sorted(activity_ids)}).mappings().all() if activity_ids else ()


def columns(part: str) -> list[Any]:
    """What is read of an entry, after the name of the `part` of the page it is for."""
    stored = (ENTRY.c[name] for name in EntryRow._fields if name in ENTRY.c)
    name = sa.select(OTHER.c.display_name).where(OTHER.c.id == ENTRY.c.other_id).correlate(ENTRY).scalar_subquery()
    return [sa.literal(part).label("part"), *stored, name.label("other_name")]


def conditions(viewer: Viewer, narrowings: Sequence[Narrowing] = ()) -> list[sa.ColumnElement[bool]]:
    """The entries of the record `record_id`, a parameter, that the viewer may see and the filters leave."""
    on_record = ENTRY.c.record_id == sa.bindparam("record_id", type_=ENTRY.c.record_id.type)
    found = [on_record, *(one.condition for one in narrowings)]
    if not viewer.is_super_admin:
        shown = covered(viewer, Verb.VIEW, ENTRY.c.kind, ENTRY.c.owner_id, kinds_by_name())
        found.append(sa.or_(ENTRY.c.activity_id.is_(None), shown))
    return [*found, _other_visible(viewer)]


def _other_visible(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The entry tells of no other record, or of one the viewer may see.

    A value, not EXISTS: PostgreSQL would rather read all records into a table of hashes than ask for a few.
    """
    seen = sa.select(sa.literal(1)).where(OTHER.c.id == ENTRY.c.other_id, visible_to(viewer, OTHER)).correlate(ENTRY)
    return sa.or_(ENTRY.c.other_id.is_(None), seen.scalar_subquery() == 1)


def with_activities(viewer: Viewer, rows: Sequence[sa.Row[Any]], with_counts: bool) -> list[EntryRow]:
    """The entries of rows of `columns`, with the activities they show; one query."""
    object_types = kinds_by_name()
    ids: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row.activity_id is not None and row.kind in object_types:
            ids[object_types[row.kind]].append(row.activity_id)
    activities = load_many(ids, viewer if with_counts else None)
    entries = []
    for row in rows:
        activity = activities.get(row.activity_id) if row.activity_id is not None else None
        if row.activity_id is None or activity is not None or row.kind not in object_types:
            entries.append(EntryRow(*row[1:], activity))
    return entries
