"""Formulas of calculated properties: reading them, finding their faults, computing them (SPEC 2.3)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.messages import InvalidValue
from crm.properties.formulas import Clock, Formula, Kind, functions, parse

NIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
CLOCK = Clock(NIGHT, ZoneInfo("Europe/Warsaw"))
KINDS = {
    "amount": Kind.NUMBER,
    "discount": Kind.NUMBER,
    "closedate": Kind.DATE,
    "name": Kind.TEXT,
    "won": Kind.YES_NO,
    "lost": Kind.YES_NO,
    "tags": Kind.CHOICES,
    "made": Kind.MOMENT,
}
VALUES: dict[str, Any] = {
    "amount": Decimal("10.5"),
    "discount": None,
    "closedate": date(2026, 1, 31),
    "name": "Åda ",
    "won": True,
    "lost": None,
    "tags": ["A", "B"],
    "made": datetime(2026, 11, 1, 22, 30, tzinfo=UTC),
}

ANSWERS = [
    ("amount * 0.23", Kind.NUMBER, Decimal("2.415")),
    ("1 + 2 * 3", Kind.NUMBER, 7),
    ("won or(lost)", Kind.YES_NO, True),
    ('"Made " & made', Kind.TEXT, "Made 2026-11-01 23:30"),
    ("(1 + 2) * 3", Kind.NUMBER, 9),
    ("10 - 2 - 3", Kind.NUMBER, 5),
    ("-amount + 1", Kind.NUMBER, Decimal("-9.5")),
    ("7 % 4", Kind.NUMBER, 3),
    ("amount / 0", Kind.NUMBER, None),
    ("1 / 3", Kind.NUMBER, Decimal("0.333333")),
    ("round(2.5)", Kind.NUMBER, 3),
    ("round(-2.5)", Kind.NUMBER, -3),
    ("round(2.345, 2)", Kind.NUMBER, Decimal("2.35")),
    ("floor(-1.5) + ceiling(1.2) + abs(-4)", Kind.NUMBER, 4),
    ("power(2, 10)", Kind.NUMBER, 1024),
    ("power(10, 20)", Kind.NUMBER, None),
    ("power(2, 21)", Kind.NUMBER, None),
    ("999999999999999 + 1", Kind.NUMBER, None),
    ("discount + 1", Kind.NUMBER, None),
    ("sum(amount, discount, 1)", Kind.NUMBER, Decimal("11.5")),
    ("average(1, 2, discount)", Kind.NUMBER, Decimal("1.5")),
    ("max(1, 3, 2)", Kind.NUMBER, 3),
    ("min(discount)", Kind.NUMBER, None),
    ("min(closedate, today())", Kind.DATE, date(2026, 1, 31)),
    ("coalesce(discount, 5)", Kind.NUMBER, 5),
    ("is_known(discount)", Kind.YES_NO, False),
    ("is_known(tags)", Kind.YES_NO, True),
    ('if(amount > 10, "big", "small")', Kind.TEXT, "big"),
    ("if(lost, 1, 2)", Kind.NUMBER, None),
    ("if(won, unknown, 2)", Kind.NUMBER, None),
    ("if(true, 1, 1 / 0)", Kind.NUMBER, 1),
    ("won and not lost", Kind.YES_NO, None),
    ("lost and false", Kind.YES_NO, False),
    ("lost or won", Kind.YES_NO, True),
    ("not won or false", Kind.YES_NO, False),
    ("won AND TRUE", Kind.YES_NO, True),
    ("name = 'åda'", Kind.YES_NO, True),
    ("[amount] <> 3", Kind.YES_NO, True),
    ("closedate >= date(2026, 1, 31)", Kind.YES_NO, True),
    ("date(2026, 2, 30)", Kind.DATE, None),
    ("trim(name) & '/' & amount & discount", Kind.TEXT, "Åda/10.5"),
    ("concat(discount)", Kind.TEXT, None),
    ("upper(left(name, 2)) & right(trim(name), 1)", Kind.TEXT, "ÅDa"),
    ("right(name, 0)", Kind.TEXT, ""),
    ("length(name)", Kind.NUMBER, 4),
    ("contains(name, 'DA')", Kind.YES_NO, True),
    ("starts_with(name, 'å') and ends_with(trim(name), 'a')", Kind.YES_NO, True),
    ("replace(name, 'da ', 'sa')", Kind.TEXT, "Åsa"),
    ("replace(name, '', 'x')", Kind.TEXT, "Åda "),
    ("includes(tags, 'b')", Kind.YES_NO, True),
    ("today()", Kind.DATE, date(2026, 11, 23)),
    ("closedate + 1", Kind.DATE, date(2026, 2, 1)),
    ("closedate - 31", Kind.DATE, date(2025, 12, 31)),
    ("today() - closedate", Kind.NUMBER, 296),
    ("closedate + 9999999", Kind.DATE, None),
    ("add_months(closedate, 1)", Kind.DATE, date(2026, 2, 28)),
    ("add_months(date(2024, 1, 31), 1)", Kind.DATE, date(2024, 2, 29)),
    ("add_years(date(2024, 2, 29), 1)", Kind.DATE, date(2025, 2, 28)),
    ("add_days(made, 1)", Kind.DATE, date(2026, 11, 2)),
    ("months_between(date(2026, 1, 31), date(2026, 2, 28))", Kind.NUMBER, 1),
    ("months_between(date(2026, 3, 1), date(2026, 1, 2))", Kind.NUMBER, -1),
    ("days_between(made, closedate)", Kind.NUMBER, -274),
    ("hours_between(made, made)", Kind.NUMBER, 0),
    ("year(made) * 100 + month(made)", Kind.NUMBER, 202611),
    ("day(made)", Kind.NUMBER, 1),
    ("weekday(date(2026, 11, 22))", Kind.NUMBER, 7),
    ("quarter(date(2026, 4, 1))", Kind.NUMBER, 2),
    ("start_of_month(closedate)", Kind.DATE, date(2026, 1, 1)),
    ("end_of_month(date(2024, 2, 3))", Kind.DATE, date(2024, 2, 29)),
]


@pytest.mark.parametrize(("text", "kind", "value"), ANSWERS, ids=lambda value: str(value)[:40])
def test_a_formula_answers(text: str, kind: Kind, value: Any) -> None:
    formula = parse(text)
    assert formula.result_kind(KINDS) is kind
    answer = formula.evaluate(VALUES, CLOCK)
    assert answer == value
    assert (answer is None) == (value is None)


FAULTS = [
    ("", "Write a formula"),
    ("   ", "Write a formula"),
    ("amount +", "The formula ends too early."),
    ("today(", "The formula ends too early."),
    ("1 2", "“2” at character 3 does not belong there."),
    ("won orlost", "“orlost” at character 5 does not belong there."),
    ("won and2", "“and2” at character 5 does not belong there."),
    ("amount; drop", "“;” at character 7 does not belong there."),
    ('"abc', '“"” at character 1 does not belong there.'),
    ("amount + name", "+ wants a number and not a text."),
    ("closedate + name", "+ wants a number and not a text."),
    ("if(amount, 1, 2)", "if wants yes or no and not a number."),
    ("if(won, 1, name)", "if wants a number and not a text."),
    ("if(won, 1)", "if: write it as if(condition, then, otherwise)."),
    ("amount = name", "= wants a number and not a text."),
    ("min()", "min: write it as min(a, b, …)."),
    ("nothing()", "There is no function “nothing”."),
    ("and(1)", "There is no function “and”."),
    ("__import__('os')", "“_” at character 1 does not belong there."),
    ("secret", "There is no property “secret” that a formula could use."),
    ("tags", "A formula cannot answer several choices."),
    ("unknown", "This formula never has a value."),
    ("-" * 100 + "1", "This formula is nested too deeply."),
    ("(" * 900 + "1" + ")" * 900, ""),
    ("1+" * 900 + "1", "This formula is nested too deeply."),
    ("a" * 2001, "A formula has at most 2000 characters."),
    ("1234567890123456", "At most 15 digits."),
]


@pytest.mark.parametrize(("text", "message"), FAULTS, ids=lambda value: value[:30])
def test_a_fault_is_named_with_its_place(text: str, message: str) -> None:
    if not message:
        assert parse(text).evaluate({}, CLOCK) == 1
        return
    with pytest.raises(InvalidValue) as refused:
        parse(text).result_kind(KINDS)
    assert str(refused.value.message).startswith(message)


def test_a_formula_tells_what_it_names_and_whether_it_ages() -> None:
    formula = parse("if(won, amount, coalesce(amount, discount))")
    assert formula.names == {"won", "amount", "discount"}
    assert not formula.is_of_the_day
    assert parse("days_between(made, today()) + 1").is_of_the_day


def test_every_function_says_what_it_is_for() -> None:
    for function in functions:
        assert function.text.endswith(".")
        assert function.is_operator or function.signature.startswith(f"{function.name}(")


NAMES = st.sampled_from(sorted(KINDS))
CALLS = st.sampled_from([one.name for one in functions if not one.is_operator])
SIGNS = st.sampled_from(["+", "-", "*", "/", "%", "&", "=", "!=", "<", ">", "and", "or"])
LEAVES = NAMES | st.integers(-10, 10**15).map(str) | st.sampled_from(["true", "unknown", "'x'", "1.5", "today()"])


def _larger(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.tuples(parts, SIGNS, parts).map(lambda made: f"({made[0]} {made[1]} {made[2]})")
    call = st.tuples(CALLS, st.lists(parts, max_size=3)).map(lambda made: f"{made[0]}({', '.join(made[1])})")
    return binary | call | parts.map(lambda part: f"not {part}")


OF_KIND = {
    Kind.NUMBER: Decimal,
    Kind.YES_NO: bool,
    Kind.DATE: date,
    Kind.MOMENT: datetime,
    Kind.TEXT: str,
}


@given(text=st.recursive(LEAVES, _larger, max_leaves=12), unknown=st.sets(NAMES))
def test_any_formula_is_refused_in_words_or_answers_its_kind(text: str, unknown: set[str]) -> None:
    values = {name: None if name in unknown else value for name, value in VALUES.items()}
    formula, kind = understood(text)
    if formula and kind:
        answer = formula.evaluate(values, CLOCK)
        assert answer is None or isinstance(answer, OF_KIND[kind])


@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    formula, kind = understood(text)
    assert formula is None or formula.text == text.strip() or kind


def understood(text: str) -> tuple[Formula | None, Kind | None]:
    """The formula and what it answers, or nothing when it is refused, which must be in words."""
    try:
        formula = parse(text)
        return formula, formula.result_kind(KINDS)
    except InvalidValue as refused:
        return (None, None) if str(refused.message) else pytest.fail("refused without a word")
