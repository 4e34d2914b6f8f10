"""Dates and times in words, fast: the patterns of the Unicode locale data are read once per language.

Babel's own formatting parses and dispatches at every call (50 to 100 us); a compiled pattern takes about one.
"""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, Literal

from babel import Locale
from babel.dates import format_timedelta, tokenize_pattern

Formatter = Callable[[Any], str]

# Kartotek's English is international: 12 Mar 2026, 14:05.
FORMATS_OF = {"en": "en_GB"}
PLAIN_TIME = "HH:mm"
WIDTHS = {3: "abbreviated", 4: "wide"}
Unit = Literal["year", "month", "day", "hour", "minute"]
UNITS: dict[Unit, int] = {"year": 365 * 86400, "month": 30 * 86400, "day": 86400, "hour": 3600, "minute": 60}


@dataclass(frozen=True)
class DateFormats:
    """How one language writes moments; every function takes a value already in the reader's zone."""

    locale: str
    day: Formatter
    clock: Formatter
    moment: Formatter
    month: Formatter

    def ago(self, seconds: float) -> str:
        """A span in its largest unit, past when negative: "3 hours ago", "in 2 days"; "" under a minute."""
        for unit, length in UNITS.items():
            count = int(abs(seconds) // length)
            if count:
                return _span(self.locale, unit, count if seconds > 0 else -count)
        return ""


@cache
def formats_for(locale: str) -> DateFormats:
    """The formats of a language, compiled on first use."""
    data = Locale.parse(FORMATS_OF.get(locale, locale))
    day = data.date_formats["medium"].pattern
    clock = data.time_formats["short"].pattern
    if not _can_compile(clock):
        clock = PLAIN_TIME
    joined = str(data.datetime_formats["medium"]).replace("{1}", day).replace("{0}", clock)
    month = data.datetime_skeletons["yMMMM"].pattern
    return DateFormats(
        locale=locale,
        day=_compile(day, data),
        clock=_compile(clock, data),
        moment=_compile(joined, data),
        month=_compile(month, data),
    )


@lru_cache(maxsize=2000)
def _span(locale: str, unit: Unit, count: int) -> str:
    span = timedelta(seconds=UNITS[unit] * count)
    return format_timedelta(span, granularity=unit, threshold=99999, add_direction=True, locale=locale)


def _fields(data: Locale) -> dict[tuple[str, int], Formatter]:
    days, months = _by_width(data.days["format"]), _by_width(data.months["format"])
    months_alone = _by_width(data.months["stand-alone"])
    found: dict[tuple[str, int], Formatter] = {
        ("d", 1): lambda value: str(value.day),
        ("d", 2): lambda value: f"{value.day:02}",
        ("y", 1): lambda value: str(value.year),
        ("y", 4): lambda value: f"{value.year:04}",
        ("M", 1): lambda value: str(value.month),
        ("M", 2): lambda value: f"{value.month:02}",
        ("L", 1): lambda value: str(value.month),
        ("L", 2): lambda value: f"{value.month:02}",
        ("H", 1): lambda value: str(value.hour),
        ("H", 2): lambda value: f"{value.hour:02}",
        ("m", 2): lambda value: f"{value.minute:02}",
    }
    for width in WIDTHS:
        found["M", width] = _name_of_month(months[width])
        found["L", width] = _name_of_month(months_alone[width])
        found["E", width] = _name_of_day(days[width])
    return found


def _by_width(names: Any) -> dict[int, Mapping[int, str]]:
    return {width: names[name] for width, name in WIDTHS.items()}


def _name_of_month(names: Mapping[int, str]) -> Formatter:
    return lambda value: names[value.month]


def _name_of_day(names: Mapping[int, str]) -> Formatter:
    return lambda value: names[value.weekday()]


def _fixed(text: str) -> Formatter:
    return lambda _value: text


def _can_compile(pattern: str) -> bool:
    known = {"d", "y", "H", "m", "M", "L", "E"}
    return all(kind == "chars" or value[0] in known for kind, value in tokenize_pattern(pattern))


def _compile(pattern: str, data: Locale) -> Formatter:
    fields = _fields(data)
    parts = tuple(
        fields[value] if isinstance(value, tuple) else _fixed(value) for _kind, value in tokenize_pattern(pattern)
    )

    def write(value: date | datetime) -> str:
        return "".join([part(value) for part in parts])

    return write
