"""What days are compared with: days, periods of the calendar, distances from today."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from babel.units import format_unit

from crm.filters.days import DAYS, MONTHS, MOST_UNITS, PERIODS, UNITS, WEEKS
from crm.filters.shapes import NOT_A_COUNT, Input, Shape, exactly, joined, labels, some
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType, Property
from crm.properties.types import property_types
from crm.properties.types.base import Choice, Context
from crm.properties.types.cleaning import clean_line, excerpt
from crm.properties.types.date import FIRST_YEAR, day_text
from crm.properties.types.dropdown import not_a_choice

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNT = re.compile(r"[0-9]{1,4}")
_BABEL_UNITS = {DAYS: "duration-day", WEEKS: "duration-week", MONTHS: "duration-month"}


class Days(Shape):
    """One day, or two in order."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.name = f"day_{count}"

    def inputs(self, prop: Property, kind: ObjectType, context: Context) -> list[Input]:
        return [Input(label, "date") for label in labels(self.count)]

    def read(self, typed: Sequence[str], prop: Property, context: Context) -> tuple[str, ...]:
        kind: Any = property_types.get("date")
        found = [kind.parse(text, prop, context) for text in typed if clean_line(text)]
        return tuple(day.isoformat() for day in exactly(self.count, found))

    def values(self, texts: Sequence[str], prop: Property, kind: ObjectType) -> list[Any]:
        return exactly(self.count, [_day(text) for text in texts])

    def words(self, texts: Sequence[str], prop: Property, kind: ObjectType, context: Context) -> str:
        return joined([day_text(_day(text), context.locale) for text in texts], context)


class Period(Shape):
    """A span of the calendar around today."""

    name = "period"

    def inputs(self, prop: Property, kind: ObjectType, context: Context) -> list[Input]:
        choices = (Choice(name, context.translate(label)) for name, (label, _) in PERIODS.items())
        return [Input(N_("When"), "select", tuple(choices))]

    def read(self, typed: Sequence[str], prop: Property, context: Context) -> tuple[str, ...]:
        return tuple(text for text in typed if text in PERIODS) or some(())

    def values(self, texts: Sequence[str], prop: Property, kind: ObjectType) -> list[Any]:
        if len(texts) != 1 or texts[0] not in PERIODS:
            raise not_a_choice("|".join(texts))
        return list(texts)

    def words(self, texts: Sequence[str], prop: Property, kind: ObjectType, context: Context) -> str:
        return str(context.translate(PERIODS[texts[0]][0]))


class Distance(Shape):
    """So many days, weeks or months."""

    name = "distance"

    def inputs(self, prop: Property, kind: ObjectType, context: Context) -> list[Input]:
        units = tuple(Choice(name, context.translate(label)) for name, label in UNITS.items())
        return [Input(N_("How many"), "text"), Input(N_("Unit"), "select", units)]

    def read(self, typed: Sequence[str], prop: Property, context: Context) -> tuple[str, ...]:
        count, unit = (*map(clean_line, typed), "", "")[:2]
        texts = (count.lstrip("0"), unit or DAYS)
        _distance(texts)
        return texts

    def values(self, texts: Sequence[str], prop: Property, kind: ObjectType) -> list[Any]:
        return [*_distance(texts)]

    def words(self, texts: Sequence[str], prop: Property, kind: ObjectType, context: Context) -> str:
        return str(format_unit(int(texts[0]), _BABEL_UNITS[texts[1]], locale=context.locale))


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else date.min
    except ValueError:
        day = date.min
    if day.year < FIRST_YEAR:
        raise InvalidValue(Message("“%(typed)s” is not a date; write it as 2026-03-12.", typed=excerpt(text)))
    return day


def _distance(texts: Sequence[str]) -> tuple[int, str]:
    if len(texts) != 2 or texts[1] not in UNITS or not _COUNT.fullmatch(texts[0]) or int(texts[0]) < 1:
        raise InvalidValue(Message(NOT_A_COUNT, most=f"{MOST_UNITS:,}"))
    return int(texts[0]), texts[1]
