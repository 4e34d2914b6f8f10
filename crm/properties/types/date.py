"""A day of the calendar, without an hour."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from babel import Locale, dates
from sqlalchemy.types import TypeEngine

from crm.messages import N_, InvalidValue, Message
from crm.properties.types import property_types
from crm.properties.types.base import Context, PropertyLike, PropertyType, Raw, single
from crm.properties.types.cleaning import clean_line, excerpt

# English without a country reads "12 Mar 2026, 14:05" everywhere; and 3/4/2026 says nothing for certain.
_READ_AS = {"en": "en_GB"}
# Years before are slips of the hand: 0026 for 2026.
FIRST_YEAR = 1000
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,4})[./\- ]\s*(\d{1,2})[./\- ]\s*(\d{1,4})\.?")


class NotADay(InvalidValue):
    """The text is no day of the calendar, in any spelling known here."""

    def __init__(self, text: str) -> None:
        super().__init__(Message("“%(typed)s” is not a date; write it as 2026-03-12.", typed=excerpt(text)))


def reading_locale(locale: str) -> str:
    """The locale by which days and hours are written for a reader of `locale`."""
    return _READ_AS.get(locale, locale)


@lru_cache(maxsize=4096)
def day_text(day: date, locale: str) -> str:
    """The day in words for a reader of `locale`; pages show the same days again and again."""
    return dates.format_date(day, "medium", locale=reading_locale(locale))


def parse_day(text: str, locale: str) -> date:
    """The day that `text` names: ISO, the locale's order of numbers, or with the month's name. Raises InvalidValue."""
    iso = _ISO_DAY.fullmatch(text)
    if iso:
        return _day(text, *(int(part) for part in iso.groups()))
    found = _NUMBERS.fullmatch(text)
    if found:
        return _numeric_day(text, found.groups(), locale)
    return _named_day(text, locale)


def _numeric_day(text: str, parts: tuple[str, ...], locale: str) -> date:
    if len(parts[0]) == 4:
        return _day(text, int(parts[0]), int(parts[1]), int(parts[2]))
    if len(parts[2]) != 4:
        raise InvalidValue(Message("“%(typed)s” is not clear; write the year with four digits.", typed=excerpt(text)))
    first, second, year = int(parts[0]), int(parts[1]), int(parts[2])
    # Points stand between day and month everywhere; a reader of the other order may still have meant that order.
    is_month_first = _is_month_first(reading_locale(locale))
    is_doubtful = is_month_first if "." in text else locale == "en"
    if is_doubtful and first != second and first <= 12 and second <= 12:
        message = Message("“%(typed)s” may be two different days; write it as 2026-03-12.", typed=excerpt(text))
        raise InvalidValue(message)
    if is_doubtful:
        is_month_first = second > 12
    month, day = (first, second) if is_month_first else (second, first)
    return _day(text, year, month, day)


def _named_day(text: str, locale: str) -> date:
    words = re.findall(r"\d+|[^\W\d_]+", text.casefold())
    numbers = [word for word in words if word.isdecimal()]
    names = [word for word in words if not word.isdecimal()]
    years = [word for word in numbers if len(word) == 4]
    days = [word for word in numbers if len(word) <= 2]
    months = [_months(locale)[word] for word in names if word in _months(locale)]
    if len(years) != 1 or len(days) != 1 or len(numbers) != 2 or len(names) != 1 or len(months) != 1:
        raise NotADay(text)
    return _day(text, int(years[0]), months[0], int(days[0]))


@lru_cache(maxsize=32)
def _months(locale: str) -> dict[str, int]:
    """Month names of English and of `locale`, full and short, as they stand in a date and alone."""
    found: dict[str, int] = {}
    for name in ("en", reading_locale(locale)):
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, month in dates.get_month_names(width, context, name).items():
                    found[month.casefold().rstrip(".")] = number
    return found


@lru_cache(maxsize=32)
def _is_month_first(locale: str) -> bool:
    pattern = Locale.parse(locale).date_formats["short"].pattern
    return pattern.lower().index("m") < pattern.index("d")


def _day(text: str, year: int, month: int, day: int) -> date:
    if year < FIRST_YEAR:
        raise NotADay(text)
    try:
        return date(year, month, day)
    except ValueError:
        raise NotADay(text) from None


class Date(PropertyType):
    name = "date"
    label = N_("Date")
    icon = "calendar"
    text = N_("A day without a time")
    can_be_turned_into = False
    input_type = "date"
    position = 60

    def column_type(self) -> TypeEngine[Any]:
        return sa.Date()

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> date | None:
        text = clean_line(single(raw))
        if not text:
            return None
        try:
            return parse_day(text, context.locale)
        except NotADay:
            return _day_of_moment(text, context)

    def to_input(self, value: Any, property: PropertyLike, context: Context) -> str:
        return "" if value is None else value.isoformat()

    def to_text(self, value: Any, property: PropertyLike, context: Context) -> str:
        return "" if value is None else day_text(value, context.locale)

    def to_history(self, value: Any) -> str | None:
        return None if value is None else value.isoformat()

    def from_history(self, text: str | None) -> date | None:
        return None if text is None else date.fromisoformat(text)


def _day_of_moment(text: str, context: Context) -> date:
    """The day of an ISO moment, as exports have them; a moment with an offset falls on the viewer's day."""
    try:
        moment = datetime.fromisoformat(text)
        local = moment if moment.tzinfo is None else moment.astimezone(context.time_zone)
    except (ValueError, OverflowError):
        raise NotADay(text) from None
    return _day(text, local.year, local.month, local.day)


property_types.register(Date())
