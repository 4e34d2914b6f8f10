"""How many days a closed deal took, from its making to its close date (SPEC 2.7)."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from crm.records.automatic import AutomaticValue, automatic_values
from crm.records.automatic.close_date import CLOSE_DATE
from crm.records.automatic.forecast import IS_CLOSED
from crm.records.changes import Change

DAYS_TO_CLOSE = "days_to_close"


def days_to_close(is_closed: bool | None, made_at: datetime, closes_at: datetime | None) -> Decimal | None:
    """Whole days; None while the deal is open or nobody knows when it closed, 0 when that was before it was made."""
    if not is_closed or closes_at is None:
        return None
    return Decimal(max((closes_at - made_at).days, 0))


def _values(change: Change) -> Mapping[str, Any]:
    if DAYS_TO_CLOSE not in change.kind.properties:
        return {}
    whole = change.whole
    return {DAYS_TO_CLOSE: days_to_close(whole.get(IS_CLOSED), change.made_at, whole.get(CLOSE_DATE))}


automatic_values.register(AutomaticValue("days_to_close", _values, position=210))
