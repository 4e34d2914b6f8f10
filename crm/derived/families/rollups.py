"""Rollups: one value over the records associated with a record (SPEC 2.3)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.associations.queries import association_types
from crm.derived.conditions import clauses
from crm.derived.links import SUBJECT, kept, linked_records, rows_for
from crm.derived.registry import Compute, Derivation, Family, Linked, Values, derivation_families
from crm.derived.rollups import COUNT, ROLLUP, SUM, RollupSettings, aggregate, read_rollup
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Schema
from crm.properties.formulas.kinds import storable

NO_SUCH_TYPE = 0


def _computing(name: str, wanted: RollupSettings) -> Compute:
    def compute(kind: ObjectType, ids: Sequence[int]) -> Mapping[int, Values]:
        found = kept("rollup", kind.name, name, build=lambda: _rolled(kind, wanted))
        return {row[0]: {name: storable(row[1])} for row in rows_for(found, ids) if row[1] is not None}

    return compute


def _rolled(kind: ObjectType, wanted: RollupSettings) -> sa.Select[Any]:
    other, chosen = schema().object_type(wanted.object_type), wanted.association
    type_id = association_types().ids.get(chosen, NO_SUCH_TYPE) if chosen is not None else None
    found = linked_records(kind, other, aggregate(other, wanted), type_id=type_id)
    return found.where(*clauses(other, wanted.conditions)).group_by(SUBJECT)


def rollup(kind: ObjectType, name: str, settings: Mapping[str, Any], current: Schema) -> Derivation | None:
    """The derivation of a rollup with these settings; None when what it adds up is gone."""
    wanted = read_rollup(settings)
    other = current.types.get(wanted.object_type)
    if other is None or (wanted.source is not None and wanted.source not in other.properties):
        return None
    return Derivation(
        name=f"rollup {kind.name}.{name}",
        object_type=kind.name,
        fills=(name,),
        compute=_computing(name, wanted),
        linked=(Linked(wanted.object_type, wanted.names),),
        of_nothing={name: 0} if wanted.operation in (COUNT, SUM) else {},
        has_history=True,
    )


def _derivations(current: Schema) -> Iterable[Derivation]:
    for kind in current.record_types:
        for name, prop in kind.properties.items():
            found = rollup(kind, name, prop.settings, current) if prop.type == ROLLUP else None
            if found is not None:
                yield found


derivation_families.register(Family("rollups", _derivations))
