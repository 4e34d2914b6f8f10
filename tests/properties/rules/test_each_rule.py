"""Every rule with what it lets pass and what it does not, at the edges (SPEC 2.5, DB-13)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask

from crm import clock
from crm.properties.rules import property_rules, rule_error, rules_for
from crm.properties.rules.base import InvalidRule
from crm.properties.types.base import Context

POLISH = Context(locale="pl", time_zone=ZoneInfo("Europe/Warsaw"))
ENGLISH = Context()
COMPOSED_LATER = "e\u0302\u0323"  # has no single character of its own


@dataclass(frozen=True)
class Ruled:
    """A property with one rule."""

    type: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    name: str = "it"
    label: str = "It"
    options: tuple[Any, ...] = ()


def ruled(rule: str, typed: Mapping[str, str], type: str, context: Context = ENGLISH, **settings: Any) -> Ruled:
    kind = property_rules.get(rule)
    assert kind is not None
    assert type in kind.types
    stored = kind.parse(typed, context)
    assert stored is not None
    for reader in (ENGLISH, POLISH, Context(locale="de")):
        assert kind.parse(kind.to_input(stored, reader), reader) == stored, "what a form shows is what is kept"
    return Ruled(type, {**settings, "rules": {rule: stored}})


TEXTS = [
    ("length", {"min": "3"}, ["abc", "łąć", "字字字", f"ab{COMPOSED_LATER}"], ["ab", "字字", f"a{COMPOSED_LATER}"]),
    ("length", {"max": "2"}, ["a", "ąę", "客服", f"a{COMPOSED_LATER}"], ["abc", "客服案"]),
    ("length", {"min": "2", "max": "2"}, ["ab"], ["a", "abc"]),
    ("characters", {"only": "digits"}, ["0", "0123", "٣٤"], ["12a", "1 2", "-1", "½", "²"]),
    ("characters", {"only": "digits", "spaces": "true"}, ["12 34"], ["12-34"]),
    ("characters", {"only": "letters"}, ["Łódź", "försäljning", "客服案件", "हिन्दी", COMPOSED_LATER],
     ["a1", "a b", "a-b"]),
    ("characters", {"only": "letters", "spaces": "true"}, ["Anna Maria", "a\u00a0b", "a\nb"], ["O'Neil"]),
    ("characters", {"only": "alphanumeric"}, ["a1", "Ł9", "案2"], ["a_1", "a.1", "☃"]),
    ("no_special_characters", {"on": "true"}, ["Łódź 12", "客服 案件", "a\nb"], ["a!", "a@b", "a-b", "😀", "a_b"]),
    ("letter_case", {"case": "upper"}, ["ABC", "ŁÓDŹ 1", "案件", "123"], ["ABc", "ŁóDŹ", "STRAßE"]),
    ("letter_case", {"case": "lower"}, ["abc", "łódź", "straße", "案件"], ["aBc", "Łódź", "ǅ"]),
    ("regular_expression", {"pattern": r"[A-Z]{2}-\d{4}"}, ["AB-1234"],
     ["xAB-1234", "AB-1234x", "ab-1234", "AB-1234\n"]),
    ("regular_expression", {"pattern": r"\p{Lu}\p{L}+"}, ["Łódź", "Örebro"], ["łódź", "案件"]),
    ("email_domains", {"domains": "acme.com\nfirma.pl"}, ["a@acme.com", "b@mail.firma.pl", "C@ACME.COM"],
     ["a@xacme.com", "a@acme.com.evil.org", "acme.com", "a@"]),
    ("domains", {"domains": "acme.com"}, ["acme.com", "www.acme.com", "ACME.com"],
     ["xacme.com", "acme.com.evil.org", "x"]),
    ("web_addresses", {"domains": "acme.com"}, ["https://acme.com/x", "http://www.acme.com", "acme.com"],
     ["https://evil.org/acme.com", "https://acme.com.evil.org", "https://acme.com@evil.org", "no address"]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "typed", "good", "bad"), TEXTS)
def test_db_13_rules_of_texts(
    application: Flask, rule: str, typed: dict[str, str], good: list[str], bad: list[str]
) -> None:
    prop = ruled(rule, typed, "text")
    assert [value for value in good if rule_error(prop, value)] == []
    assert [value for value in bad if not rule_error(prop, value)] == []


NUMBERS = [
    ("number_range", {"min": "0.5"}, "", ENGLISH, ["0.5", "7"], ["0.49", "-1"]),
    ("number_range", {"min": "-1,5", "max": "1000"}, "", POLISH, ["-1.5", "1000"], ["-1.6", "1000.01"]),
    ("number_range", {"min": "1,125"}, "", POLISH, ["1.125"], ["1.124"]),
    ("number_range", {"min": "10", "max": "20"}, "percent", ENGLISH, ["0.1", "0.2"], ["0.09", "10", "20"]),
    ("number_range", {"max": "50%"}, "percent", ENGLISH, ["0.5"], ["0.500001"]),
    ("number_range", {"min": "0:30", "max": "1 h"}, "duration", ENGLISH, ["30000", "3600000"], ["29999", "3600001"]),
    ("number_range", {"max": "5"}, "duration", ENGLISH, ["300000"], ["300001"]),
    ("decimals", {"most": "0"}, "", ENGLISH, ["5", "5.0", "-100"], ["5.1"]),
    ("decimals", {"most": "2"}, "", ENGLISH, ["5.25", "5"], ["5.255"]),
    ("decimals", {"most": "1"}, "percent", ENGLISH, ["0.125"], ["0.1255"]),
    ("decimals", {"most": "0"}, "duration", ENGLISH, ["1.5"], []),
]


@pytest.mark.parametrize(("rule", "typed", "style", "context", "good", "bad"), NUMBERS)
def test_db_13_rules_of_numbers(
    application: Flask, rule: str, typed: dict[str, str], style: str, context: Context, good: list[str], bad: list[str]
) -> None:
    prop = ruled(rule, typed, "number", context, format=style)
    assert [value for value in good if rule_error(prop, Decimal(value))] == []
    assert [value for value in bad if not rule_error(prop, Decimal(value))] == []


LAST = date.max
# The clock stands at Saturday 29 February 2020, 23:30 in UTC; in Warsaw it is the first of March.
DAYS = [
    ("date_direction", {"when": "future"}, [date(2020, 3, 2), LAST], [date(2020, 3, 1), date(2020, 2, 29)]),
    ("date_direction", {"when": "past"}, [date(2020, 2, 29), date.min], [date(2020, 3, 1), LAST]),
    ("date_range", {"first": "2020-02-29", "last": "9999-12-31"}, [date(2020, 2, 29), LAST], [date(2020, 2, 28)]),
    ("date_range", {"last": "2020-02-29"}, [date.min, date(2020, 2, 29)], [date(2020, 3, 1)]),
    ("date_distance", {"how": "next", "amount": "1", "unit": "days"}, [date(2020, 3, 1), date(2020, 3, 2)],
     [date(2020, 2, 29), date(2020, 3, 3)]),
    ("date_distance", {"how": "last", "amount": "1", "unit": "days"}, [date(2020, 2, 29)], [date(2020, 2, 28)]),
    ("date_distance", {"how": "after", "amount": "2", "unit": "weeks"}, [date(2020, 3, 15), LAST], [date(2020, 3, 14)]),
    ("date_distance", {"how": "before", "amount": "1", "unit": "months"}, [date(2020, 2, 1)], [date(2020, 2, 2)]),
    ("date_distance", {"how": "before", "amount": "10000", "unit": "years"}, [date.min], [date(2, 1, 1)]),
    ("date_distance", {"how": "next", "amount": "9000", "unit": "years"}, [LAST], [date(2020, 2, 29)]),
    ("weekdays", {"on": "true"}, [date(2020, 2, 28), date(2020, 3, 2)], [date(2020, 2, 29), date(2020, 3, 1)]),
]  # fmt: skip


@pytest.fixture
def warsaw() -> Any:
    clock.set_account_zone("Europe/Warsaw")
    with time_machine.travel(datetime(2020, 2, 29, 23, 30, tzinfo=UTC), tick=False):
        yield
    clock.set_account_zone("UTC")


@pytest.mark.parametrize(("rule", "typed", "good", "bad"), DAYS)
def test_db_13_rules_of_days(
    application: Flask, warsaw: None, rule: str, typed: dict[str, str], good: list[date], bad: list[date]
) -> None:
    prop = ruled(rule, typed, "date")
    assert [value for value in good if rule_error(prop, value)] == []
    assert [value for value in bad if not rule_error(prop, value)] == []


def test_a_year_from_a_leap_day_is_the_last_of_february(application: Flask, warsaw: None) -> None:
    with time_machine.travel(datetime(2020, 2, 29, 12, tzinfo=UTC), tick=False):
        prop = ruled("date_distance", {"how": "after", "amount": "1", "unit": "years"}, "date")
        assert rule_error(prop, date(2021, 2, 27))
        assert rule_error(prop, date(2021, 2, 28)) is None


MOMENTS = [
    ("date_direction", {"when": "future"}, ["2020-02-29T23:30:00.001+00:00"], ["2020-02-29T23:30:00+00:00"]),
    ("date_range", {"first": "2020-03-01"}, ["2020-02-29T23:00:00+00:00"], ["2020-02-29T22:59:59+00:00"]),
    # Clocks of Warsaw went forward on 29 March 2020: from +1 to +2.
    ("date_range", {"first": "2020-03-30"}, ["2020-03-29T22:00:00+00:00"], ["2020-03-29T21:59:59+00:00"]),
    ("date_range", {"last": "2020-10-25"}, ["2020-10-25T22:59:59+00:00"], ["2020-10-25T23:00:00+00:00"]),
    ("weekdays", {"on": "true"}, ["2020-03-01T23:00:00+00:00"], ["2020-03-01T22:59:00+00:00"]),
    ("weekdays", {"on": "true"}, ["9999-12-31T23:59:59+00:00"], []),
    ("date_range", {"last": "9998-01-01"}, ["0001-01-01T00:00:00+00:00"], ["9999-12-31T23:59:59+00:00"]),
]


@pytest.mark.parametrize(("rule", "typed", "good", "bad"), MOMENTS)
def test_db_13_rules_of_moments_count_in_the_zone_of_the_account(
    application: Flask, warsaw: None, rule: str, typed: dict[str, str], good: list[str], bad: list[str]
) -> None:
    prop = ruled(rule, typed, "date_time")
    assert [text for text in good if rule_error(prop, datetime.fromisoformat(text))] == []
    assert [text for text in bad if not rule_error(prop, datetime.fromisoformat(text))] == []


def test_db_13_phone_numbers_of_countries(application: Flask) -> None:
    prop = ruled("phone_country", {"countries": "pl; SE"}, "phone")
    good = ["+48221234567", "+46812345678", "+48221234567;ext=12"]
    bad = ["+12025550142", "22 123 45 67", "+4822", "+447700900123"]
    assert [value for value in good if rule_error(prop, value)] == []
    assert [value for value in bad if not rule_error(prop, value)] == []


WRONG = [
    ("length", {"min": "0"}, "min"),
    ("length", {"min": "x", "max": "65537"}, "max"),
    ("length", {"min": "5", "max": "4"}, "max"),
    ("characters", {"only": "emoji"}, "only"),
    ("letter_case", {"case": "title"}, "case"),
    ("regular_expression", {"pattern": "("}, "pattern"),
    ("regular_expression", {"pattern": "(?=a)b"}, "pattern"),
    ("regular_expression", {"pattern": "(x{1000}){1000}"}, "pattern"),
    ("regular_expression", {"pattern": "x" * 501}, "pattern"),
    ("regular_expression", {"pattern": "\ud800"}, "pattern"),
    ("regular_expression", {"pattern": "x", "message": "m" * 201}, "message"),
    ("email_domains", {"domains": "acme"}, "domains"),
    ("domains", {"domains": "acme.com, http://x.org"}, "domains"),
    ("web_addresses", {"domains": "\n".join(f"a{number}.com" for number in range(201))}, "domains"),
    ("number_range", {"min": "ten"}, "min"),
    ("number_range", {"min": "10", "max": "9"}, "max"),
    ("number_range", {"max": "9" * 31}, "max"),
    ("decimals", {"most": "7"}, "most"),
    ("date_direction", {"when": "now"}, "when"),
    ("date_range", {"first": "2021-02-29"}, "first"),
    ("date_range", {"first": "2021-02-02", "last": "2021-02-01"}, "last"),
    ("date_distance", {"how": "sometime"}, "how"),
    ("date_distance", {"how": "next", "amount": "0", "unit": "days"}, "amount"),
    ("date_distance", {"how": "next", "amount": "1", "unit": "hours"}, "unit"),
    ("phone_country", {"countries": "PL, XX"}, "countries"),
]


@pytest.mark.parametrize(("rule", "typed", "where"), WRONG)
def test_a_rule_that_cannot_be_says_so_beside_the_control(
    application: Flask, rule: str, typed: dict[str, str], where: str
) -> None:
    kind = property_rules.get(rule)
    assert kind is not None
    with pytest.raises(InvalidRule) as refused:
        kind.parse(typed, ENGLISH)
    assert str(refused.value.errors[where])


def test_a_rule_that_is_not_set_is_off(application: Flask) -> None:
    for rule in property_rules:
        assert rule.parse({}, ENGLISH) is None, rule.name


def test_the_words_of_the_owner_explain_a_pattern(application: Flask) -> None:
    prop = ruled("regular_expression", {"pattern": "x", "message": "100% x, please"}, "text")
    assert str(rule_error(prop, "y")) == "100% x, please"


def test_an_expression_that_backtracks_elsewhere_takes_no_time_here(application: Flask) -> None:
    prop = ruled("regular_expression", {"pattern": r"(a|a)*(a+)+$"}, "text")
    assert rule_error(prop, "a" * 60_000 + "!")
    assert rule_error(prop, "a" * 60_000) is None


def test_rules_of_another_type_or_of_a_kind_that_is_gone_are_passed_over(application: Flask) -> None:
    prop = Ruled("text", {"rules": {"decimals": {"most": 1}, "gone": {"on": True}}})
    assert rule_error(prop, "1.2345") is None


def test_no_value_breaks_no_rule(application: Flask) -> None:
    assert rule_error(ruled("length", {"min": "3"}, "text"), None) is None


def test_every_type_of_the_specification_has_its_rules(application: Flask) -> None:
    types = ("text", "multi_line", "number", "date", "phone")
    names = {type: {rule.name for rule in rules_for(type)} for type in types}
    assert {"length", "characters", "no_special_characters", "letter_case", "regular_expression"} <= names["text"]
    assert {"length", "characters", "no_special_characters"} <= names["multi_line"]
    assert names["number"] == {"number_range", "decimals"}
    assert names["date"] == {"date_direction", "date_range", "date_distance", "weekdays"}
    assert names["phone"] == {"phone_country"}
