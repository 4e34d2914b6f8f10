"""Mirrored properties: what a property of one associated record holds (SPEC 2.3)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.associations.queries import association_types
from crm.derived.links import LINK, SUBJECT, kept, linked_records, rows_for
from crm.derived.property_syncs import OLDEST, PRIMARY, PROPERTY_SYNC, SyncSettings, read_sync
from crm.derived.registry import Compute, Derivation, Family, Linked, Values, derivation_families
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Schema


def _computing(name: str, wanted: SyncSettings) -> Compute:
    def compute(kind: ObjectType, ids: Sequence[int]) -> Mapping[int, Values]:
        first = kept("sync", kind.name, name, build=lambda: _picked(kind, wanted))
        return {row[0]: {name: row.value} for row in rows_for(first, ids)}

    return compute


def _picked(kind: ObjectType, wanted: SyncSettings) -> sa.Select[Any]:
    other = schema().object_type(wanted.object_type)
    moment, record = LINK.c.moment, LINK.c.to_record_id
    order = (moment, record) if wanted.pick == OLDEST else (moment.desc(), record.desc())
    place = sa.func.row_number().over(partition_by=SUBJECT, order_by=order).label("place")
    type_id = association_types().primary(kind.name, other.name) if wanted.pick == PRIMARY else None
    value = other.column(wanted.source).label("value")
    placed = linked_records(kind, other, value, place, type_id=type_id).subquery()
    return sa.select(placed.c.from_record_id, placed.c.value).where(placed.c.place == 1)


def sync(kind: ObjectType, name: str, settings: Mapping[str, Any], current: Schema) -> Derivation | None:
    """The derivation of a mirrored property with these settings; None when what it mirrors is gone."""
    wanted = read_sync(settings)
    other = current.types.get(wanted.object_type)
    if other is None or wanted.source not in other.properties:
        return None
    return Derivation(
        name=f"sync {kind.name}.{name}",
        object_type=kind.name,
        fills=(name,),
        compute=_computing(name, wanted),
        linked=(Linked(wanted.object_type, frozenset({wanted.source})),),
        has_history=True,
    )


def _derivations(current: Schema) -> Iterable[Derivation]:
    for kind in current.record_types:
        for name, prop in kind.properties.items():
            found = sync(kind, name, prop.settings, current) if prop.type == PROPERTY_SYNC else None
            if found is not None:
                yield found


derivation_families.register(Family("property_syncs", _derivations))
