"""The calendar: a month with the records on its days, by one of their dates."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from babel import Locale

from crm.calendars.month import WEEK, Month
from crm.calendars.queries import OnDay, dates_of, has_clock, month_of, usual_date
from crm.clock import now
from crm.filters.addresses import narrowed_by, write_condition
from crm.filters.tree import Condition
from crm.messages import N_
from crm.objects.schema import Property
from crm.properties.types.date import reading_locale
from crm.records.counts import count_text
from crm.records.queries import IndexPage
from crm.records.tables import Arguments, Row
from crm.records.views.index_query import IndexQuery
from crm.records.views.modes import IndexMode, index_modes
from crm.saved_views.state import MODE, TABLE
from crm.selections.listing import Narrowed
from crm.web.auth import viewer
from crm.web.context import reading_context

DATE, MONTH = "date", "month"


@dataclass(frozen=True)
class Day:
    """One cell: the first rows of the day, each with its moment where it has one, and how many more there are."""

    day: date
    weekday: str
    is_outside: bool
    is_today: bool
    rows: list[tuple[Row, Any]]
    more: int
    url: str


def _shown(query: IndexQuery, found: Narrowed, arguments: Arguments) -> dict[str, Any]:
    kind, context = query.object_type, reading_context()
    prop = next((one for one in dates_of(kind) if one.name == query.options.get(DATE)), usual_date(kind))
    today = now().astimezone(context.time_zone).date()
    locale = Locale.parse(reading_locale(context.locale))
    month = Month.read(arguments.get(MONTH, ""), today, locale.first_week_day)
    bare = replace(query, columns_shown=())
    on_days = month_of(viewer(), kind, prop, month, context.time_zone, bare.names, found.condition)
    records = [record for on_day in on_days.values() for record, _at in on_day.rows]
    rows = {row.record_id: row for row in bare.rows(IndexPage(records, None, len(records), True), context)}
    names = locale.days["stand-alone"]["abbreviated"]
    days = [_day(query, prop, month, one, today, names[one.weekday()], on_days.get(one), rows) for one in month.days]
    number = sum(on_day.number for day, on_day in on_days.items() if month.has(day))
    beside = {name: month.beside(steps) for name, steps in (("previous", -1), ("next", 1))}
    return {
        "month": month,
        "weeks": [days[start : start + WEEK] for start in range(0, len(days), WEEK)],
        "number": number,
        "count_text": count_text(number),
        "dates": [(one.name, one.label) for one in sorted(dates_of(kind), key=lambda one: one.label)],
        "date_name": prop.name,
        "previous_url": query.url(month=beside["previous"].name) if beside["previous"] else None,
        "next_url": query.url(month=beside["next"].name) if beside["next"] else None,
        "today_url": None if month.has(today) else query.url(),
        "bar_state": [pair for pair in query.state(month=month.name) if pair[0] != DATE],
        # The month is where somebody looks, and no part of the view; a search goes on looking there.
        "state": query.state(month=month.name),
        "here_url": query.url(month=month.name),
    }


def _day(
    query: IndexQuery,
    prop: Property,
    month: Month,
    day: date,
    today: date,
    weekday: str,
    on_day: OnDay | None,
    rows: dict[int, Row],
) -> Day:
    found = on_day or OnDay(0, [])
    timed = has_clock(prop)
    shown = [(rows[record.id], at if timed else None) for record, at in found.rows if record.id in rows]
    return Day(
        day=day,
        weekday=weekday,
        is_outside=not month.has(day),
        is_today=day == today,
        rows=shown,
        more=found.number - len(shown),
        url=_day_url(query, prop, day) if found.number > len(shown) else "",
    )


def _day_url(query: IndexQuery, prop: Property, day: date) -> str:
    """The table of what is on that day: its condition joins every group of the filter."""
    text = write_condition(Condition(prop.name, "equal", (day.isoformat(),)))
    return query.with_filter(narrowed_by(query.filter, text)).url(**{MODE: TABLE})


index_modes.register(
    IndexMode(
        "calendar",
        N_("Calendar"),
        "calendar",
        "calendars/calendar.html",
        is_for=lambda kind: bool(dates_of(kind)),
        shown=_shown,
        bar="calendars/_bar.html",
        options=(DATE,),
        position=20,
    )
)
