from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.properties.types import property_types
from crm.properties.types.base import Context
from tests.properties.types.conftest import Case, Prop

property_types.load("crm.properties.types")
LOCALES = ("en", "en_US", "en_GB", "pl", "sv", "de", "zh_Hant_TW")
ZONES = ("UTC", "Europe/Warsaw", "America/New_York", "Asia/Taipei", "Asia/Kolkata", "Australia/Lord_Howe")
DAYS = st.dates(min_value=date(1000, 1, 1))
MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 2),  # noqa: DTZ001
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))


@given(day=DAYS, locale=st.sampled_from(LOCALES))
def test_a_day_comes_back_from_history_and_from_a_form(day: date, locale: str) -> None:
    assert Case("date", Prop(), Context(locale=locale)).survives(day)


@given(day=DAYS, locale=st.sampled_from(("en", "en_US", "en_GB", "pl", "sv", "de")))
def test_a_day_is_read_back_as_it_is_shown(day: date, locale: str) -> None:
    case = Case("date", Prop(), Context(locale=locale))
    assert case.parse(case.to_text(day)) == day


@given(text=st.text(max_size=30) | st.from_regex(r"[0-9./ -]{1,12}", fullmatch=True), locale=st.sampled_from(LOCALES))
def test_any_text_is_a_day_or_a_moment_or_is_refused(text: str, locale: str) -> None:
    for type_name in ("date", "date_time"):
        case = Case(type_name, Prop(), Context(time_zone=ZoneInfo("Europe/Warsaw"), locale=locale))
        try:
            value = case.parse(text)
        except ValueError:
            continue
        assert value is None or case.survives(value)


@pytest.mark.parametrize(
    ("locale", "typed", "day"),
    [
        ("en", "2026-03-12", date(2026, 3, 12)),
        ("en", "2026-3-2", date(2026, 3, 2)),
        ("en", "2026/03/12", date(2026, 3, 12)),
        ("en", "12 Mar 2026", date(2026, 3, 12)),
        ("en", "March 12, 2026", date(2026, 3, 12)),
        ("en", "12.03.2026", date(2026, 3, 12)),
        ("en", "13/4/2026", date(2026, 4, 13)),
        ("en", "4/13/2026", date(2026, 4, 13)),
        ("en", "5/5/2026", date(2026, 5, 5)),
        ("en_US", "3/4/2026", date(2026, 3, 4)),
        ("en_US", "13.04.2026", date(2026, 4, 13)),
        ("en_GB", "3/4/2026", date(2026, 4, 3)),
        ("pl", "3.04.2026", date(2026, 4, 3)),
        ("pl", "12 marca 2026", date(2026, 3, 12)),
        ("sv", "12 mars 2026", date(2026, 3, 12)),
        ("de", "12. März 2026", date(2026, 3, 12)),
        ("zh_Hant_TW", "2026/3/12", date(2026, 3, 12)),
        ("en", "2024-08-13T18:04:34.666+00:00", date(2024, 8, 13)),
        ("en", "2024-08-13T23:04:34Z", date(2024, 8, 14)),
        ("en", "2024-08-13 00:00:00", date(2024, 8, 13)),
        ("en", "2024-02-29", date(2024, 2, 29)),
    ],
)
def test_days_are_read_in_many_spellings(case, locale, typed, day) -> None:
    assert case("date", locale=locale).parse(typed) == day


@pytest.mark.parametrize(
    ("locale", "typed"),
    [
        ("en", "3/4/2026"),
        ("en_US", "12.03.2026"),
        ("en", "12.3.26"),
        ("en", "3/4/26"),
        ("en_US", "13/4/2026"),
        ("en", "2026-02-30"),
        ("en", "2023-02-29"),
        ("en", "2026-13-01"),
        ("en", "0026-03-12"),
        ("en", "0000-00-00"),
        ("en", "99999-01-01"),
        ("en", "March 2026"),
        ("en", "12 Foo 2026"),
        ("en", "12 marca 2026"),
        ("en", "yesterday"),
        ("en", "2026"),
        ("en", "1647043200000"),
        ("en", "9999-12-31T23:59:59-23:59"),
    ],
)
def test_what_is_no_day_or_may_be_two_is_refused(case, locale, typed) -> None:
    case("date", locale=locale).refusal(typed)


@given(moment=MOMENTS, zone=st.sampled_from(ZONES))
def test_a_moment_comes_back_from_history(moment: datetime, zone: str) -> None:
    kind = property_types.get("date_time")
    assert kind.from_history(kind.to_history(moment)) == moment


@given(moment=MOMENTS, zone=st.sampled_from(ZONES))
def test_a_moment_comes_back_from_a_form_but_for_the_hour_that_clocks_repeat(moment: datetime, zone: str) -> None:
    case = Case("date_time", Prop(), Context(time_zone=ZoneInfo(zone)))
    back = case.parse(case.to_input(moment))
    is_repeated = moment.astimezone(ZoneInfo(zone)).fold == 1
    assert back == moment or (is_repeated and timedelta(0) < moment - back <= timedelta(hours=2))


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-03-12T14:05", datetime(2026, 3, 12, 13, 5, tzinfo=UTC)),
        ("2026-03-12 14:05", datetime(2026, 3, 12, 13, 5, tzinfo=UTC)),
        ("2026-07-12 14:05:30", datetime(2026, 7, 12, 12, 5, 30, tzinfo=UTC)),
        ("12 Mar 2026, 14:05", datetime(2026, 3, 12, 13, 5, tzinfo=UTC)),
        ("12 Mar 2026 at 2:05 pm", datetime(2026, 3, 12, 13, 5, tzinfo=UTC)),
        ("13/4/2026 12 am", datetime(2026, 4, 12, 22, 0, tzinfo=UTC)),
        ("2026-03-12", datetime(2026, 3, 11, 23, 0, tzinfo=UTC)),
        ("2026-03-12T10:00:00Z", datetime(2026, 3, 12, 10, 0, tzinfo=UTC)),
        ("2026-03-12T10:00:00+05:30", datetime(2026, 3, 12, 4, 30, tzinfo=UTC)),
        ("2020-01-01 00:00:00 UTC", datetime(2020, 1, 1, tzinfo=UTC)),
        ("2024-08-13T18:04:34.666123+00:00", datetime(2024, 8, 13, 18, 4, 34, 666000, tzinfo=UTC)),
    ],
)
def test_moments_are_read_in_the_viewers_zone(case, typed, moment) -> None:
    assert case("date_time").parse(typed) == moment


def test_the_hour_that_clocks_skip_gives_the_moment_after_it(case) -> None:
    moment = case("date_time").parse("2026-03-29T02:30")
    assert moment == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert case("date_time").to_input(moment) == "2026-03-29T03:30"


def test_the_hour_that_clocks_repeat_gives_its_first_moment(case) -> None:
    assert case("date_time").parse("2026-10-25T02:30") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed",
    [
        "noon",
        "14:05",
        "2026-03-12 25:00",
        "2026-03-12 14:60",
        "2026-03-12 13 pm",
        "2026-03-12T",
        "0001-01-01T00:00",
        "2026-02-30 10:00",
        "9999-12-31T23:59:59-23:59",
        "3/4/2026 10:00",
    ],
)
def test_what_is_no_moment_is_refused(case, typed) -> None:
    case("date_time").refusal(typed)


@pytest.mark.parametrize(
    ("locale", "zone", "text"),
    [
        ("en", "Europe/Warsaw", "12 Mar 2026, 14:05"),
        ("pl", "Europe/Warsaw", "12 mar 2026, 14:05"),
        ("en", "America/New_York", "12 Mar 2026, 09:05"),
    ],
)
def test_a_moment_is_shown_in_the_viewers_zone_and_language(case, locale, zone, text) -> None:
    assert case("date_time", locale=locale, zone=zone).to_text(datetime(2026, 3, 12, 13, 5, tzinfo=UTC)) == text


def test_a_form_shows_seconds_only_when_there_are_any(case) -> None:
    moment = datetime(2026, 3, 12, 13, 5, tzinfo=UTC)
    moments = [moment, moment.replace(second=9), moment.replace(microsecond=7000)]
    assert [case("date_time").to_input(one) for one in moments] == [
        "2026-03-12T14:05",
        "2026-03-12T14:05:09",
        "2026-03-12T14:05:00.007",
    ]
