"""Which properties a form shows, demands and offers choices of, depending on others (SPEC 2.5).

On the property that decides, the setting "conditions" lists conditions, each with its dependents. On a choice that
depends, the setting "conditional_options" names the property that decides and which choices its values leave.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from crm.messages import N_
from crm.properties.types.base import PropertyLike

CONDITIONS = "conditions"
OPTIONS = "conditional_options"
CHOICES = frozenset({"dropdown", "radio"})
DECIDING_TYPES = CHOICES | {"checkboxes", "checkbox", "date"}
SEPARATOR = ";"


class Operator(StrEnum):
    """How the value of the deciding property is looked at."""

    ANY_OF = "any_of"
    EQUAL = "equal"
    KNOWN = "known"


OPERATORS = {
    Operator.ANY_OF: N_("is any of"),
    Operator.EQUAL: N_("is equal to"),
    Operator.KNOWN: N_("is known"),
}


class TypedProperty(PropertyLike, Protocol):
    """The part of a property this module looks at."""

    @property
    def type(self) -> str: ...


@dataclass(frozen=True)
class Dependent:
    """A property shown while a condition holds, and demanded then if it is `required`."""

    name: str
    required: bool


@dataclass(frozen=True)
class Condition:
    """What the value of the property called `decided_by` must be, as canonical texts, and what depends on it."""

    decided_by: str
    operator: Operator
    values: tuple[str, ...]
    dependents: tuple[Dependent, ...]
    is_multiple: bool = False

    def holds(self, value: Any) -> bool:
        """Whether it does for this value of the deciding property."""
        texts = canonical(value, self.is_multiple)
        if self.operator is Operator.KNOWN:
            return bool(texts)
        if self.operator is Operator.EQUAL:
            return bool(texts) and set(texts) == set(self.values)
        return not set(texts).isdisjoint(self.values)


@dataclass(frozen=True)
class Narrowing:
    """Which options of `name` the values of the property called `decided_by` leave; one not listed leaves all."""

    name: str
    decided_by: str
    options: Mapping[str, frozenset[str]]
    is_multiple: bool = False

    def allows(self, option: str, deciding: Any) -> bool:
        """Whether the option may be chosen while the deciding property has this value."""
        texts = canonical(deciding, self.is_multiple)
        listed = [self.options[text] for text in texts if text in self.options]
        return not listed or any(option in allowed for allowed in listed)


@dataclass(frozen=True)
class Logic:
    """All conditions and narrowings of one object type: by who decides, by who depends, and by whose choices."""

    deciding: Mapping[str, Sequence[Condition]] = field(default_factory=dict)
    depending: Mapping[str, Sequence[Condition]] = field(default_factory=dict)
    narrowed: Mapping[str, Narrowing] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.deciding or self.narrowed)

    def narrowed_by(self, name: str) -> list[Narrowing]:
        """The narrowings that the property called `name` decides."""
        return [one for one in self.narrowed.values() if one.decided_by == name]

    def decides(self, name: str) -> bool:
        """Whether anything in a form depends on the property called `name`."""
        return name in self.deciding or bool(self.narrowed_by(name))

    def is_shown(self, name: str, values: Mapping[str, Any], seen: frozenset[str] = frozenset()) -> bool:
        """Whether a form that holds `values` has the property: nothing decides about it, or a condition holds.

        What decides must be shown itself: a value nobody sees any more decides nothing.
        """
        conditions = self.depending.get(name)
        if not conditions or name in seen:
            return not conditions
        return any(self._counts(one, values, seen | {name}) for one in conditions)

    def is_required(self, name: str, values: Mapping[str, Any]) -> bool:
        """Whether a condition that holds demands the property."""
        return any(
            dependent.required and dependent.name == name and self._counts(one, values, frozenset({name}))
            for one in self.depending.get(name, ())
            for dependent in one.dependents
        )

    def _counts(self, condition: Condition, values: Mapping[str, Any], seen: frozenset[str]) -> bool:
        decider = condition.decided_by
        return condition.holds(values.get(decider)) and self.is_shown(decider, values, seen)


NO_LOGIC = Logic()


def canonical(value: Any, is_multiple: bool = False) -> tuple[str, ...]:
    """The value of a deciding property as texts: one, several for checkboxes, none when it is unknown."""
    if value is None or value == "":
        return ()
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, date):
        return (value.isoformat(),)
    return tuple(value.split(SEPARATOR)) if is_multiple else (str(value),)


def logic_of(properties: Mapping[str, TypedProperty]) -> Logic:
    """The conditions and narrowings among `properties`, by name; what names a property that is gone is left out."""
    deciding: dict[str, list[Condition]] = {}
    depending: dict[str, list[Condition]] = {}
    narrowed: dict[str, Narrowing] = {}
    for name, prop in properties.items():
        for condition in conditions_of(prop):
            kept = tuple(one for one in condition.dependents if one.name in properties)
            if not kept:
                continue
            known = replace(condition, dependents=kept)
            deciding.setdefault(name, []).append(known)
            for dependent in kept:
                depending.setdefault(dependent.name, []).append(known)
        narrowing = narrowing_of(prop)
        if narrowing is not None and narrowing.decided_by in properties:
            narrowed[name] = replace(narrowing, is_multiple=properties[narrowing.decided_by].type == "checkboxes")
    return Logic(deciding, depending, narrowed) if deciding or narrowed else NO_LOGIC


def conditions_of(prop: TypedProperty) -> list[Condition]:
    """The conditions a property decides."""
    stored: Iterable[Mapping[str, Any]] = prop.settings.get(CONDITIONS) or ()
    if prop.type not in DECIDING_TYPES:
        return []
    return [
        Condition(
            prop.name,
            Operator(one["operator"]),
            tuple(one["values"]),
            tuple(Dependent(each["name"], each["required"]) for each in one["dependents"]),
            prop.type == "checkboxes",
        )
        for one in stored
    ]


def narrowing_of(prop: TypedProperty) -> Narrowing | None:
    """How the choices of a property depend on another, if they do."""
    stored = prop.settings.get(OPTIONS)
    if not stored or prop.type not in CHOICES:
        return None
    options = {value: frozenset(allowed) for value, allowed in stored["options"].items()}
    return Narrowing(prop.name, stored["decided_by"], options)


def circle(properties: Mapping[str, TypedProperty], changed: TypedProperty) -> list[str]:
    """The names of properties that would decide about each other in a circle, `changed` as it will be; else none."""
    after = logic_of({**properties, changed.name: changed})
    path = _way_back(after, changed.name, changed.name, {changed.name})
    return [changed.name, *path] if path else []


def _way_back(logic: Logic, start: str, here: str, seen: set[str]) -> list[str]:
    following = [each.name for one in logic.deciding.get(here, ()) for each in one.dependents]
    following += [one.name for one in logic.narrowed_by(here)]
    for name in following:
        if name == start:
            return [name]
        if name not in seen:
            seen.add(name)
            rest = _way_back(logic, start, name, seen)
            if rest:
                return [name, *rest]
    return []
