"""Months in whole weeks, which begin where the reader's do (SPEC 5.3)."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from crm.calendars.month import Month, begins_at

TODAY = date(2026, 3, 11)


@pytest.mark.parametrize(
    ("first_weekday", "start", "end"),
    [(0, date(2026, 2, 23), date(2026, 4, 5)), (6, date(2026, 3, 1), date(2026, 4, 4))],
)
def test_a_month_begins_on_the_first_day_of_a_week(first_weekday: int, start: date, end: date) -> None:
    month = Month(2026, 3, first_weekday)
    assert (month.days[0], month.days[-1], len(month.days) % 7) == (start, end, 0)
    assert [day for day in month.days if month.has(day)] == [date(2026, 3, day) for day in range(1, 32)]


@pytest.mark.parametrize("text", ["", "2026-13", "2026-00", "26-3", "0001-01", "9999-12", "two", "2026-03-01"])
def test_what_names_no_month_is_the_month_of_today(text: str) -> None:
    assert Month.read(text, TODAY, 0) == Month(2026, 3)


def test_months_follow_each_other_to_the_ends_of_the_calendar() -> None:
    assert Month(2026, 12).beside(1) == Month(2027, 1)
    assert Month(2026, 1).beside(-1) == Month(2025, 12)
    assert (Month(1900, 1).beside(-1), Month(2199, 12).beside(1)) == (None, None)
    assert Month.read("2027-01", TODAY, 0).name == "2027-01"


def test_a_day_begins_by_the_clocks_of_the_reader() -> None:
    warsaw = ZoneInfo("Europe/Warsaw")
    assert begins_at(date(2026, 3, 29), warsaw) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert begins_at(date(2026, 3, 30), warsaw) == datetime(2026, 3, 29, 22, tzinfo=UTC)
