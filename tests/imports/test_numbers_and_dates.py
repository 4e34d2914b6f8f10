"""Numbers and dates mean one thing, or are refused."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from crm.imports.dates import DAY_FIRST, MONTH_FIRST, order_of, parse_moment, to_day, to_moment
from crm.imports.numbers import canonical_number, uses_comma
from crm.messages import InvalidValue


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1054", "1054"),
        ("6,000,000", "6000000"),
        ("229,932.50", "229932.50"),
        ("1,7", "1.7"),
        ("200.000.000", "200000000"),
        ("1.234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("(5)", "-5"),
        ("\u22127", "-7"),
        ("1,234", "1234"),
        ("12,34,5", None),
        ("11-50", None),
        ("n/a", None),
        ("", None),
    ],
)
def test_a_number_has_one_canonical_form(text: str, number: str | None) -> None:
    assert canonical_number(text) == number


def test_the_column_decides_what_a_lone_separator_means() -> None:
    assert uses_comma(["1.234", "7,5"])
    assert not uses_comma(["1.234", "7.5"])
    assert not uses_comma(["1.234", "5.678"])
    assert canonical_number("1.234", comma_decimal=True) == "1234"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2017-03-01", date(2017, 3, 1)),
        ("20170301", date(2017, 3, 1)),
        ("2017/3/1", date(2017, 3, 1)),
        ("31/12/2012", date(2012, 12, 31)),
        ("12/31/2012", date(2012, 12, 31)),
        ("1.2.2012", date(2012, 2, 1)),
        ("24 October 2011", date(2011, 10, 24)),
        ("Oct 5, 2020", date(2020, 10, 5)),
        ("Mon, 5 Oct 2020 04:41", datetime.fromisoformat("2020-10-05T04:41")),
        ("1/15/2013 12:30 PM", datetime.fromisoformat("2013-01-15T12:30")),
        ("2024-08-14T11:37:45.65+02:00", datetime(2024, 8, 14, 9, 37, 45, 650000, tzinfo=UTC)),
        ("3/3/2014", date(2014, 3, 3)),
    ],
)
def test_a_date_is_read_as_files_write_it(text: str, moment: date) -> None:
    assert parse_moment(text) == moment


def test_a_day_that_could_be_two_is_refused_unless_the_column_tells() -> None:
    with pytest.raises(InvalidValue, match="two different days"):
        parse_moment("02/01/2014")
    assert order_of(["02/01/2014", "31/12/2012"]) == DAY_FIRST
    assert order_of(["02/01/2014", "12/31/2012"]) == MONTH_FIRST
    assert order_of(["13/01/2014", "12/31/2012"]) is None
    assert parse_moment("02/01/2014", DAY_FIRST) == date(2014, 1, 2)
    assert parse_moment("02/01/2014", MONTH_FIRST) == date(2014, 2, 1)


@pytest.mark.parametrize("text", ["30.02.2020", "2024-13-01", "4.5", "soon", "2000", "1.2"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_moment(text)


def test_a_named_format_is_the_only_one_beside_iso() -> None:
    assert parse_moment("02/01/2014", formats=["%m/%d/%Y"]) == date(2014, 2, 1)
    assert parse_moment("2014-02-01", formats=["%m/%d/%Y"]) == date(2014, 2, 1)
    with pytest.raises(InvalidValue, match="not written as %m/%d/%Y"):
        parse_moment("31.12.2012", formats=["%m/%d/%Y"])


@pytest.mark.parametrize("reader", ["Pacific/Honolulu", "Europe/Warsaw", "Asia/Tokyo"])
def test_a_bare_day_is_the_same_day_for_readers_everywhere(reader: str) -> None:
    moment = to_moment(date(2017, 3, 1), ZoneInfo("UTC"))
    assert moment.astimezone(ZoneInfo(reader)).date() == date(2017, 3, 1)


def test_a_moment_is_the_day_it_is_in_the_zone_of_the_importer() -> None:
    late = datetime(2020, 1, 1, 23, 30, tzinfo=UTC)
    assert to_day(late, ZoneInfo("Europe/Warsaw")) == date(2020, 1, 2)
    assert to_day(datetime.fromisoformat("2020-01-01T23:30"), ZoneInfo("Europe/Warsaw")) == date(2020, 1, 1)


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+02:00", "9999-12-31T20:00:00-05:00"])
def test_a_moment_at_the_end_of_the_calendar_is_refused(text: str) -> None:
    for convert in (to_day, to_moment):
        with pytest.raises(InvalidValue, match="end of the calendar"):
            convert(parse_moment(text), ZoneInfo("Pacific/Kiritimati"))
