"""Conditions and conditional options that can be: what they name is there, nothing decides about itself (SPEC 2.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crm.messages import N_, Message
from crm.objects.conditions import deciding_values, may_depend
from crm.objects.registry import DefinitionCheck, ProposedProperty, definition_checks
from crm.objects.schema import ObjectType
from crm.properties.conditions import CHOICES, CONDITIONS, DECIDING_TYPES, OPTIONS, Operator, circle

MOST_CONDITIONS = 20
MALFORMED = N_("These conditions cannot be kept for a property.")
CANNOT_DECIDE = N_("Only choices, ticks and dates decide about other properties.")
CANNOT_DEPEND = N_("“%(label)s” cannot depend on another property.")
NOT_A_CHOICE = N_("“%(value)s” is not one of the choices.")
NO_VALUE = N_("Choose the value for which the condition holds.")
NO_DEPENDENT = N_("Choose a property that depends on the condition.")
IN_A_CIRCLE = N_("These would decide about each other in a circle: %(labels)s.")
TOO_MANY = N_("At most %(limit)s conditions.")


@dataclass(frozen=True)
class _Proposed:
    """The property as it will be, as the finder of circles looks at it."""

    name: str
    label: str
    type: str
    settings: Mapping[str, Any]
    options: Sequence[Any] = field(default_factory=tuple)


def _errors(proposed: ProposedProperty) -> Mapping[str, Message]:
    before = proposed.existing.settings if proposed.existing else {}
    # What is kept as it was may name a choice that went since: that must not stop somebody who changes the label.
    keys = [key for key in (CONDITIONS, OPTIONS) if proposed.settings.get(key) not in (None, before.get(key))]
    if not keys:
        return {}
    try:
        for key, wrong in ((CONDITIONS, _wrong_condition), (OPTIONS, _wrong_options)):
            message = wrong(proposed) if key in keys else None
            if message is not None:
                return {key: message}
        return _circle(proposed, keys[0])
    except (AttributeError, KeyError, TypeError, ValueError):
        return {keys[0]: Message(MALFORMED)}


def _wrong_condition(proposed: ProposedProperty) -> Message | None:
    stored = proposed.settings[CONDITIONS]
    if proposed.type not in DECIDING_TYPES:
        return Message(CANNOT_DECIDE)
    if len(stored) > MOST_CONDITIONS:
        return Message(TOO_MANY, limit=MOST_CONDITIONS)
    for one in stored:
        message = _wrong_values(proposed, Operator(one["operator"]), one["values"])
        message = message or _wrong_dependents(proposed.object_type, one["dependents"])
        if message is not None:
            return message
    return None


def _wrong_values(proposed: ProposedProperty, operator: Operator, values: Sequence[str]) -> Message | None:
    if operator is Operator.KNOWN:
        return None
    if not values:
        return Message(NO_VALUE)
    if proposed.type == "date":
        for value in values:
            date.fromisoformat(value)
        return None
    known = ("true", "false") if proposed.type == "checkbox" else proposed.option_values
    unknown = next((value for value in values if value not in known), None)
    return None if unknown is None else Message(NOT_A_CHOICE, value=str(unknown)[:40])


def _wrong_dependents(kind: ObjectType, dependents: Sequence[Mapping[str, Any]]) -> Message | None:
    if not dependents:
        return Message(NO_DEPENDENT)
    for each in dependents:
        prop = kind.properties.get(each["name"])
        if prop is None or not may_depend(kind, prop) or not isinstance(each["required"], bool):
            return Message(CANNOT_DEPEND, label=prop.label if prop else str(each["name"])[:40])
    return None


def _wrong_options(proposed: ProposedProperty) -> Message | None:
    stored = proposed.settings[OPTIONS]
    decider = proposed.object_type.properties.get(stored["decided_by"])
    if proposed.type not in CHOICES or "options_from" in proposed.settings:
        return Message(CANNOT_DEPEND, label=proposed.label)
    if decider is None or not deciding_values(decider):
        return Message(CANNOT_DECIDE)
    for value, allowed in stored["options"].items():
        for choice, known in [(value, deciding_values(decider)), *((one, proposed.option_values) for one in allowed)]:
            if choice not in known:
                return Message(NOT_A_CHOICE, value=str(choice)[:40])
    return None


def _circle(proposed: ProposedProperty, key: str) -> dict[str, Message]:
    kind = proposed.object_type
    if proposed.existing is None:
        return {}
    name = proposed.existing.name
    found = circle(kind.properties, _Proposed(name, proposed.label, proposed.type, proposed.settings))
    labels = " → ".join(proposed.label if one == name else kind.property(one).label for one in found)
    return {key: Message(IN_A_CIRCLE, labels=labels)} if found else {}


definition_checks.register(DefinitionCheck("conditions", _errors, position=70))
