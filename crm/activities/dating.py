"""Back-dated or planned in one form: the date decides which of them an activity is (SPEC 1.6, 8.1)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from crm.activities.types.base import ActivityType, Values
from crm.messages import N_, Message
from crm.records.errors import InvalidInput

AHEAD = timedelta(minutes=10)
"""How far clocks may differ before a moment counts as one to come."""

NOT_YET = N_("This lies ahead. What has not happened yet is a task, a meeting or a planned call.")


def by_date(kind: ActivityType, values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What somebody typed, with what its date decides: a meeting that is over was held (D).

    Raises InvalidInput for what cannot lie ahead, or cannot be known before it happens.
    """
    moment = values.get("activity_date")
    if moment is not None and moment > now + AHEAD and not kind.takes_future:
        raise InvalidInput({"activity_date": Message(NOT_YET)})
    return {**values, **kind.by_date(values, now)}


def refuse_by_date(kind: ActivityType, before: Values, changes: Values, now: datetime) -> None:
    """Raise InvalidInput when a change moves an activity to where it cannot be, or says what is known only afterwards.

    What came with a moment that nobody could have typed stays changeable in all else.
    """
    if changes.keys() & {"activity_date", *kind.known_afterwards}:
        by_date(kind, {**before, **changes}, now)
