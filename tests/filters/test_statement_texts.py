"""What is typed into a filter never becomes part of a statement (QUALITY 3), and never a fault."""

from contextlib import suppress
from datetime import date
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from crm.filters.addresses import join_groups, read_condition, split_groups, write_condition
from crm.filters.compiling import compile_condition, compile_filter
from crm.filters.families import family_of
from crm.filters.operators import OPERATORS
from crm.filters.tree import Condition, Eyes
from crm.messages import InvalidValue
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.properties.types.cleaning import clean_line

EYES = Eyes(1, frozenset({1, 2}), ZoneInfo("UTC"), date(2026, 3, 11))
MARK = "zqx"
SUBJECTS = ("associated.company.city", "not_associated.deal.amount", "associated.company", "activity.call.outcome",
            "no_activity.email.title", "activity.task", "import.runs", "list.member")  # fmt: skip
NAMES = ("city", "createdate", "num_associated_deals", "hubspot_owner_id", "hs_lead_status", "hs_additional_emails")
OPERATOR_NAMES = sorted({one.name for rows in OPERATORS.values() for one in rows})
SIGNS = st.text(st.sampled_from("'\"%_\\;|:-()x0\u0130\u03a3 "), min_size=1, max_size=12) | st.text(max_size=12)
VALUES = st.lists(SIGNS | st.sampled_from(["1", "me", "today", "days", "2026-03-01", "NEW", "closedate"]), max_size=3)


@pytest.fixture
def contacts(app: Flask) -> ObjectType:
    """The object type of contacts."""
    return schema().object_type("contact")


def texts_of(test: sa.ColumnElement[bool]) -> tuple[str, ...]:
    """The statement in both databases, without its values."""
    return tuple(str(test.compile(dialect=dialect)) for dialect in (sqlite.dialect(), postgresql.dialect()))


def test_values_change_no_statement(contacts: ObjectType) -> None:
    @given(st.sampled_from(NAMES), st.sampled_from(OPERATOR_NAMES), VALUES)
    def try_one(name: str, operator: str, values: list[str]) -> None:
        condition = Condition(name, operator, tuple(filter(None, map(clean_line, values))))
        try:
            test = compile_condition(contacts, condition, EYES)
        except InvalidValue:
            return
        for text in texts_of(test):
            assert text in known(name, operator)

    def known(name: str, operator: str) -> set[str]:
        """Every statement that values of ours make."""
        if (name, operator) not in made:
            made[name, operator] = set()
            for values in _plain(contacts, name):
                try:
                    test = compile_condition(contacts, Condition(name, operator, values), EYES)
                except InvalidValue:
                    continue
                made[name, operator] |= {*texts_of(test)}
        return made[name, operator]

    made: dict[tuple[str, str], set[str]] = {}
    try_one()


def _plain(kind: ObjectType, name: str) -> list[tuple[str, ...]]:
    prop = kind.property(name)
    lists = [(), ("today",), ("2026-03-01",), ("2026-03-01", "2026-03-02"), ("1", "days"), ("9999", "months")]
    lists += [(value, *more) for value in ("a", "1", "me", "my_team") for more in ((), ("2",), ("2", "3"))]
    lists += [("a;b", "c"), ("a;b", "c;d"), ("a;b",), ("a;b", "c", "d"), ("a;b", "c;d", "e"), ("a;b", "c;d", "e;f")]
    lists += [(other,) for other in kind.properties if family_of(kind.property(other)) is family_of(prop)]
    options = [option.value for option in prop.options]
    return lists + [tuple(options[:count]) for count in (1, 2, 3)]


@given(st.lists(st.lists(SIGNS, max_size=4), max_size=4))
def test_any_address_is_read_or_refused_with_a_line(groups: list[list[str]]) -> None:
    texts = join_groups(groups)
    assert all(split_groups(texts))
    for text in texts:
        with suppress(InvalidValue):
            assert read_condition(text).subject


@given(st.lists(SIGNS.map(clean_line).filter(bool), max_size=5))
def test_what_is_written_into_an_address_is_read_from_it_again(values: list[str]) -> None:
    condition = Condition("city", "equal_any", tuple(values))
    assert read_condition(write_condition(condition)) == condition


def test_nonsense_is_refused_with_a_line_and_the_rest_stands_in_no_statement(contacts: ObjectType) -> None:
    marked = VALUES.map(lambda values: [f"{MARK}{one}" if place % 2 else one for place, one in enumerate(values)])
    names = st.sampled_from([*NAMES, *SUBJECTS])
    ties, operators = st.sampled_from(["", "~1", "~2"]), st.sampled_from(OPERATOR_NAMES)

    @given(st.lists(st.tuples(names | SIGNS, ties | SIGNS, operators | SIGNS, marked), max_size=4))
    def try_one(conditions: list[tuple[str, str, str, list[str]]]) -> None:
        texts = [f"{name}{tie}:{operator}:{'|'.join(values)}" for name, tie, operator, values in conditions]
        for filtered in (texts, *([text] for text in texts)):
            with suppress(InvalidValue):
                test = compile_filter(contacts, filtered, EYES)
                assert test is None or not any(MARK in text for text in texts_of(test))

    try_one()


def test_250_conditions_compile_and_one_more_does_not(contacts: ObjectType) -> None:
    tied = [f"associated.company.city~{number % 3 + 1}:equal_any:a{number}" for number in range(125)]
    many = [*tied, *(f"activity.call.outcome~1:{way}" for way in ("known", "unknown") * 31), *["city:known"] * 63]
    assert compile_filter(contacts, many, EYES) is not None
    with pytest.raises(InvalidValue, match="at most 250 conditions; this one has 251"):
        compile_filter(contacts, [*many, "city:known"], EYES)


@pytest.mark.parametrize(
    "text",
    ["associated." * 30 + "company:has_any", "((city:known", "a" * 5000 + ":known",
     "associated.company.company.city:known", "activity.call.contact.city:known", "associated.company~1~2:has_any",
     "city:" + "known:" * 300],
    ids=range(7),
)  # fmt: skip
def test_what_is_deeper_than_a_filter_goes_is_refused(text: str, contacts: ObjectType) -> None:
    with pytest.raises(InvalidValue):
        compile_filter(contacts, [text], EYES)
