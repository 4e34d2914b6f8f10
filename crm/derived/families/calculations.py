"""Calculated properties: formulas over the values of one record (SPEC 2.3)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.derived.links import kept, rows_for
from crm.derived.registry import Compute, Derivation, Family, Values, derivation_families
from crm.objects.schema import ObjectType, Schema
from crm.properties.formulas import Formula
from crm.records.calculations import CALCULATION, clock, formula_in, formula_values
from crm.statements import among


def _computing(name: str, formula: Formula) -> Compute:
    def compute(kind: ObjectType, ids: Sequence[int]) -> Mapping[int, Values]:
        moment = clock()
        rows = rows_for(kept("formula", kind.name, name, build=lambda: _used(kind, formula)), ids)
        return {
            row[0]: {name: formula.evaluate(formula_values(kind, row._mapping, formula), moment)} for row in rows
        }

    return compute


def _used(kind: ObjectType, formula: Formula) -> sa.Select[Any]:
    record_id = kind.table.c.record_id
    columns = [kind.column(one).label(one) for one in sorted(formula.names & kind.properties.keys())]
    # The base columns are properties as well, so a formula may ask for the id of the record itself.
    return sa.select(record_id.label("_id"), *columns).where(among(record_id, "ids"))


def calculation(
    kind: ObjectType, name: str, settings: Mapping[str, Any], _current: Schema
) -> Derivation | None:
    """The derivation of a calculated property with these settings; None when its formula cannot be read."""
    formula = formula_in(settings)
    if formula is None:
        return None
    return Derivation(
        name=f"calculation {kind.name}.{name}",
        object_type=kind.name,
        fills=(name,),
        compute=_computing(name, formula),
        own=frozenset(formula.names),
        has_history=True,
    )


def _derivations(current: Schema) -> Iterable[Derivation]:
    for kind in current.record_types:
        for name, prop in kind.properties.items():
            found = calculation(kind, name, prop.settings, current) if prop.type == CALCULATION else None
            if found is not None:
                yield found


derivation_families.register(Family("calculations", _derivations))
