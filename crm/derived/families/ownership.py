"""Since when a record has its owner, and the owner's team (SPEC 2.7)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.accounts.models import UserAccount
from crm.derived.links import kept, rows_for
from crm.derived.past import last_changes
from crm.derived.registry import Derivation, Family, Values, derivation_families
from crm.objects.schema import ObjectType, Schema
from crm.statements import among

OWNER = "hubspot_owner_id"
ASSIGNED, TEAM = "hubspot_owner_assigneddate", "hubspot_team_id"


def _compute(kind: ObjectType, ids: Sequence[int]) -> Mapping[int, Values]:
    owned = kept("owned", kind.name, build=lambda: _owned(kind))
    moments = last_changes(OWNER, ids)
    return {
        row.record_id: {ASSIGNED: moments.get(row.record_id, row.created_at), TEAM: row.team_id}
        for row in rows_for(owned, ids)
    }


def _owned(kind: ObjectType) -> sa.Select[Any]:
    table, people = kind.table, UserAccount.__table__
    owned = sa.select(table.c.record_id, table.c.created_at, people.c.team_id)
    return owned.join(people, people.c.id == table.c.owner_id).where(among(table.c.record_id, "ids"))


def _derivations(current: Schema) -> Iterable[Derivation]:
    for kind in current.record_types:
        if OWNER in kind.properties:
            yield Derivation(
                name=f"ownership of {kind.name}",
                object_type=kind.name,
                fills=(ASSIGNED, TEAM),
                compute=_compute,
                own=frozenset({OWNER}),
            )


derivation_families.register(Family("ownership", _derivations))
