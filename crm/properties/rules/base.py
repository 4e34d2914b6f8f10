"""What a rule about values is: for which types, how it is set, and what it says of a value (SPEC 2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Protocol

from crm.clock import account_zone
from crm.messages import InvalidValue, Message
from crm.properties.types.base import Context, PropertyLike

TEXTS = frozenset({"text", "multi_line"})
DAYS = frozenset({"date", "date_time"})
NUMBERS = frozenset({"number", "currency"})


class RuledProperty(PropertyLike, Protocol):
    """The part of a property that its rules look at."""

    @property
    def type(self) -> str: ...


@dataclass(frozen=True)
class Setting:
    """One control by which a rule is set; `choices` are pairs of value and words (N_), the first of them "off"."""

    name: str
    label: str
    input_type: str = "text"
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()


class InvalidRule(ValueError):
    """A rule cannot be set so; `errors` holds one message for each setting."""

    def __init__(self, errors: Mapping[str, Message]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{name}: {message}" for name, message in self.errors.items()))


class Rule:
    """One kind of rule. What it keeps in the settings of a property is what `parse` answers, plain JSON."""

    name: ClassVar[str]
    label: ClassVar[str]
    types: ClassVar[frozenset[str]]
    settings: ClassVar[tuple[Setting, ...]]
    position: ClassVar[int] = 100

    def parse(self, typed: Mapping[str, str], context: Context) -> dict[str, Any] | None:
        """What to keep of the texts typed, by setting; None when the rule is off. Raises InvalidRule."""
        raise NotImplementedError

    def to_input(self, stored: Mapping[str, Any], context: Context) -> dict[str, str]:
        """The texts the controls start with; `parse` of them gives `stored` back."""
        return {name: str(value) for name, value in stored.items()}

    def error(self, value: Any, stored: Mapping[str, Any], prop: RuledProperty) -> Message | None:
        """What is wrong with `value`, never None itself; None when nothing is."""
        raise NotImplementedError


def whole(text: str, least: int, most: int) -> int:
    """The whole number typed. Raises InvalidValue."""
    digits = text.strip()
    if digits.isdecimal() and len(digits) < 10 and least <= int(digits) <= most:
        return int(digits)
    raise InvalidValue(Message("Write a whole number from %(least)s to %(most)s.", least=least, most=most))


def chosen(text: str, setting: Setting) -> str:
    """One of the choices of a setting, "" for off. Raises InvalidValue."""
    if text in {value for value, _ in setting.choices}:
        return text
    raise InvalidValue(Message("“%(typed)s” is not one of the choices.", typed=text[:40]))


def day_of(value: date | datetime) -> date:
    """The day of a value, that of a moment in the account's time zone."""
    if not isinstance(value, datetime):
        return value
    try:
        return value.astimezone(account_zone()).date()
    except OverflowError:
        return value.date()
