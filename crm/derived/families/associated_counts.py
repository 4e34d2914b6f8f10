"""How many contacts and deals a record is associated with (SPEC 2.7)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.derived.links import SUBJECT, kept, linked_records, rows_for
from crm.derived.registry import Compute, Derivation, Family, Linked, Values, derivation_families
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Schema

# The property that counts, on which object, and what.
COUNTS = (
    ("contact", "num_associated_deals", "deal"),
    ("company", "num_associated_deals", "deal"),
    ("lead", "hs_lead_associated_deals_count", "deal"),
    ("company", "num_associated_contacts", "contact"),
    ("deal", "num_associated_contacts", "contact"),
)


def _counting(name: str, other: str) -> Compute:
    def compute(kind: ObjectType, ids: Sequence[int]) -> Mapping[int, Values]:
        linked = kept("count", kind.name, other, build=lambda: _linked(kind, schema().object_type(other)))
        return {row[0]: {name: row[1]} for row in rows_for(linked, ids)}

    return compute


def _linked(kind: ObjectType, other: ObjectType) -> sa.Select[Any]:
    return linked_records(kind, other, sa.func.count()).group_by(SUBJECT)


def _derivations(_current: Schema) -> Iterable[Derivation]:
    for object_type, name, other in COUNTS:
        yield Derivation(
            name=f"{other}s of {object_type}",
            object_type=object_type,
            fills=(name,),
            compute=_counting(name, other),
            linked=(Linked(other),),
            of_nothing={name: 0},
        )


derivation_families.register(Family("associated_counts", _derivations))
