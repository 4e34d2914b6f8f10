"""What is on the days of a month: the first few records of each day and how many there are, in one query (SPEC 5.3).

A date is the same day everywhere and passes through no time zone; a moment falls on the day it has in the reader's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crm.calendars.month import Month, begins_at
from crm.db import db
from crm.objects.schema import ObjectType, Property
from crm.permissions.scopes import guarded, rows_visible_to
from crm.permissions.viewer import Viewer
from crm.records.ordering import MOMENT, happened_at
from crm.records.queries import RecordRow, names_of_rows, record_of
from crm.records.values import type_of

CREATED = "createdate"
DATE, DATE_TIME = "date", "date_time"
PER_DAY = 4


@dataclass(frozen=True)
class OnDay:
    """What is on one day: how many records, and the first of them, each with its date or moment."""

    number: int
    rows: Sequence[tuple[RecordRow, Any]]


def dates_of(kind: ObjectType) -> list[Property]:
    """The properties by which the records of an object can stand in a calendar."""
    return [prop for prop in kind.properties.values() if type_of(prop).name in (DATE, DATE_TIME)]


def usual_date(kind: ObjectType) -> Property:
    """The one by which they stand there until somebody chooses: when an activity is, a date people plan with, or when
    the record was made.
    """
    dates = {prop.name: prop for prop in dates_of(kind)}
    planned = [name for name in kind.layout.index_columns if name in dates and not dates[name].read_only]
    wanted = next((name for name in (MOMENT, *planned, CREATED) if name in dates), None)
    return dates[wanted] if wanted else next(iter(dates.values()))


def has_clock(prop: Property) -> bool:
    """Whether its values have a time of day."""
    return type_of(prop).name == DATE_TIME


def month_of(
    viewer: Viewer,
    kind: ObjectType,
    prop: Property,
    month: Month,
    zone: ZoneInfo,
    names: Sequence[str],
    condition: sa.ColumnElement[bool] | None = None,
) -> dict[date, OnDay]:
    """The days of a month on which there is anything the viewer may see and the condition leaves, with the properties
    called `names` of the first PER_DAY records of each.
    """
    shown = names_of_rows(kind, names)
    found: dict[date, OnDay] = {}
    for row in db.session.execute(guarded(_statement(viewer, kind, prop, month, zone, shown, condition), viewer)):
        index, number, *values = row
        on_day = found.setdefault(month.days[index], OnDay(number, []))
        found[month.days[index]] = OnDay(number, [*on_day.rows, (record_of(kind, values, shown), values[-1])])
    return found


def _statement(
    viewer: Viewer,
    kind: ObjectType,
    prop: Property,
    month: Month,
    zone: ZoneInfo,
    shown: Sequence[str],
    condition: sa.ColumnElement[bool] | None,
) -> sa.Select[Any]:
    table, column = kind.table, kind.column(prop.name)
    # The index of activities is on this, which a filter by their date does not ask for.
    value = happened_at(kind) if prop.name == MOMENT and kind.is_activity else column
    ends = [*month.days, month.days[-1] + timedelta(days=1)]
    bounds = [sa.literal(begins_at(day, zone) if has_clock(prop) else day, column.type) for day in ends]
    where = [rows_visible_to(viewer, kind.name, table), column.is_not(None), value >= bounds[0], value < bounds[-1]]
    where += [] if condition is None else [condition]
    on_days = sa.select(table.c.record_id, value.label("at"), _day(value, bounds).label("day")).where(*where).subquery()
    of_day: dict[str, Any] = {"partition_by": on_days.c.day}
    order = (on_days.c.at, on_days.c.record_id)
    counted = sa.select(
        on_days,
        sa.func.count().over(**of_day).label("amount"),
        sa.func.row_number().over(**of_day, order_by=order).label("place"),
    ).subquery()
    columns = [kind.column(name).label(f"p_{name}") for name in shown]
    chosen = sa.select(counted.c.day, counted.c.amount, table.c.record_id, table.c.owner_id, *columns, counted.c.at)
    first = chosen.join(counted, counted.c.record_id == table.c.record_id).where(counted.c.place <= PER_DAY)
    return first.order_by(counted.c.day, counted.c.place)


def _day(value: Any, bounds: Sequence[Any], start: int = 0) -> Any:
    """On which of the days between the bounds a value is, as its number; found by halves, a row costs six steps."""
    if len(bounds) == 2:
        return sa.literal(start)
    half = len(bounds) // 2
    earlier, later = _day(value, bounds[: half + 1], start), _day(value, bounds[half:], start + half)
    return sa.case((value < bounds[half], earlier), else_=later)
