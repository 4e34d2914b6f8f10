"""The kinds of value a formula works with, and the day it is computed on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from crm.messages import N_
from crm.properties.types.number import MOST_DECIMALS, MOST_DIGITS, plain_decimal

LONGEST_TEXT = 65_536
ARITHMETIC = Context(prec=34, rounding=ROUND_HALF_UP, Emax=9999, Emin=-9999)


class Kind(StrEnum):
    """What a part of a formula answers. Values are Decimal, bool, date, an aware datetime, str, or a list of str."""

    NUMBER = "number"
    YES_NO = "yes_no"
    DATE = "date"
    MOMENT = "moment"
    TEXT = "text"
    CHOICES = "choices"


LABELS = {
    Kind.NUMBER: N_("a number"),
    Kind.YES_NO: N_("yes or no"),
    Kind.DATE: N_("a date"),
    Kind.MOMENT: N_("a date and time"),
    Kind.TEXT: N_("a text"),
    Kind.CHOICES: N_("several choices"),
}


@dataclass(frozen=True)
class Clock:
    """When a formula is computed, for `today()`, and the account's zone, in which a moment falls on a day."""

    now: datetime
    zone: ZoneInfo = ZoneInfo("UTC")

    @property
    def today(self) -> date:
        """The day it is in the account's zone."""
        return self.day_of(self.now)

    def day_of(self, value: date | datetime) -> date:
        """The day a moment falls on; a date is one already."""
        return self.local(value).date() if isinstance(value, datetime) else value

    def local(self, moment: datetime) -> datetime:
        """A moment by the clocks of the account's zone."""
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(self.zone)


def storable(value: Any) -> Any:
    """`value` as a property can hold it; None for a number or a text too large for that."""
    if isinstance(value, Decimal):
        return _storable_number(value)
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return None
    return value


def _storable_number(value: Decimal) -> Decimal | None:
    if not value.is_finite() or value.adjusted() >= MOST_DIGITS:
        return None
    try:
        rounded = value.quantize(Decimal(1).scaleb(-MOST_DECIMALS), context=ARITHMETIC)
    except InvalidOperation:
        return None
    _, digits, exponent = rounded.normalize(ARITHMETIC).as_tuple()
    surplus = len(digits) + max(0, int(exponent)) - MOST_DIGITS
    if surplus > 0:
        rounded = rounded.quantize(Decimal(1).scaleb(int(exponent) + surplus), context=ARITHMETIC)
    return plain_decimal(rounded)


def as_text(value: Any, clock: Clock) -> str:
    """A value as part of a text: numbers plainly, days as 2026-03-12, moments by the account's clock, else nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(plain_decimal(value), "f")
    if isinstance(value, datetime):
        return f"{clock.local(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    return ";".join(_texts(value))


def _texts(value: Sequence[Any]) -> list[str]:
    return [str(one) for one in value]
