"""What an operator compares with: how that is typed, kept in addresses, read into values, and said in words.

Kept texts mean the same to every reader: numbers with a point, days as 2026-03-12, users by id.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal

from crm.filters.addresses import check_size
from crm.filters.families import Family, family_of, held_type
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType, Property
from crm.properties.types.base import Choice, Context
from crm.properties.types.cleaning import clean_line, clean_lines
from crm.properties.types.number import checked

NOTHING_EXPECTED = N_("This compares with nothing.")
NOTHING_SAID = N_("Say what it is compared with.")
BETWEEN_NUMBERS = N_("Fill in both.")
NOT_TO_COMPARE = N_("Choose another property of the same type.")
# What limits the writing of a value does not limit the asking for it.
KEPT_SETTINGS = frozenset({"format", "grouping", "currency", "result"})
MOST_COUNTED = 10_000
NOT_A_COUNT = N_("Write a whole number from 1 to %(most)s.")
_COUNT = re.compile(r"[0-9]{1,5}")
_NUMBER = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?")


@dataclass(frozen=True)
class Input:
    """One control of a form; `choices` of it when it has any, and several of them when its type is "checkboxes"."""

    label: str
    type: str
    choices: tuple[Choice, ...] = ()


class Shape:
    """Nothing at all, for operators that compare with nothing; the others override what differs."""

    name = "nothing"

    def inputs(self, prop: Property, kind: ObjectType, context: Context) -> list[Input]:
        """The controls of a form, in order."""
        return []

    def is_possible(self, prop: Property, kind: ObjectType) -> bool:
        """Whether there is anything to compare with."""
        return True

    def typed(self, texts: Sequence[str], prop: Property, context: Context) -> list[str | list[str]]:
        """What the controls hold for kept texts."""
        return list(texts)

    def read(self, typed: Sequence[str], prop: Property, context: Context) -> tuple[str, ...]:
        """The kept texts of what was typed into the controls. Raises InvalidValue."""
        return ()

    def values(self, texts: Sequence[str], prop: Property, kind: ObjectType) -> list[Any]:
        """The values that kept texts say, as the database compares them. Raises InvalidValue."""
        if texts:
            raise InvalidValue(NOTHING_EXPECTED)
        return []

    def words(self, texts: Sequence[str], prop: Property, kind: ObjectType, context: Context) -> str:
        """The kept texts for people."""
        return ", ".join(texts)


class Texts(Shape):
    """Some texts, one on each line."""

    name = "texts"

    def __init__(self, is_whole: bool = False) -> None:
        self.is_whole = is_whole

    def inputs(self, prop: Property, kind: ObjectType, context: Context) -> list[Input]:
        return [Input(N_("Values, one on each line"), "textarea")]

    def typed(self, texts: Sequence[str], prop: Property, context: Context) -> list[str | list[str]]:
        return ["\n".join(texts)]

    def read(self, typed: Sequence[str], prop: Property, context: Context) -> tuple[str, ...]:
        lines = [clean_line(line) for text in typed for line in clean_lines(text).split("\n")]
        found = tuple(dict.fromkeys(self._kept(line, prop, context) for line in lines if line))
        return some(found)

    def _kept(self, text: str, prop: Property, context: Context) -> str:
        """A whole value as records hold it where it can be read, so that a phone is found however it is typed."""
        kind = held_type(prop)
        if not self.is_whole or kind.name in ("text", "multi_line") or family_of(prop) is Family.TEXTS:
            return text
        try:
            return kind.parse(text, prop, context) or text
        except InvalidValue:
            return text

    def values(self, texts: Sequence[str], prop: Property, kind: ObjectType) -> list[Any]:
        return list(some(texts))


class Text(Texts):
    """One text."""

    name = "text"

    def inputs(self, prop: Property, kind: ObjectType, context: Context) -> list[Input]:
        return [Input(N_("Value"), "text")]

    def read(self, typed: Sequence[str], prop: Property, context: Context) -> tuple[str, ...]:
        return some(tuple(filter(None, map(clean_line, typed)))[:1])


class Numbers(Shape):
    """One number, or two in order of size."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.name = f"number_{count}"

    def inputs(self, prop: Property, kind: ObjectType, context: Context) -> list[Input]:
        return [Input(label, "text") for label in labels(self.count)]

    def typed(self, texts: Sequence[str], prop: Property, context: Context) -> list[str | list[str]]:
        return [held_type(prop).to_input(Decimal(text), prop, context) for text in texts]

    def read(self, typed: Sequence[str], prop: Property, context: Context) -> tuple[str, ...]:
        plain = replace(prop, settings={key: prop.settings[key] for key in KEPT_SETTINGS & prop.settings.keys()})
        found = [held_type(prop).parse(text, plain, context) for text in typed if clean_line(text)]
        return tuple(held_type(prop).to_history(one) or "" for one in exactly(self.count, found))

    def values(self, texts: Sequence[str], prop: Property, kind: ObjectType) -> list[Any]:
        if not all(_NUMBER.fullmatch(text) for text in texts):
            raise InvalidValue(N_("This is not a number."))
        return exactly(self.count, [checked(Decimal(text), {"decimals": 20}) for text in texts])

    def words(self, texts: Sequence[str], prop: Property, kind: ObjectType, context: Context) -> str:
        return joined([held_type(prop).to_text(Decimal(text), prop, context) for text in texts], context)


class Count(Shape):
    """How many records: a whole number from 1."""

    name = "count"

    def inputs(self, prop: Property, kind: ObjectType, context: Context) -> list[Input]:
        return [Input(N_("How many"), "text")]

    def read(self, typed: Sequence[str], prop: Property, context: Context) -> tuple[str, ...]:
        texts = tuple(clean_line(text).lstrip("0") for text in typed if clean_line(text))
        self.values(some(texts)[:1], prop, None)
        return texts[:1]

    def values(self, texts: Sequence[str], prop: Property, kind: ObjectType | None) -> list[Any]:
        if len(texts) != 1 or not _COUNT.fullmatch(texts[0]) or not 1 <= int(texts[0]) <= MOST_COUNTED:
            raise InvalidValue(Message(NOT_A_COUNT, most=f"{MOST_COUNTED:,}"))
        return [int(texts[0])]

    def words(self, texts: Sequence[str], prop: Property, kind: ObjectType, context: Context) -> str:
        return str(format_decimal(int(texts[0]), locale=context.locale))


class OtherProperty(Shape):
    """Another property whose values are of the same family."""

    name = "property"

    def inputs(self, prop: Property, kind: ObjectType, context: Context) -> list[Input]:
        others = _others(prop, kind)
        choices = sorted((Choice(one.name, context.translate(one.label)) for one in others), key=lambda one: one.label)
        return [Input(N_("Property"), "select", tuple(choices))]

    def is_possible(self, prop: Property, kind: ObjectType) -> bool:
        return bool(_others(prop, kind))

    def read(self, typed: Sequence[str], prop: Property, context: Context) -> tuple[str, ...]:
        return some(tuple(filter(None, typed))[:1])

    def values(self, texts: Sequence[str], prop: Property, kind: ObjectType) -> list[Any]:
        other = kind.properties.get(texts[0]) if len(texts) == 1 else None
        if other is None or not _is_comparable(other, prop):
            raise InvalidValue(NOT_TO_COMPARE)
        return [kind.column(other.name)]

    def words(self, texts: Sequence[str], prop: Property, kind: ObjectType, context: Context) -> str:
        return str(context.translate(kind.property(texts[0]).label))


def some(texts: Sequence[str]) -> tuple[str, ...]:
    """The texts; raises InvalidValue when there are none, or too many."""
    if not texts:
        raise InvalidValue(NOTHING_SAID)
    check_size(texts)
    return tuple(texts)


def exactly(count: int, found: list[Any]) -> list[Any]:
    """The values in order; raises InvalidValue unless there are so many."""
    if len(found) != count:
        raise InvalidValue(BETWEEN_NUMBERS if found and count > 1 else NOTHING_SAID)
    return sorted(found)


def labels(count: int) -> tuple[str, ...]:
    """What stands at the controls of one value, or of two."""
    return (N_("Value"),) if count == 1 else (N_("From"), N_("To"))


def joined(texts: list[str], context: Context) -> str:
    """One value in words, or two."""
    if len(texts) == 1:
        return texts[0]
    return str(context.translate(Message(N_("%(first)s and %(last)s"), first=texts[0], last=texts[-1])))


def _others(prop: Property, kind: ObjectType) -> list[Property]:
    return [one for one in kind.properties.values() if _is_comparable(one, prop)]


def _is_comparable(other: Property, prop: Property) -> bool:
    return other.name != prop.name and family_of(other) is family_of(prop)
