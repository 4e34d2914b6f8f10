"""What forms show, demand and offer, decided by the values of other properties (SPEC 2.5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from crm.properties.conditions import Condition, Dependent, Operator, canonical, circle, logic_of


@dataclass(frozen=True)
class Prop:
    name: str
    type: str = "dropdown"
    settings: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""
    options: tuple[Any, ...] = ()


def deciding(name: str, *dependents: str, value: str = "yes", required: bool = False, type: str = "dropdown") -> Prop:
    listed = [{"name": each, "required": required} for each in dependents]
    condition = {"operator": "any_of", "values": [value], "dependents": listed}
    return Prop(name, type, {"conditions": [condition]})


def narrowed(name: str, decided_by: str, **options: list[str]) -> Prop:
    return Prop(name, settings={"conditional_options": {"decided_by": decided_by, "options": options}})


def by_name(*properties: Prop) -> dict[str, Prop]:
    return {prop.name: prop for prop in properties}


@pytest.mark.parametrize(
    ("operator", "values", "holding", "failing"),
    [
        ("any_of", ("a", "b"), ["a", "b"], ["c", "", None]),
        ("equal", ("a",), ["a"], ["b", None]),
        ("known", (), ["a", False, date(2026, 1, 1)], ["", None]),
        ("any_of", ("true",), [True], [False, None]),
        ("equal", ("false",), [False], [True, None]),
        ("equal", ("2026-02-28",), [date(2026, 2, 28)], [date(2026, 3, 1), None]),
    ],
)
def test_a_condition_looks_at_the_value(operator: str, values: Any, holding: list[Any], failing: list[Any]) -> None:
    condition = Condition("x", Operator(operator), values, (Dependent("y", False),))
    assert [value for value in holding if not condition.holds(value)] == []
    assert [value for value in failing if condition.holds(value)] == []


def test_several_choices_are_any_of_or_exactly_equal() -> None:
    some = Condition("x", Operator.ANY_OF, ("a", "b"), (), is_multiple=True)
    exactly = Condition("x", Operator.EQUAL, ("a", "b"), (), is_multiple=True)
    assert some.holds("b;c")
    assert not some.holds("c")
    assert exactly.holds("b;a")
    assert not exactly.holds("a;b;c")
    assert canonical("a;b") == ("a;b",), "the value of a dropdown is one, whatever is in it"


def test_what_depends_is_shown_while_a_condition_holds() -> None:
    logic = logic_of(by_name(deciding("a", "b", required=True), deciding("b", "c"), Prop("c"), Prop("free")))
    assert logic.is_shown("free", {})
    assert not logic.is_shown("b", {})
    assert logic.is_shown("b", {"a": "yes"})
    assert logic.is_required("b", {"a": "yes"})
    assert not logic.is_required("b", {"a": "no"})


def test_a_value_that_is_not_shown_decides_nothing() -> None:
    logic = logic_of(by_name(deciding("a", "b"), deciding("b", "c", required=True), Prop("c")))
    assert not logic.is_shown("c", {"a": "no", "b": "yes"})
    assert not logic.is_required("c", {"a": "no", "b": "yes"})
    assert logic.is_shown("c", {"a": "yes", "b": "yes"})


def test_two_who_decide_about_one_are_each_enough() -> None:
    logic = logic_of(by_name(deciding("a", "c"), deciding("b", "c", required=True), Prop("c")))
    assert logic.is_shown("c", {"a": "yes"})
    assert not logic.is_required("c", {"a": "yes"})
    assert logic.is_required("c", {"a": "yes", "b": "yes"})


def test_choices_are_left_by_the_value_that_decides() -> None:
    logic = logic_of(by_name(Prop("land"), narrowed("city", "land", pl=["lodz"], se=["malmo", "lund"])))
    city = logic.narrowed["city"]
    assert city.allows("lodz", "pl")
    assert not city.allows("lodz", "se")
    assert city.allows("lodz", "dk"), "a value that says nothing leaves all"
    assert city.allows("lodz", None)


def test_what_names_a_property_that_is_gone_is_left_out() -> None:
    logic = logic_of(by_name(deciding("a", "gone"), narrowed("b", "gone_too", x=[])))
    assert not logic


def test_settings_of_another_type_decide_nothing() -> None:
    assert not logic_of(by_name(deciding("a", "b", type="text"), Prop("b")))


@pytest.mark.parametrize(
    ("properties", "changed", "expected"),
    [
        ([Prop("b")], deciding("a", "a"), ["a", "a"]),
        ([deciding("b", "a")], deciding("a", "b"), ["a", "b", "a"]),
        ([deciding("b", "c"), deciding("c", "a")], deciding("a", "b"), ["a", "b", "c", "a"]),
        ([deciding("b", "c"), Prop("c")], deciding("a", "b", "c"), []),
        ([Prop("b")], narrowed("b", "b", x=[]), ["b", "b"]),
        ([narrowed("b", "a", x=["y"])], deciding("a", "c"), []),
        ([deciding("b", "a")], narrowed("b", "a", x=["y"]), []),
        ([deciding("b", "c"), narrowed("c", "a", x=["y"])], deciding("a", "b"), []),
        ([narrowed("b", "a", x=["y"]), deciding("b", "c")], narrowed("a", "c", x=[]), []),
        ([narrowed("b", "a", x=["y"])], narrowed("a", "b", x=[]), ["a", "b", "a"]),
    ],
)
def test_a_circle_is_found(properties: list[Prop], changed: Prop, expected: list[str]) -> None:
    known = by_name(*properties, Prop("c")) | by_name(*properties)
    assert circle(known, changed) == expected


def test_a_circle_that_is_there_ends_nothing() -> None:
    logic = logic_of(by_name(deciding("a", "b", required=True), deciding("b", "a", required=True)))
    assert not logic.is_shown("a", {"a": "yes", "b": "yes"})
    assert not logic.is_required("b", {"a": "yes", "b": "yes"})
