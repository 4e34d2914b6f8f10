"""Dates and times in words."""
from datetime import UTC, date, datetime, timedelta

import pytest
from babel import Locale
from babel.dates import format_date, format_datetime

from crm.i18n import LANGUAGE_NAMES, LOCALES
from crm.i18n.dates import FORMATS_OF, formats_for

MOMENTS = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=29 * n, hours=7 * n, minutes=11 * n) for n in range(30)]


@pytest.mark.parametrize("locale", LOCALES)
def test_compiled_patterns_write_what_babel_writes(locale: str) -> None:
    formats, name = formats_for(locale), FORMATS_OF.get(locale, locale)
    month = Locale.parse(name).datetime_skeletons["yMMMM"].pattern
    for moment in MOMENTS:
        assert formats.day(moment.date()) == format_date(moment, "medium", locale=name)
        assert formats.clock(moment) == f"{moment:%H:%M}"
        assert formats.month(moment.date()) == format_datetime(moment, month, locale=name)
        assert formats.moment(moment).startswith(formats.day(moment))
        assert formats.moment(moment).endswith(formats.clock(moment))


@pytest.mark.parametrize(
    ("locale", "day", "month"),
    [
        ("en", "5 Mar 2026", "March 2026"),
        ("pl", "5 mar 2026", "marzec 2026"),
        ("sv", "5 mars 2026", "mars 2026"),
        ("zh_Hant", "2026年3月5日", "2026年3月"),
    ],
)
def test_each_language_has_its_way(locale: str, day: str, month: str) -> None:
    formats = formats_for(locale)
    assert (formats.day(date(2026, 3, 5)), formats.month(date(2026, 3, 5))) == (day, month)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-59, ""),
        (-60, "1 minute ago"),
        (-3599, "59 minutes ago"),
        (-3600, "1 hour ago"),
        (-86_400, "1 day ago"),
        (-40 * 86_400, "1 month ago"),
        (-800 * 86_400, "2 years ago"),
        (2 * 86_400, "in 2 days"),
    ],
)
def test_a_span_is_told_in_its_largest_unit(seconds: int, words: str) -> None:
    assert formats_for("en").ago(seconds) == words


def test_polish_counts_in_three_ways() -> None:
    ago = formats_for("pl").ago
    assert [ago(-hours * 3600) for hours in (1, 2, 5)] == ["1 godzinę temu", "2 godziny temu", "5 godzin temu"]


def test_every_language_has_a_name_of_its_own() -> None:
    assert set(LANGUAGE_NAMES) == set(LOCALES)
