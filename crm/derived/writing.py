"""Writing derived values where they differ from what is stored: no new version of the record, no event (DESIGN 4)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.clock import now
from crm.db import db
from crm.derived.links import RECORD, kept, rows_for
from crm.derived.registry import Derivation
from crm.events import ValuesDerived, publish
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.viewer import SYSTEM
from crm.properties.models import PropertyHistoryRow
from crm.records.source import SourceKind
from crm.records.values import type_of
from crm.search.records import change_terms
from crm.search.terms import is_source
from crm.statements import among

CHUNK = 500
Changes = dict[int, dict[str, Any]]


def write_derived(one: Derivation, record_ids: Collection[int]) -> dict[str, set[int]]:
    """Compute the values of `one` for these records anew and store what differs.

    Answers the records whose value changed, by property name. Deleted records are left alone.
    """
    kind = schema().object_type(one.object_type)
    written: dict[str, set[int]] = defaultdict(set)
    ordered = sorted(record_ids)
    for start in range(0, len(ordered), CHUNK):
        ids = ordered[start : start + CHUNK]
        _lock(ids)
        stored = _stored(one, kind, ids)
        changes = _differing(one, kind, stored)
        if changes:
            _update(kind, changes)
            if one.has_history:
                _write_history(kind, stored, changes)
            _follow_up(kind, changes)
        for record_id, values in changes.items():
            for name in values:
                written[name].add(record_id)
    if written:
        publish(ValuesDerived(SYSTEM, kind.name, tuple(sorted(set().union(*written.values())))))
    return dict(written)


def differing(one: Derivation, record_ids: Collection[int]) -> Changes:
    """What these records should hold and do not, by id and property; writes nothing."""
    kind = schema().object_type(one.object_type)
    return _differing(one, kind, _stored(one, kind, sorted(record_ids)))


def write_of_nothing(object_type: str, values: Mapping[str, Any], record_ids: Collection[int]) -> None:
    """Give new records what they have while nothing is linked to them, where they do not have more already."""
    kind = schema().object_type(object_type)
    update = kept("of nothing", object_type, build=lambda: _at_least(kind, values))
    db.session.execute(update, {"ids": sorted(record_ids)})


def _at_least(kind: ObjectType, values: Mapping[str, Any]) -> sa.Update:
    columns = {kind.column(name).name: sa.func.coalesce(kind.column(name), value) for name, value in values.items()}
    return sa.update(kind.table).where(among(kind.table.c.record_id, "ids")).values(columns)


def _lock(ids: Sequence[int]) -> None:
    """Wait for whoever computes the same records, so that what they have written is seen.

    As weak as an update without keys is, so that nobody waits who only puts a link or an entry on these records.
    """
    if db.engine.dialect.name != "sqlite":
        rows_for(kept("lock", build=_locked), ids)


def _locked() -> sa.Select[Any]:
    locked = sa.select(RECORD.c.id).where(among(RECORD.c.id, "ids")).order_by(RECORD.c.id)
    return locked.with_for_update(key_share=True)


def _stored(one: Derivation, kind: ObjectType, ids: Sequence[int]) -> dict[int, sa.Row[Any]]:
    statement = kept("stored", one.name, build=lambda: _reading(one, kind))
    return {row[0]: row for row in rows_for(statement, ids)}


def _reading(one: Derivation, kind: ObjectType) -> sa.Select[Any]:
    table = kind.table
    # No property begins with an underscore, and one may be called like anything that rows have: "count", "index".
    columns = [kind.column(name).label(name) for name in one.fills]
    statement = sa.select(table.c.record_id.label("_id"), *columns).where(among(table.c.record_id, "ids"))
    statement = statement.where(table.c.archived_at.is_(None))
    if one.has_history:
        statement = statement.add_columns(RECORD.c.version.label("_version"))
        statement = statement.join(RECORD, RECORD.c.id == table.c.record_id)
    return statement


def _differing(one: Derivation, kind: ObjectType, stored: Mapping[int, sa.Row[Any]]) -> Changes:
    computed = one.compute(kind, list(stored)) if stored else {}
    changes: Changes = {}
    for record_id, row in stored.items():
        known = computed.get(record_id, {})
        right = {name: known.get(name, one.of_nothing.get(name)) for name in one.fills}
        wrong = {name: value for name, value in right.items() if row._mapping[name] != value}
        if wrong:
            changes[record_id] = wrong
    return changes


def _update(kind: ObjectType, changes: Changes) -> None:
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for record_id, values in changes.items():
        alike[tuple(sorted(values))].append({"this": record_id} | {f"new_{name}": v for name, v in values.items()})
    for names, rows in alike.items():
        db.session.execute(kept("update", kind.name, names, build=lambda names=names: _setting(kind, names)), rows)


def _setting(kind: ObjectType, names: Sequence[str]) -> sa.Update:
    new = {kind.column(name).name: sa.bindparam(f"new_{name}", type_=kind.column(name).type) for name in names}
    return sa.update(kind.table).where(kind.table.c.record_id == sa.bindparam("this")).values(new)


def _write_history(kind: ObjectType, stored: Mapping[int, sa.Row[Any]], changes: Changes) -> None:
    moment = now()
    rows = []
    for record_id, values in changes.items():
        for name, value in values.items():
            to_history = type_of(kind.property(name)).to_history
            rows.append(
                {
                    "record_id": record_id,
                    "property_name": name,
                    "version": stored[record_id]._mapping["_version"],
                    "old": to_history(stored[record_id]._mapping[name]),
                    "new": to_history(value),
                    "source": str(SourceKind.CALCULATION),
                    "source_detail": "",
                    "actor_id": None,
                    "moment": moment,
                }
            )
    db.session.execute(sa.insert(PropertyHistoryRow.__table__), rows)


def _follow_up(kind: ObjectType, changes: Changes) -> None:
    """Have records found by their new values, where search looks at such values."""
    searched = {name for name in kind.properties if is_source(kind.properties[name])}
    for record_id, values in changes.items():
        if searched & values.keys():
            change_terms(record_id, kind.name, values)
