"""A property and a reader, made in one line."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm.messages import InvalidValue
from crm.properties.types import property_types
from crm.properties.types.base import Context

property_types.load("crm.properties.types")


@dataclass(frozen=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    email: str
    is_active: bool = True


@dataclass(frozen=True)
class Prop:
    options: tuple[Choice, ...] = ()
    settings: Any = field(default_factory=lambda: MappingProxyType({}))
    name: str = "x"
    label: str = "X"


WARSAW = ZoneInfo("Europe/Warsaw")
PEOPLE = {
    7: Person(7, "Anna Nowak", "anna@example.com"),
    8: Person(8, "Bob Stone", "bob@example.com"),
    9: Person(9, "Bob Stone", "bob.stone@example.com", is_active=False),
    10: Person(10, "Carl Ek", "carl@example.com"),
    11: Person(11, "Carl Ek", "carl.ek@example.com"),
    12: Person(12, "Gone Away", "gone@example.com", is_active=False),
}
OPTIONS = (
    Choice("NEW", "New"),
    Choice("IN_PROGRESS", "In progress"),
    Choice("other", "Other; not listed"),
    Choice("a", "Same"),
    Choice("b", "Same"),
)


@dataclass(frozen=True)
class Case:
    """One property type with one property and one reader."""

    type_name: str
    prop: Prop
    context: Context

    @property
    def kind(self) -> Any:
        return property_types.get(self.type_name)

    def parse(self, raw: Any) -> Any:
        return self.kind.parse(raw, self.prop, self.context)

    def refusal(self, raw: Any) -> str:
        """The message with which `raw` is refused; fails when it is taken."""
        with pytest.raises(InvalidValue) as caught:
            self.parse(raw)
        return str(caught.value.message)

    def to_text(self, value: Any) -> str:
        return self.kind.to_text(value, self.prop, self.context)

    def to_input(self, value: Any) -> Any:
        return self.kind.to_input(value, self.prop, self.context)

    def survives(self, value: Any) -> bool:
        """Whether the value can be shown, and comes back from history and from a form that nobody touched."""
        assert bool(self.to_text(value)) or value is None
        self.kind.href(value, self.prop)
        through_history = self.kind.from_history(self.kind.to_history(value))
        return through_history == value and self.parse(self.to_input(value)) == value


@pytest.fixture(scope="session")
def case() -> Callable[..., Case]:
    """Make a Case: `case("number", locale="pl", decimals=2)`; unknown names are settings of the property."""

    def make(
        type_name: str,
        locale: str = "en",
        zone: str = "Europe/Warsaw",
        country: str = "US",
        money: str = "USD",
        **settings: Any,
    ) -> Case:
        context = Context(
            time_zone=ZoneInfo(zone),
            locale=locale,
            users=PEOPLE,
            currency=money,
            home_currency="EUR",
            country=country,
        )
        return Case(type_name, Prop(OPTIONS, settings), context)

    return make
