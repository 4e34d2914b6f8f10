"""How many activities of each kind a record had in some time, and which came in and which went out (SPEC 1.6)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from crm.activities.queries import kinds_by_name
from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType
from crm.clock import now
from crm.db import db
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.scopes import covered, guarded
from crm.permissions.viewer import Viewer
from crm.records.models import RECORD_ID
from crm.statements import Statements, one_of
from crm.timeline.filters.base import Narrowing
from crm.timeline.models import TimelineEntry
from crm.timeline.queries import Page, is_upcoming, page
from crm.timeline.selection import Selection

MOST_COUNTED = 1_000
"""The newest so many are counted, so that a record with a long history costs no more than others."""
LISTED = 30
DIRECTION = "direction"
ENTRY: sa.Table = TimelineEntry.__table__  # type: ignore[assignment]
_MOMENT = ENTRY.c.moment.type


class Way(StrEnum):
    """Whether an activity came in or went out."""

    IN = "in"
    OUT = "out"


@dataclass
class Total:
    """How many activities of one kind there were; some of a kind with directions may have none."""

    kind: ActivityType
    number: int = 0
    incoming: int = 0
    outgoing: int = 0

    @property
    def has_direction(self) -> bool:
        """Whether activities of this kind come in or go out."""
        return self.kind.inbound_direction is not None


@dataclass(frozen=True)
class Totals:
    """The kinds there were, in the order of the program; not all activities are counted when it `is_cut`."""

    kinds: tuple[Total, ...]
    is_cut: bool


@dataclass(frozen=True)
class Counted:
    """Which activities a number stands for: of one kind, one way or all, since a moment or ever."""

    kind: str
    way: Way | None = None
    since: datetime | None = None


_statements = Statements()


def totals(viewer: Viewer, record_id: int, since: datetime | None = None) -> Totals:
    """What has happened to a record the viewer has been let into, by kind and direction; one query."""
    shape = (schema().token, viewer.rights, since is None)
    statement = _statements.get(shape, lambda: _totals(viewer, since is not None))
    values = {"record_id": record_id, "now": now()} | ({} if since is None else {"since": since})
    found: dict[str, Total] = {}
    counted = 0
    for name, direction, number in db.session.execute(statement, values):
        kind = activity_types.get(name)
        if kind is None:
            continue
        total = found.setdefault(name, Total(kind))
        total.number += number
        counted += number
        if total.has_direction and direction == kind.inbound_direction:
            total.incoming += number
        elif total.has_direction and direction is not None:
            total.outgoing += number
    ordered = sorted(found.values(), key=lambda one: (one.kind.position, one.kind.name))
    return Totals(tuple(ordered), counted >= MOST_COUNTED)


def _totals(viewer: Viewer, has_since: bool) -> Any:
    kinds = one_of(ENTRY.c.kind, [kind.name for kind in activity_types])
    since = sa.bindparam("since", type_=_MOMENT) if has_since else None
    past = _past(sa.bindparam("now", type_=_MOMENT), since)
    where = [ENTRY.c.record_id == sa.bindparam("record_id", type_=RECORD_ID), kinds, *past]
    if not viewer.is_super_admin:
        where.append(covered(viewer, Verb.VIEW, ENTRY.c.kind, ENTRY.c.owner_id, kinds_by_name()))
    newest = (
        sa.select(ENTRY.c.kind, ENTRY.c.activity_id)
        .where(*where)
        .order_by(ENTRY.c.moment.desc(), ENTRY.c.id.desc())
        .limit(MOST_COUNTED)
        .subquery()
    )
    source: Any = newest
    directions = []
    for object_type in _with_direction():
        table = object_type.table
        source = source.outerjoin(table, table.c.record_id == newest.c.activity_id)
        directions.append(object_type.column(DIRECTION))
    direction = sa.func.coalesce(*directions, sa.null())
    statement = sa.select(newest.c.kind, direction, sa.func.count()).select_from(source)
    return guarded(statement.group_by(newest.c.kind, direction), viewer)


def _past(moment: Any, since: Any) -> list[sa.ColumnElement[bool]]:
    """What has happened by `moment`, since another or ever: not what is to come, nor tasks that wait."""
    conditions = [ENTRY.c.moment <= moment, sa.not_(is_upcoming(moment))]
    return conditions if since is None else [*conditions, ENTRY.c.moment >= since]


def _with_direction() -> list[ObjectType]:
    """The objects whose records say a direction."""
    names = dict.fromkeys(kind.object_type for kind in activity_types if kind.inbound_direction is not None)
    return [schema().object_type(name) for name in names]


@dataclass(frozen=True)
class _OfNumber(Selection):
    """A selection of a timeline that leaves the activities which one number counts."""

    counted: Counted = Counted("")

    def __bool__(self) -> bool:
        return True

    def narrowings(self, viewer: Viewer, record_id: int) -> list[Narrowing]:
        """Their kind, their direction and their time."""
        since = self.counted.since
        past = _past(sa.literal(now(), _MOMENT), None if since is None else sa.literal(since, _MOMENT))
        return [Narrowing(sa.and_(ENTRY.c.kind == self.counted.kind, _went(self.counted), *past))]


def activities_of(viewer: Viewer, record_id: int, counted: Counted, before: str | None = None) -> Page:
    """The activities that a number counts, newest first, a page of them; two queries.

    Raises InvalidValue for a key `before` that is none.
    """
    return page(viewer, record_id, _OfNumber(counted=counted), before=before, limit=LISTED, with_counts=False)


def _went(counted: Counted) -> sa.ColumnElement[bool]:
    kind = activity_types.get(counted.kind)
    if counted.way is None:
        return sa.true()
    if kind is None or kind.inbound_direction is None:
        return sa.false()
    object_type = schema().object_type(kind.object_type)
    direction = object_type.column(DIRECTION)
    is_incoming = direction == kind.inbound_direction
    chosen = is_incoming if counted.way is Way.IN else sa.and_(direction.is_not(None), sa.not_(is_incoming))
    table = object_type.table
    return sa.select(sa.literal(1)).where(table.c.record_id == ENTRY.c.activity_id, chosen).exists()
