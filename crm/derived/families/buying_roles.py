"""How many contacts of a company decide, block, or have a buying role at all (SPEC 2.7, 8.17)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.derived.links import SUBJECT, kept, linked_records, rows_for
from crm.derived.registry import Derivation, Family, Linked, Values, derivation_families
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Schema

CONTACT, ROLE = "contact", "hs_buying_role"
DECIDING, BLOCKING, ANY = "hs_num_decision_makers", "hs_num_blockers", "hs_num_contacts_with_buying_roles"


def _has(roles: Any, role: str) -> Any:
    """1 where a list of choices, joined by semicolons, has this one."""
    return sa.case((sa.literal(";").concat(roles).concat(";").contains(f";{role};", autoescape=True), 1), else_=0)


def _compute(kind: ObjectType, ids: Sequence[int]) -> Mapping[int, Values]:
    counted = kept("buying roles", kind.name, build=lambda: _counted(kind, schema().object_type(CONTACT)))
    return {row[0]: {DECIDING: row[1], BLOCKING: row[2], ANY: row[3]} for row in rows_for(counted, ids)}


def _counted(kind: ObjectType, contact: ObjectType) -> sa.Select[Any]:
    roles = contact.column(ROLE)
    sums = (sa.func.sum(_has(roles, "DECISION_MAKER")), sa.func.sum(_has(roles, "BLOCKER")), sa.func.count())
    return linked_records(kind, contact, *sums).where(sa.func.coalesce(roles, "") != "").group_by(SUBJECT)


def _derivations(_current: Schema) -> Iterable[Derivation]:
    yield Derivation(
        name="buying roles of company",
        object_type="company",
        fills=(DECIDING, BLOCKING, ANY),
        compute=_compute,
        linked=(Linked(CONTACT, frozenset({ROLE})),),
        of_nothing={DECIDING: 0, BLOCKING: 0, ANY: 0},
    )


derivation_families.register(Family("buying_roles", _derivations))
