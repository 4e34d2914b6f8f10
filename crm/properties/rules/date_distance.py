"""A day within, after or before some time from today, in the account's time zone."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from crm.clock import account_today
from crm.messages import N_, InvalidValue, Message
from crm.properties.rules import property_rules
from crm.properties.rules.base import DAYS, InvalidRule, Rule, RuledProperty, Setting, chosen, day_of, whole
from crm.properties.types.base import Context

MOST = 10_000
_HOW = Setting(
    "how",
    N_("Distance from today"),
    "select",
    choices=(
        ("", N_("Any")),
        ("next", N_("Within the next …")),
        ("last", N_("Within the last …")),
        ("after", N_("At least … from today")),
        ("before", N_("At least … ago")),
    ),
)
_UNIT = Setting(
    "unit",
    N_("Unit"),
    "select",
    choices=(("days", N_("Days")), ("weeks", N_("Weeks")), ("months", N_("Months")), ("years", N_("Years"))),
)
_MESSAGES = {
    "next": N_("Only a date from %(today)s to %(limit)s."),
    "last": N_("Only a date from %(limit)s to %(today)s."),
    "after": N_("Only a date from %(limit)s on."),
    "before": N_("Only a date up to %(limit)s."),
}


class DateDistance(Rule):
    name = "date_distance"
    label = N_("Distance from today")
    types = DAYS
    settings = (_HOW, Setting("amount", N_("How many"), "number"), _UNIT)
    position = 230

    def parse(self, typed: Mapping[str, str], context: Context) -> dict[str, Any] | None:
        errors, amount, how, unit = {}, 0, "", ""
        try:
            how = chosen(typed.get("how", ""), _HOW)
        except InvalidValue as error:
            errors["how"] = error.message
        if not how and not errors:
            return None
        try:
            unit = chosen(typed.get("unit", ""), _UNIT)
        except InvalidValue as error:
            errors["unit"] = error.message
        try:
            amount = whole(typed.get("amount", ""), 1, MOST)
        except InvalidValue as error:
            errors["amount"] = error.message
        if errors:
            raise InvalidRule(errors)
        return {"how": how, "amount": amount, "unit": unit}

    def error(self, value: Any, stored: Mapping[str, Any], prop: RuledProperty) -> Message | None:
        day, today, how = day_of(value), account_today(), stored["how"]
        sign = 1 if how in ("next", "after") else -1
        limit = moved(today, sign * stored["amount"], stored["unit"])
        is_kept = {
            "next": today <= day <= limit,
            "last": limit <= day <= today,
            "after": day >= limit,
            "before": day <= limit,
        }[how]
        if is_kept:
            return None
        return Message(_MESSAGES[how], today=today.isoformat(), limit=limit.isoformat())


def moved(day: date, amount: int, unit: str) -> date:
    """The day so many units away; the last of a month that is too short, the end of the calendar beyond it."""
    try:
        if unit in ("days", "weeks"):
            return day + timedelta(days=amount * (7 if unit == "weeks" else 1))
        months = day.year * 12 + day.month - 1 + amount * (12 if unit == "years" else 1)
        year, month = divmod(months, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        return date.max if amount > 0 else date.min


property_rules.register(DateDistance())
