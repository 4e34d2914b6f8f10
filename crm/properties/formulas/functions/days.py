"""Days. A moment counts as the day it falls on in the account's time zone (SPEC 2.5)."""

import calendar
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from crm.messages import N_
from crm.properties.formulas.functions import DAYS, NUMBER, register, wants
from crm.properties.formulas.kinds import Clock, Kind

HOURS = frozenset({Kind.MOMENT})
HOUR = timedelta(hours=1)


def _part(name: str, text: str, part: Callable[..., Any]) -> None:
    signature = f"{name}(date)"
    result = wants(name, signature, DAYS, answers=Kind.NUMBER)
    register(name, signature, text, result, lambda value, clock: Decimal(part(clock.day_of(value))), wants_clock=True)


def _add_months(day: date, months: int) -> date:
    """The same day of another month, or its last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError("no such year")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _months_between(one: date, other: date) -> int:
    """Whole months from one day to the other; below zero when the other is earlier."""
    if other < one:
        return -_months_between(other, one)
    months = (other.year - one.year) * 12 + other.month - one.month
    return months - 1 if _add_months(one, months) > other else months


def _moved(name: str, text: str, move: Callable[..., Any]) -> None:
    signature = f"{name}(date, number)"
    register(
        name,
        signature,
        text,
        wants(name, signature, DAYS, NUMBER, answers=Kind.DATE),
        lambda value, number, clock: move(clock.day_of(value), int(number)),
        wants_clock=True,
    )


def _edge(name: str, text: str, edge: Callable[..., Any]) -> None:
    signature = f"{name}(date)"
    result = wants(name, signature, DAYS, answers=Kind.DATE)
    register(name, signature, text, result, lambda value, clock: edge(clock.day_of(value)), wants_clock=True)


def _last_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _hours(one: datetime, other: datetime) -> Decimal:
    return Decimal(str((other - one) / HOUR))


def _days(one: date | datetime, other: date | datetime, clock: Clock) -> Decimal:
    return Decimal((clock.day_of(other) - clock.day_of(one)).days)


_part("year", N_("The year."), lambda day: day.year)
_part("quarter", N_("The quarter, 1 to 4."), lambda day: (day.month + 2) // 3)
_part("month", N_("The month, 1 to 12."), lambda day: day.month)
_part("day", N_("The day of the month."), lambda day: day.day)
_part("weekday", N_("The day of the week: 1 is Monday, 7 Sunday."), lambda day: day.isoweekday())
_moved("add_days", N_("So many days later."), lambda day, number: day + timedelta(days=number))
_moved("add_months", N_("So many months later."), _add_months)
_moved("add_years", N_("So many years later."), lambda day, number: _add_months(day, 12 * number))
_edge("start_of_month", N_("The first day of its month."), lambda day: day.replace(day=1))
_edge("end_of_month", N_("The last day of its month."), _last_of_month)

register(
    "today",
    "today()",
    N_("The day it is; computed anew every night."),
    wants("today", "today()", answers=Kind.DATE),
    lambda clock: clock.today,
    wants_clock=True,
    is_of_the_day=True,
)
register(
    "date",
    "date(year, month, day)",
    N_("A day of the calendar."),
    wants("date", "date(year, month, day)", NUMBER, NUMBER, NUMBER, answers=Kind.DATE),
    lambda year, month, day: date(int(year), int(month), int(day)),
)
register(
    "days_between",
    "days_between(from, to)",
    N_("How many days from one day to another; below zero when it is earlier."),
    wants("days_between", "days_between(from, to)", DAYS, DAYS, answers=Kind.NUMBER),
    _days,
    wants_clock=True,
)
register(
    "months_between",
    "months_between(from, to)",
    N_("How many whole months from one day to another."),
    wants("months_between", "months_between(from, to)", DAYS, DAYS, answers=Kind.NUMBER),
    lambda one, other, clock: Decimal(_months_between(clock.day_of(one), clock.day_of(other))),
    wants_clock=True,
)
register(
    "hours_between",
    "hours_between(from, to)",
    N_("How many hours from one moment to another."),
    wants("hours_between", "hours_between(from, to)", HOURS, HOURS, answers=Kind.NUMBER),
    _hours,
)
