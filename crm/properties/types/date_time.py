"""A moment: typed and shown in the viewer's zone, kept in UTC to the millisecond."""

import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

from babel import dates
from sqlalchemy.types import TypeEngine

from crm.db import UtcDateTime
from crm.messages import N_, InvalidValue, Message
from crm.properties.types import property_types
from crm.properties.types.base import Context, PropertyLike, PropertyType, Raw, single
from crm.properties.types.cleaning import clean_line, excerpt
from crm.properties.types.date import FIRST_YEAR, NotADay, day_text, parse_day, reading_locale

_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))(?::(\d{2}))?\s*([ap]\.?m\.?)?|(\d{1,2})\s*([ap]\.?m\.?)", re.IGNORECASE)
_DAY_AND_CLOCK = re.compile(r"(.+?)(?:,?\s+(?:at\s+)?)(\d{1,2}(?:[:.]\d{2}){0,2}\s*(?:[ap]\.?m\.?)?)", re.IGNORECASE)


class DateTime(PropertyType):
    name = "date_time"
    label = N_("Date and time")
    icon = "clock"
    text = N_("A day and a time, shown in each reader's time zone")
    can_be_turned_into = False
    input_type = "datetime-local"
    position = 70

    def column_type(self) -> TypeEngine[Any]:
        return UtcDateTime()

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> datetime | None:
        text = clean_line(single(raw))
        if not text:
            return None
        moment = _iso(text) or _written(text, context.locale)
        if moment.year < FIRST_YEAR:
            raise _not_a_moment(text)
        if moment.tzinfo is None:
            # In the hour that clocks skip this gives the moment as much later; in the one they repeat, the first.
            moment = moment.replace(tzinfo=context.time_zone)
        try:
            moment = moment.astimezone(UTC)
            moment.astimezone(context.time_zone)
        except OverflowError:
            raise _not_a_moment(text) from None
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def to_input(self, value: Any, property: PropertyLike, context: Context) -> str:
        if value is None:
            return ""
        local = value.astimezone(context.time_zone).replace(tzinfo=None)
        if local.microsecond:
            return local.isoformat(timespec="milliseconds")
        return local.isoformat(timespec="seconds" if local.second else "minutes")

    def to_text(self, value: Any, property: PropertyLike, context: Context) -> str:
        if value is None:
            return ""
        local = value.astimezone(context.time_zone)
        return f"{day_text(local.date(), context.locale)}, {_clock_text(local.hour, local.minute, context.locale)}"

    def to_history(self, value: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat()

    def from_history(self, text: str | None) -> datetime | None:
        return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


@lru_cache(maxsize=4096)
def _clock_text(hour: int, minute: int, locale: str) -> str:
    return dates.format_time(time(hour, minute), "short", locale=reading_locale(locale))


def _not_a_moment(text: str) -> InvalidValue:
    return InvalidValue(
        Message("“%(typed)s” is not a date and time; write it as 2026-03-12 14:05.", typed=excerpt(text))
    )


def _iso(text: str) -> datetime | None:
    if not re.match(r"\d{4}-\d{2}-\d{2}[T ]\d", text):
        return None
    try:
        return datetime.fromisoformat(text.removesuffix(" UTC") + ("Z" if text.endswith(" UTC") else ""))
    except ValueError:
        return None


def _written(text: str, locale: str) -> datetime:
    """A day in any spelling, with an hour after it; without an hour its midnight. The answer is naive."""
    found = _DAY_AND_CLOCK.fullmatch(text)
    if found:
        try:
            return _at(parse_day(found.group(1), locale), found.group(2), text)
        except NotADay:
            pass
    try:
        return _at(parse_day(text, locale), "0:00", text)
    except NotADay:
        raise _not_a_moment(text) from None


def _at(day: date, clock: str, text: str) -> datetime:
    found = _CLOCK.fullmatch(clock.strip())
    if not found:
        raise _not_a_moment(text)
    hour, minute = int(found.group(1) or found.group(5)), int(found.group(2) or 0)
    half = (found.group(4) or found.group(6) or "").casefold()[:1]
    if half and not 1 <= hour <= 12:
        raise _not_a_moment(text)
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return datetime.combine(day, time(hour, minute, int(found.group(3) or 0)))
    except ValueError:
        raise _not_a_moment(text) from None


property_types.register(DateTime())
