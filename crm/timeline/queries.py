"""One page of a record's timeline: one Select for the entries, one batched read for what they show (DESIGN 5)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.activities.types import activity_types
from crm.clock import now
from crm.db import db
from crm.messages import N_, InvalidValue, Message
from crm.permissions.errors import NotFound
from crm.permissions.scopes import guarded
from crm.permissions.viewer import Viewer
from crm.records.page_keys import decode_key, encode_key
from crm.statements import Statements, one_of
from crm.timeline.entry_rows import ENTRY, EntryRow, columns, conditions, with_activities
from crm.timeline.filters.base import Narrowing
from crm.timeline.selection import EVERYTHING, Selection

PAGE = 30
UPCOMING = 10
MAIN_PART, UPCOMING_PART, PINNED_PART = "main", "upcoming", "pinned"


@dataclass(frozen=True)
class Page:
    """Part of a timeline: the pinned entry, upcoming ones nearest first, the rest newest first.

    `continues` is the moment of the last entry of the part before this one, `precedes` that of the first entry of the
    part after it. A page that does not begin with the newest entry has a `newer_key`.
    """

    pinned: EntryRow | None = None
    upcoming: Sequence[EntryRow] = ()
    entries: Sequence[EntryRow] = ()
    next_key: str | None = None
    next_upcoming_key: str | None = None
    selection: Selection = field(default_factory=Selection)
    notes: Sequence[Message] = ()
    continues: datetime | None = None
    newer_key: str | None = None
    precedes: datetime | None = None


def page(
    viewer: Viewer,
    record_id: int,
    selection: Selection = EVERYTHING,
    pinned_activity_id: int | None = None,
    before: str | None = None,
    upcoming_after: str | None = None,
    limit: int = PAGE,
    with_counts: bool = True,
) -> Page:
    """A page of the timeline of a record the viewer has been let into; three queries at most.

    `before` continues the past after an earlier page, `upcoming_after` the upcoming block; raises InvalidValue for
    a key that is none.
    """
    if before is not None and upcoming_after is not None:
        raise InvalidValue(N_("A page continues either the past or what is to come."))
    narrowings = selection.narrowings(viewer, record_id)
    has_pin = pinned_activity_id is not None and not selection
    parts = _Parts(
        past=upcoming_after is None,
        upcoming=before is None,
        pinned=has_pin and before is None and upcoming_after is None,
        has_pin=has_pin,
        before=before is not None,
        after=upcoming_after is not None,
    )
    statement = _statement(viewer, parts, limit, narrowings)
    values: dict[str, Any] = {"record_id": record_id, "now": now(), "pinned": pinned_activity_id}
    key = before if before is not None else upcoming_after
    if key is not None:
        values["moment"], values["entry_id"] = decode_key(key, ENTRY.c.moment.type)
    found: dict[str, list[sa.Row[Any]]] = defaultdict(list)
    for row in db.session.execute(statement, values).all():
        found[row[0]].append(row)
    past = sorted(found[MAIN_PART], key=lambda row: (row.moment, row.id), reverse=True)
    upcoming = sorted(found[UPCOMING_PART], key=lambda row: (row.moment, row.id))
    shown = [*past[:limit], *upcoming[:UPCOMING], *found[PINNED_PART]]
    rows = {row.id: row for row in with_activities(viewer, shown, with_counts)}
    return Page(
        pinned=next((rows[row.id] for row in found[PINNED_PART] if row.id in rows), None),
        upcoming=[rows[row.id] for row in upcoming[:UPCOMING] if row.id in rows],
        entries=[rows[row.id] for row in past[:limit] if row.id in rows],
        next_key=key_of(past[limit - 1]) if len(past) > limit else None,
        next_upcoming_key=key_of(upcoming[UPCOMING - 1]) if len(upcoming) > UPCOMING else None,
        selection=selection,
        notes=[one.note for one in narrowings if one.note],
        continues=values["moment"] if before is not None else None,
    )


def key_of(row: sa.Row[Any]) -> str:
    """The key of a page that ends with this row."""
    return encode_key(row.moment, row.id)


def glance(
    viewer: Viewer, record_id: int, recent: int, upcoming: int = 0, kinds: Sequence[str] = ()
) -> tuple[Sequence[EntryRow], Sequence[EntryRow]]:
    """The newest past activities of a record and the next upcoming ones nearest first, so many each; two queries.

    `kinds` are the kinds of activity wanted, all where none are named.
    """
    if not recent and not upcoming:
        return (), ()
    shape = ("glance", viewer.rights, recent, upcoming, tuple(kinds))
    statement = _statements.get(shape, lambda: _glance(viewer, recent, upcoming, kinds))
    rows = db.session.execute(statement, {"record_id": record_id, "now": now()}).all()
    past = sorted((row for row in rows if row[0] == MAIN_PART), key=lambda row: (row.moment, row.id), reverse=True)
    ahead = sorted((row for row in rows if row[0] == UPCOMING_PART), key=lambda row: (row.moment, row.id))
    found = {row.id: row for row in with_activities(viewer, [*past, *ahead], with_counts=True)}
    return [found[row.id] for row in past if row.id in found], [found[row.id] for row in ahead if row.id in found]


def _glance(viewer: Viewer, recent: int, upcoming: int, kinds: Sequence[str]) -> Any:
    wanted = [kind.name for kind in activity_types if not kinds or kind.name in kinds]
    where = [*conditions(viewer), one_of(ENTRY.c.kind, wanted)]
    selects = [_past(where, False, recent - 1)] if recent else []
    if upcoming:
        selects.append(_upcoming(where, False, upcoming - 1))
    return guarded(selects[0] if len(selects) == 1 else sa.union_all(*selects), viewer)


def get_entry(viewer: Viewer, record_id: int, entry_id: int) -> EntryRow:
    """One entry of the timeline of a record the viewer has been let into; raises NotFound."""
    return _one(viewer, record_id, ENTRY.c.id == entry_id)


def entry_of_activity(viewer: Viewer, record_id: int, activity_id: int) -> EntryRow:
    """The entry that shows an activity on a record's timeline; raises NotFound."""
    return _one(viewer, record_id, ENTRY.c.activity_id == activity_id)


def _one(viewer: Viewer, record_id: int, condition: sa.ColumnElement[bool]) -> EntryRow:
    statement = sa.select(*columns(MAIN_PART)).where(*conditions(viewer), condition)
    rows = db.session.execute(guarded(statement, viewer), {"record_id": record_id}).all()
    found = list(with_activities(viewer, rows, with_counts=True))
    if not found:
        raise NotFound(f"no such entry on the timeline of record {record_id}")
    return found[0]


@dataclass(frozen=True)
class _Parts:
    """Which parts a statement reads, and whether it continues after an earlier page.

    `has_pin` says that one entry stands on top of the timeline and therefore in no other place of it, on any page.
    """

    past: bool
    upcoming: bool
    pinned: bool
    has_pin: bool
    before: bool
    after: bool


_statements = Statements()


def _statement(viewer: Viewer, parts: _Parts, limit: int, narrowings: Sequence[Narrowing]) -> Any:
    """The statement for these parts; kept for the next page like it, unless filters make it one of its own."""
    if narrowings:
        return _build(viewer, parts, limit, narrowings)
    return _statements.get((viewer.rights, parts, limit), lambda: _build(viewer, parts, limit, ()))


def _build(viewer: Viewer, parts: _Parts, limit: int, narrowings: Sequence[Narrowing]) -> Any:
    where = conditions(viewer, narrowings)
    elsewhere = [*where, sa.or_(ENTRY.c.activity_id.is_(None), ENTRY.c.activity_id != PINNED)]
    selects = []
    if parts.past:
        selects.append(_past(elsewhere if parts.has_pin else where, parts.before, limit))
    if parts.upcoming:
        selects.append(_upcoming(elsewhere if parts.has_pin else where, parts.after, UPCOMING))
    if parts.pinned:
        selects.append(_pinned(where))
    return guarded(selects[0] if len(selects) == 1 else sa.union_all(*selects), viewer)


PINNED = sa.bindparam("pinned", type_=ENTRY.c.activity_id.type)
NOW = sa.bindparam("now", type_=ENTRY.c.moment.type)


def is_upcoming(moment: Any = NOW) -> sa.ColumnElement[bool]:
    """Tasks stay upcoming until they are done, meetings until they begin (SPEC 1.6)."""
    staying = [kind.name for kind in activity_types if kind.stays_open]
    return sa.and_(ENTRY.c.is_open, sa.or_(one_of(ENTRY.c.kind, staying), ENTRY.c.moment > moment))


def place() -> tuple[Any, Any]:
    """Where a page begins or ends, as parameters."""
    return sa.bindparam("moment", type_=ENTRY.c.moment.type), sa.bindparam("entry_id", type_=ENTRY.c.id.type)


def _past(where: list[sa.ColumnElement[bool]], before: bool, limit: int) -> sa.Select[Any]:
    statement = sa.select(*columns(MAIN_PART)).where(*where, sa.not_(is_upcoming()))
    if before:
        moment, entry_id = place()
        earlier = sa.and_(ENTRY.c.moment == moment, ENTRY.c.id < entry_id)
        statement = statement.where(sa.or_(ENTRY.c.moment < moment, earlier))
    ordered = statement.order_by(ENTRY.c.moment.desc(), ENTRY.c.id.desc()).limit(limit + 1)
    return sa.select(ordered.subquery())


def _upcoming(where: list[sa.ColumnElement[bool]], after: bool, limit: int) -> sa.Select[Any]:
    statement = sa.select(*columns(UPCOMING_PART)).where(*where, ENTRY.c.is_open.is_(True), is_upcoming())
    if after:
        moment, entry_id = place()
        later = sa.and_(ENTRY.c.moment == moment, ENTRY.c.id > entry_id)
        statement = statement.where(sa.or_(ENTRY.c.moment > moment, later))
    ordered = statement.order_by(ENTRY.c.moment, ENTRY.c.id).limit(limit + 1)
    return sa.select(ordered.subquery())


def _pinned(where: list[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    return sa.select(*columns(PINNED_PART)).where(*where, ENTRY.c.activity_id == PINNED)
