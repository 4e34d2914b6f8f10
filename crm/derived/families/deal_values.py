"""What follows from a deal's own values: the amount in the account's currency, when the next step was set (SPEC 2.7).

There are no rates, so an amount in other money has none in the account's.
"""

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from crm.derived.links import kept, rows_for
from crm.derived.money import NAMES as MONEY
from crm.derived.money import home_amount
from crm.derived.past import last_changes
from crm.derived.registry import Derivation, Family, Values, derivation_families
from crm.objects.schema import ObjectType, Schema
from crm.statements import among

HOME_AMOUNT = "amount_in_home_currency"
NEXT_STEP, NEXT_STEP_SET = "hs_next_step", "hs_next_step_updated_at"


def _home_amount(kind: ObjectType, ids: Sequence[int]) -> Mapping[int, Values]:
    record_id = kind.table.c.record_id
    amounts = kept("amounts", build=lambda: sa.select(record_id, home_amount(kind)).where(among(record_id, "ids")))
    return {row[0]: {HOME_AMOUNT: row[1]} for row in rows_for(amounts, ids)}


def _next_step(_kind: ObjectType, ids: Sequence[int]) -> Mapping[int, Values]:
    return {record_id: {NEXT_STEP_SET: moment} for record_id, moment in last_changes(NEXT_STEP, ids).items()}


def _derivations(_current: Schema) -> Iterable[Derivation]:
    yield Derivation("amount of deal", "deal", (HOME_AMOUNT,), _home_amount, own=MONEY)
    yield Derivation("next step of deal", "deal", (NEXT_STEP_SET,), _next_step, own=frozenset({NEXT_STEP}))


derivation_families.register(Family("deal_values", _derivations))
