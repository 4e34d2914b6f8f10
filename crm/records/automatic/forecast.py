"""What a deal's stage says of its chances and its money: probability, closed, won, weighted amount (SPEC 2.7)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crm.objects.schema import ObjectType
from crm.records.automatic import AutomaticValue, automatic_values
from crm.records.changes import Change

PROBABILITY = "hs_deal_stage_probability"
IS_CLOSED = "hs_is_closed"
IS_WON = "hs_is_closed_won"
WEIGHTED = "hs_projected_amount"
FORECAST = (PROBABILITY, IS_CLOSED, IS_WON, WEIGHTED)
MADE_OF = ("dealstage", "amount")
_CENT = Decimal("0.01")


def forecast(kind: ObjectType, values: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from the stage and the amount of a deal."""
    stage_name, amount = (values.get(name) for name in MADE_OF)
    stage = kind.stages.get(stage_name or "")
    probability = None
    if stage is not None and stage.probability is not None:
        probability = Decimal(str(stage.probability))
    is_weighted = amount is not None and probability is not None
    return {
        PROBABILITY: probability,
        IS_CLOSED: stage.is_closed if stage else None,
        IS_WON: stage.is_won if stage else None,
        WEIGHTED: (amount * probability).quantize(_CENT) if is_weighted else None,
    }


def _values(change: Change) -> Mapping[str, Any]:
    if not all(name in change.kind.properties for name in FORECAST):
        return {}
    if not change.is_new and not any(name in change.after for name in MADE_OF):
        return {}
    return forecast(change.kind, change.whole)


automatic_values.register(AutomaticValue("forecast", _values, position=200))
