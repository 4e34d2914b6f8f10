"""A month as a calendar shows it: whole weeks, each beginning on the day on which weeks begin where the reader is."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1900, 2199
WEEK = 7
_SHAPE = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True)
class Month:
    """One month; `first_weekday` is that of its weeks, 0 for Monday."""

    year: int
    month: int
    first_weekday: int = 0

    @classmethod
    def read(cls, text: str, today: date, first_weekday: int) -> "Month":
        """The month that `2026-03` names; that of today where it names none that a calendar has."""
        found = _SHAPE.fullmatch(text)
        year, month = (int(part) for part in found.groups()) if found else (0, 0)
        if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
            year, month = min(max(today.year, FIRST_YEAR), LAST_YEAR), today.month
        return cls(year, month, first_weekday)

    @property
    def name(self) -> str:
        """What it is called in addresses."""
        return f"{self.year:04}-{self.month:02}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @cached_property
    def days(self) -> list[date]:
        """All days of its weeks, some of which are of the months beside it."""
        last = date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])
        start = self.first - timedelta(days=(self.first.weekday() - self.first_weekday) % WEEK)
        weeks = ((last - start).days // WEEK) + 1
        return [start + timedelta(days=number) for number in range(weeks * WEEK)]

    def has(self, day: date) -> bool:
        """Whether the day is in it, and not in a month beside it."""
        return (day.year, day.month) == (self.year, self.month)

    def beside(self, steps: int) -> "Month | None":
        """The month so many before or after it, None beyond the first and the last that there is."""
        years, month = divmod(self.year * 12 + self.month - 1 + steps, 12)
        return Month(years, month + 1, self.first_weekday) if FIRST_YEAR <= years <= LAST_YEAR else None


def begins_at(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a day begins by the clocks of a zone."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
