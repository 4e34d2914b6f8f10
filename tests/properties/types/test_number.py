from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.properties.types import property_types
from crm.properties.types.base import Context
from tests.properties.types.conftest import Case, Prop

property_types.load("crm.properties.types")
LOCALES = ("en", "en_US", "de", "pl", "sv", "zh_Hant_TW", "fr", "de_CH", "en_IN")
NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=6, allow_nan=False, allow_infinity=False)


@given(number=NUMBERS, locale=st.sampled_from(LOCALES))
def test_a_number_comes_back_from_history_and_from_a_form(number: Decimal, locale: str) -> None:
    case = Case("number", Prop(), Context(locale=locale))
    assert case.survives(case.parse(case.to_input(number)))
    assert case.parse(case.to_input(number)) == number


@given(number=NUMBERS, locale=st.sampled_from(LOCALES))
def test_a_number_is_read_back_as_it_is_shown(number: Decimal, locale: str) -> None:
    case = Case("number", Prop(), Context(locale=locale))
    assert case.parse(case.to_text(number)) == number


@given(text=st.text(max_size=30), locale=st.sampled_from(LOCALES))
def test_any_text_is_a_number_that_can_be_kept_or_is_refused(text: str, locale: str) -> None:
    case = Case("number", Prop(), Context(locale=locale))
    try:
        value = case.parse(text)
    except ValueError:
        return
    assert value is None or (value.is_finite() and Decimal(repr(float(value))) == value)


@pytest.mark.parametrize(
    ("locale", "typed", "value"),
    [
        ("en", "1,234", "1234"),
        ("en", "1.234", "1.234"),
        ("en", "1,5", "1.5"),
        ("en", "1,234,567.8", "1234567.8"),
        ("en", "1.234.567,8", "1234567.8"),
        ("en", "1'234.5", "1234.5"),
        ("en", "12,34,567", "1234567"),
        ("en", "+7", "7"),
        ("en", "−5", "-5"),
        ("en", "007", "7"),
        ("en", "5.", "5"),
        ("en", ".5", "0.5"),
        ("en", "0,000", "0"),
        ("en", "-0", "0"),
        ("en", "١٢٣", "123"),
        ("en", "１２３", "123"),
        ("de", "1.234", "1234"),
        ("de", "1,234", "1.234"),
        ("de", "1.234,56", "1234.56"),
        ("pl", "1 234,56", "1234.56"),
        ("pl", "1\u00a0234\u00a0567", "1234567"),
        ("fr", "1\u202f234,5", "1234.5"),
        ("sv", "12345,678", "12345.678"),
        ("en", "999999999999999", "999999999999999"),
        ("en", "0.000001", "0.000001"),
    ],
)
def test_separators_of_the_locale_and_plain_ones_are_read(case, locale, typed, value) -> None:
    assert case("number", locale=locale).parse(typed) == Decimal(value)


@pytest.mark.parametrize(
    ("locale", "typed"),
    [
        ("pl", "1.234"),
        ("en", "12345,678"),
        ("en", "1,2,3"),
        ("en", "1.2.3"),
        ("en", "1,234.567.8"),
        ("en", "1 23"),
        ("en", "1 234 5,6"),
        ("en", "1e5"),
        ("en", "nan"),
        ("en", "NaN"),
        ("en", "inf"),
        ("en", "-Infinity"),
        ("en", "0x10"),
        ("en", "--5"),
        ("en", "5-"),
        ("en", "(5)"),
        ("en", "-"),
        ("en", "."),
        ("en", "five"),
        ("en", "5 apples"),
        ("en", "²"),
        ("en", "1234567890123456"),
        ("en", "0.1234567"),
        ("en", "123456789012345.5"),
        ("en", "9" * 10_000),
    ],
)
def test_what_is_no_number_or_may_be_two_is_refused(case, locale, typed) -> None:
    assert case("number", locale=locale).refusal(typed).endswith(".")


@pytest.mark.parametrize("typed", ["", "  ", "\u00a0", [], [""]])
def test_nothing_typed_is_no_value(case, typed) -> None:
    assert case("number").parse(typed) is None


def test_limits_of_the_property_are_kept(case) -> None:
    count = case("number", decimals=0, min=0, max=10)
    assert count.parse("10") == 10
    assert count.refusal("1.5") == "Write a whole number."
    assert count.refusal("-1") == "At least 0."
    assert count.refusal("11") == "At most 10."
    assert case("number", decimals=2).refusal("1.005") == "At most 2 decimals."


def test_a_record_number_is_shown_without_separators(case) -> None:
    assert case("number", grouping=False).to_text(1234567) == "1234567"
    assert case("number").to_text(1234567) == "1,234,567"


@pytest.mark.parametrize(
    ("typed", "value", "text"),
    [("20", "0.2", "20%"), ("20%", "0.2", "20%"), ("33.3333", "0.333333", "33.3333%"), ("0.5 %", "0.005", "0.5%")],
)
def test_a_percent_is_typed_and_shown_as_percent_and_kept_as_a_fraction(case, typed, value, text) -> None:
    percent = case("number", format="percent")
    assert percent.parse(typed) == Decimal(value)
    assert percent.to_text(Decimal(value)) == text
    assert percent.survives(Decimal(value))


@pytest.mark.parametrize(
    ("typed", "milliseconds", "shown"),
    [
        ("5", 300_000, "0:05:00"),
        ("1.5", 90_000, "0:01:30"),
        ("5:30", 330_000, "0:05:30"),
        ("1:05:00", 3_900_000, "1:05:00"),
        ("1 h 5 min", 3_900_000, "1:05:00"),
        ("90 s", 90_000, "0:01:30"),
        ("0:00:01.5", 1_500, "0:00:01.500"),
        ("300:00:00", 1_080_000_000, "12 days"),
    ],
)
def test_a_duration_is_kept_in_milliseconds(case, typed, milliseconds, shown) -> None:
    duration = case("number", format="duration", decimals=0, min=0)
    assert duration.parse(typed) == milliseconds
    assert duration.to_text(Decimal(milliseconds)) == shown
    assert duration.survives(Decimal(milliseconds))


@pytest.mark.parametrize("typed", ["soon", "-5", "1:99", "1:60:00", "5 days", "9" * 400])
def test_what_is_no_duration_is_refused(case, typed) -> None:
    case("number", format="duration", decimals=0, min=0).refusal(typed)


@pytest.mark.parametrize(
    ("locale", "money", "typed", "value"),
    [
        ("en", "USD", "$1,234.50", "1234.5"),
        ("en", "USD", "US$7", "7"),
        ("en", "USD", "USD 5", "5"),
        ("en", "USD", "5 usd", "5"),
        ("en", "USD", "-$5", "-5"),
        ("en", "USD", "$-5", "-5"),
        ("pl", "PLN", "1 234,50 zł", "1234.5"),
        ("sv", "SEK", "100 kr", "100"),
        ("de", "EUR", "1.234,00 €", "1234"),
        ("en", "JPY", "¥500", "500"),
    ],
)
def test_an_amount_may_carry_the_sign_of_its_currency(case, locale, money, typed, value) -> None:
    assert case("currency", locale=locale, money=money).parse(typed) == Decimal(value)


@pytest.mark.parametrize("typed", ["€5", "5 zł", "GBP 5", "$", "$$5", "five dollars"])
def test_an_amount_in_another_currency_is_refused(case, typed) -> None:
    case("currency").refusal(typed)


@given(number=NUMBERS, locale=st.sampled_from(LOCALES), code=st.sampled_from(["USD", "EUR", "PLN", "SEK", "TWD"]))
def test_an_amount_comes_back_from_history_and_from_a_form(number: Decimal, locale: str, code: str) -> None:
    case = Case("currency", Prop(), Context(locale=locale, currency=code))
    assert case.survives(case.parse(case.to_input(number)))


def test_an_amount_is_shown_in_the_currency_of_the_record_or_the_account(case) -> None:
    assert case("currency").to_text(Decimal("1234.5")) == "$1,234.50"
    assert case("currency", currency="home").to_text(Decimal("1234.5")) == "€1,234.50"
    assert case("currency").to_text(Decimal("0.123")) == "$0.123"
    assert case("currency").to_text(None) == ""
