"""Days, weeks, months, quarters and years that reports count by: the same in Python, SQLite and PostgreSQL.

A period is known by its first day. Moments fall on the day that the reader's clock shows.
"""

import sqlite3
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from babel import Locale, dates
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from crm.filters.days import MONTHS as MONTH_UNIT
from crm.filters.days import ONE, moved
from crm.messages import N_, Message
from crm.properties.types.base import Context
from crm.properties.types.date import day_text, reading_locale

DAY, WEEK, MONTH, QUARTER, YEAR = "day", "week", "month", "quarter", "year"
STEPS: Mapping[str, str] = {
    DAY: N_("Day"),
    WEEK: N_("Week"),
    MONTH: N_("Month"),
    QUARTER: N_("Quarter"),
    YEAR: N_("Year"),
}
WEEK_OF = N_("Week of %(day)s")
IN_SQLITE = "kartotek_period"
_MONTHS = {MONTH: 1, QUARTER: 3, YEAR: 12}
_SKELETONS = {MONTH: "yMMM", QUARTER: "yQQQ"}


def first_weekday(locale: str) -> int:
    """The day that weeks begin with for readers of `locale`, 0 for Monday."""
    return int(Locale.parse(reading_locale(locale)).first_week_day)


def period_start(day: date, step: str, weekday: int) -> date:
    """The first day of the period that a day lies in."""
    if step == DAY:
        return day
    if step == WEEK:
        return day - (day.weekday() - weekday) % 7 * ONE
    length = _MONTHS[step]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def period_end(start: date, step: str) -> date:
    """The last day of the period that begins with `start`."""
    try:
        return next_period(start, step) - ONE
    except (OverflowError, ValueError):
        return date.max


def next_period(start: date, step: str) -> date:
    """The first day of the period after it; raises OverflowError or ValueError at the end of the calendar."""
    if step in _MONTHS:
        return moved(start, _MONTHS[step], MONTH_UNIT)
    return start + timedelta(days=7 if step == WEEK else 1)


def period_text(start: date, step: str, context: Context) -> str:
    """A period in words: "Mar 2026", "Q1 2026", "Week of 9 Mar 2026"."""
    if step == YEAR:
        return str(start.year)
    if step in _SKELETONS:
        return str(dates.format_skeleton(_SKELETONS[step], start, locale=reading_locale(context.locale)))
    text = day_text(start, context.locale)
    return str(context.translate(Message(WEEK_OF, day=text))) if step == WEEK else text


class period_of_day(FunctionElement[str]):
    """The first day, as ISO writes it, of the period of a day: of (column, step, days that weeks begin before Monday).
    """

    type = sa.Text()
    inherit_cache = True


class period_of_moment(FunctionElement[str]):
    """The same of a moment by the clocks of a zone: of (column, step, days that weeks begin before Monday, zone)."""

    type = sa.Text()
    inherit_cache = True


def day_period(column: Any, step: str, weekday: int) -> sa.ColumnElement[str]:
    """The period of a column of days."""
    return period_of_day(column, sa.literal(step), sa.literal(-weekday % 7 if step == WEEK else 0))


def moment_period(column: Any, step: str, weekday: int, zone: ZoneInfo) -> sa.ColumnElement[str]:
    """The period of a column of moments, by the clocks of `zone`."""
    before = sa.literal(-weekday % 7 if step == WEEK else 0)
    return period_of_moment(column, sa.literal(step), before, sa.literal(zone.key))


@compiles(period_of_day, "sqlite")
@compiles(period_of_moment, "sqlite")
def _in_sqlite(element: FunctionElement[str], compiler: Any, **more: Any) -> str:
    pieces = [compiler.process(clause, **more) for clause in element.clauses]
    return f"{IN_SQLITE}({', '.join([*pieces, 'NULL'][:4])})"


@compiles(period_of_day, "postgresql")
def _day_in_postgresql(element: period_of_day, compiler: Any, **more: Any) -> str:
    column, step, before = (compiler.process(clause, **more) for clause in element.clauses)
    return _truncated(f"({column})::timestamp", step, before)


@compiles(period_of_moment, "postgresql")
def _moment_in_postgresql(element: period_of_moment, compiler: Any, **more: Any) -> str:
    column, step, before, zone = (compiler.process(clause, **more) for clause in element.clauses)
    # The last moments there are belong to a year that no reader's calendar has.
    local = f"least(timezone(({zone})::text, {column}), timestamp '9999-12-31')"
    return f"CASE WHEN {column} IS NOT NULL THEN {_truncated(local, step, before)} END"


def _truncated(local: str, step: str, before: str) -> str:
    days = f"make_interval(days => ({before})::int)"
    return f"to_char(date_trunc(({step})::text, {local} + {days}) - {days}, 'YYYY-MM-DD')"


@sa.event.listens_for(sa.Pool, "connect")
def _teach_sqlite(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_function(IN_SQLITE, 4, _period, deterministic=True)


def _period(text: str | None, step: str, before: int, zone: str | None) -> str | None:
    if text is None:
        return None
    return _start_text(_local_day(text, zone) if zone else text[:10], step, before)


def _local_day(text: str, zone: str) -> str:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(_zone(zone)).date().isoformat()
    except OverflowError:
        return text[:10]


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=20_000)
def _start_text(day: str, step: str, before: int) -> str:
    return period_start(date.fromisoformat(day), step, -before % 7).isoformat()
