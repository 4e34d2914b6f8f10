"""Setting what the timeline says of records at every change of an activity (SPEC 2.7)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.activities.models import ActivityLink
from crm.activities.types import activity_types
from crm.clock import now
from crm.db import db
from crm.derived.handlers import concerns
from crm.derived.links import RECORD, kept, rows_for
from crm.derived.timeline_facts import Fact, facts_of
from crm.events import ActivityCreated, ActivityEvent, ActivityLinksChanged, ManyLinksChanged
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.scopes import unguarded
from crm.statements import Statements, among
from crm.timeline.entry_rows import entries_of

WHY = "facts are kept for hidden records too"


class Difference(NamedTuple):
    """By how many activities of one kind a record has more than before, and how many of them do not lie ahead."""

    more: int
    held: int


def on_activity_changed(event: ActivityEvent) -> None:
    """Set the facts of every record the activity is on; to be heard after the timeline has been written."""
    if isinstance(event, ActivityCreated):
        _set_facts(event.record_ids, event.kind, Difference(1, 0 if _lies_ahead(event) else 1))
        return
    linked = sa.select(ActivityLink.record_id).where(ActivityLink.activity_id == event.activity_id)
    _set_facts(list(db.session.scalars(unguarded(linked, WHY))), event.kind)


def on_links_changed(event: ActivityLinksChanged) -> None:
    """Set the facts of the records the activity came to or left."""
    _set_facts((*event.added, *event.removed), event.kind)


def on_many_links_changed(event: ManyLinksChanged) -> None:
    """Set the facts of the records that many activities came to or left, each record once for each kind."""
    for (kind, difference), record_ids in _differences(event).items():
        _set_facts(record_ids, kind, difference)


def _differences(event: ManyLinksChanged) -> Mapping[tuple[str, Difference], list[int]]:
    """The records with the same difference of the same kind; what is deleted was counted nowhere."""
    entries = {row["activity_id"]: row for row in entries_of(event.activity_ids)}
    more: Counter[tuple[int, str]] = Counter()
    held: Counter[tuple[int, str]] = Counter()
    for pairs, sign in ((event.added, 1), (event.removed, -1)):
        for activity_id, record_id in pairs:
            entry = entries.get(activity_id)
            if entry is not None:
                more[record_id, entry["kind"]] += sign
                held[record_id, entry["kind"]] += 0 if _is_ahead(entry) else sign
    alike: dict[tuple[str, Difference], list[int]] = defaultdict(list)
    for record_id, kind in more:
        alike[kind, Difference(more[record_id, kind], held[record_id, kind])].append(record_id)
    return alike


def _is_ahead(entry: sa.RowMapping) -> bool:
    kind = activity_types.get(entry["kind"])
    stays_open = kind is not None and kind.stays_open
    return entry["is_open"] and (stays_open or entry["moment"] > now())


def facts(kind: ObjectType, ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """All facts of these records, computed from their timelines in one statement."""
    names = [fact.name for fact in facts_of(kind)]
    rows = rows_for(kept("facts", kind.name, build=lambda: _facts(kind)), ids, now=now())
    return {row.record_id: {name: getattr(row, name) for name in names} for row in rows}


def _facts(kind: ObjectType) -> sa.Select[Any]:
    table = kind.table
    columns = [
        sa.type_coerce(fact.value(table), kind.column(fact.name).type).label(fact.name) for fact in facts_of(kind)
    ]
    return sa.select(table.c.record_id, *columns).where(among(table.c.record_id, "ids"))


def _set_facts(record_ids: Sequence[int], activity_kind: str, difference: Difference | None = None) -> None:
    """Set what an activity of this kind changes; numbers are added up where the `difference` is known, else counted."""
    if not record_ids:
        return
    values = {"now": now(), **(difference or Difference(0, 0))._asdict()}
    for name, members in _by_object_type(record_ids).items():
        update, names = _update(name, activity_kind, difference is not None)
        if names:
            db.session.execute(update, {"ids": members, **values})
            changed = concerns().changed[name]
            for record_id in members:
                changed[record_id].update(names)


def _lies_ahead(made: ActivityCreated) -> bool:
    activity, moment = made.activity, now()
    stays_open = activity.type is not None and activity.type.stays_open
    return activity.is_open(moment) and (stays_open or activity.moment > moment)


def _by_object_type(record_ids: Iterable[int]) -> Mapping[str, list[int]]:
    """The records by object; locked in order, so that of two who add to a number the second sees the first."""
    statement = _statements.get((schema().token, "types"), _types)
    by_type: dict[str, list[int]] = defaultdict(list)
    for record_id, name in db.session.execute(statement, {"ids": list(record_ids)}).all():
        by_type[name].append(record_id)
    return by_type


_statements = Statements()


def _types() -> Any:
    statement = sa.select(RECORD.c.id, RECORD.c.object_type).where(among(RECORD.c.id, "ids")).order_by(RECORD.c.id)
    return unguarded(statement.with_for_update(key_share=True), WHY)


def _update(object_type: str, activity_kind: str, adds_up: bool) -> tuple[Any, tuple[str, ...]]:
    """The statement that sets what an activity of a kind can change on records of an object, and what that is."""
    shape = (schema().token, object_type, activity_kind, adds_up)
    return _statements.get(shape, lambda: _build(schema().object_type(object_type), activity_kind, adds_up))


def _build(kind: ObjectType, activity_kind: str, adds_up: bool) -> tuple[Any, tuple[str, ...]]:
    known = [fact for fact in facts_of(kind) if fact.concerns(activity_kind)]
    values = {kind.column(fact.name).name: _value(fact, kind, adds_up) for fact in known}
    update = sa.update(kind.table).where(among(kind.table.c.record_id, "ids")).values(values) if values else None
    return update, tuple(fact.name for fact in known)


def _value(fact: Fact, kind: ObjectType, adds_up: bool) -> Any:
    column = kind.column(fact.name)
    if not adds_up or fact.added is None:
        return fact.value(kind.table)
    # Computed whole where nothing is stored yet; otherwise the database does not even look at the timeline.
    return sa.case((column.is_not(None), fact.added(column)), else_=fact.value(kind.table))
