"""Days as filters name them: this month, 90 days ago, and where a day begins by the reader's clock (SPEC 5.2).

A span of days is (first, beyond): `beyond` is the first day that is not in it any more; None where there is no end.
"""

import calendar
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm.messages import N_

Span = tuple[date | None, date | None]
ONE = timedelta(days=1)
DAYS, WEEKS, MONTHS = "days", "weeks", "months"
UNITS: Mapping[str, str] = {DAYS: N_("days"), WEEKS: N_("weeks"), MONTHS: N_("months")}
MOST_UNITS = 9_999


def moved(day: date, count: int, unit: str) -> date:
    """The day `count` units after, before where it is negative; a month shorter than the day has ends earlier."""
    if unit != MONTHS:
        return day + timedelta(days=count * (7 if unit == WEEKS else 1))
    years, month = divmod(day.month - 1 + count, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _months(length: int, step: int) -> Callable[[date], Span]:
    def span(today: date) -> Span:
        first = today.replace(month=(today.month - 1) // length * length + 1, day=1)
        return moved(first, step * length, MONTHS), moved(first, (step + 1) * length, MONTHS)

    return span


def _days(step: int) -> Callable[[date], Span]:
    return lambda today: (today + step * ONE, today + (step + 1) * ONE)


def _weeks(step: int) -> Callable[[date], Span]:
    def span(today: date) -> Span:
        monday = today - today.weekday() * ONE
        return moved(monday, step, WEEKS), moved(monday, step + 1, WEEKS)

    return span


PERIODS: Mapping[str, tuple[str, Callable[[date], Span]]] = {
    "today": (N_("today"), _days(0)),
    "yesterday": (N_("yesterday"), _days(-1)),
    "tomorrow": (N_("tomorrow"), _days(1)),
    "this_week": (N_("this week"), _weeks(0)),
    "last_week": (N_("last week"), _weeks(-1)),
    "next_week": (N_("next week"), _weeks(1)),
    "this_month": (N_("this month"), _months(1, 0)),
    "last_month": (N_("last month"), _months(1, -1)),
    "next_month": (N_("next month"), _months(1, 1)),
    "this_quarter": (N_("this quarter"), _months(3, 0)),
    "last_quarter": (N_("last quarter"), _months(3, -1)),
    "next_quarter": (N_("next quarter"), _months(3, 1)),
    "this_year": (N_("this year"), _months(12, 0)),
    "last_year": (N_("last year"), _months(12, -1)),
    "next_year": (N_("next year"), _months(12, 1)),
}


def day_after(day: date) -> date | None:
    """The next day, None after the last one there is."""
    return None if day == date.max else day + ONE


def start_of(day: date, zone: ZoneInfo) -> datetime | None:
    """The moment a day begins by the clocks of `zone`; None for one at the very end of the calendar."""
    try:
        return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)
    except OverflowError:
        return None
