"""When a ticket was closed and how long it took (SPEC 2.7); empty while it is open."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from crm.records.automatic import AutomaticValue, automatic_values
from crm.records.changes import Change
from crm.records.stage_moves import move_of

CLOSED_DATE = "closed_date"
TIME_TO_CLOSE = "time_to_close"


def milliseconds(begin: datetime, end: datetime) -> Decimal:
    """How long it is from `begin` to `end`, never less than nothing."""
    span = end - begin
    return Decimal(max((span.days * 86_400 + span.seconds) * 1_000 + span.microseconds // 1_000, 0))


def _values(change: Change) -> Mapping[str, Any]:
    if not {CLOSED_DATE, TIME_TO_CLOSE} <= change.kind.properties.keys():
        return {}
    move = move_of(change)
    if move is None or (move.was is not None and move.was.is_closed == move.stage.is_closed):
        return {}
    if not move.stage.is_closed:
        return {} if change.is_new else {CLOSED_DATE: None, TIME_TO_CLOSE: None}
    return {CLOSED_DATE: change.moment, TIME_TO_CLOSE: milliseconds(change.made_at, change.moment)}


automatic_values.register(AutomaticValue("ticket_closing", _values))
