"""Calculated properties: formulas over the values of one record (SPEC 2.3)."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from crm.clock import account_zone, now
from crm.messages import InvalidValue
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property
from crm.properties.formulas import Clock, Formula, Kind, parse
from crm.properties.types.checkboxes import SEPARATOR
from crm.records.values import type_of

CALCULATION = "calculation"
FORMULA = "formula"
KIND_OF_TYPE = {
    "number": Kind.NUMBER,
    "currency": Kind.NUMBER,
    "score": Kind.NUMBER,
    "checkbox": Kind.YES_NO,
    "date": Kind.DATE,
    "date_time": Kind.MOMENT,
    "text": Kind.TEXT,
    "multi_line": Kind.TEXT,
    "email": Kind.TEXT,
    "phone": Kind.TEXT,
    "url": Kind.TEXT,
    "domain": Kind.TEXT,
    "dropdown": Kind.TEXT,
    "radio": Kind.TEXT,
    "checkboxes": Kind.CHOICES,
}
"""What a formula takes the values of a property for; properties of other types cannot be used in one."""

KEPT = 64


def kinds_of(object_type: ObjectType) -> dict[str, Kind]:
    """The properties of an object that formulas may use, with the kind of their values."""
    found = ((name, KIND_OF_TYPE.get(type_of(prop).name)) for name, prop in object_type.properties.items())
    return {name: kind for name, kind in found if kind is not None}


def formula_of(prop: Property) -> Formula | None:
    """The formula of a calculated property; None for others, and for one that cannot be read any more."""
    return formula_in(prop.settings) if prop.type == CALCULATION else None


def formula_in(settings: Mapping[str, Any]) -> Formula | None:
    """The formula that the settings of a calculated property hold; None when it cannot be read."""
    return _read(str(settings.get(FORMULA, "")))


@lru_cache(maxsize=1_000)
def _read(text: str) -> Formula | None:
    try:
        return parse(text)
    except InvalidValue:
        return None


def calculations(object_type: ObjectType) -> Mapping[str, Formula]:
    """The formulas of an object by property, each behind those whose values it uses."""
    shape = (schema().token, object_type.name)
    found = _ordered.get(shape)
    if found is None:
        while len(_ordered) >= KEPT:
            _ordered.pop(next(iter(_ordered)), None)
        found = _ordered[shape] = _in_order(object_type)
    return found


_ordered: dict[tuple[str, str], Mapping[str, Formula]] = {}


def _in_order(object_type: ObjectType) -> Mapping[str, Formula]:
    waiting = {name: formula for name, prop in object_type.properties.items() if (formula := formula_of(prop))}
    ordered: dict[str, Formula] = {}
    while waiting:
        ready = [name for name, formula in waiting.items() if not formula.names & waiting.keys()]
        for name in ready or list(waiting):
            ordered[name] = waiting.pop(name)
    return ordered


def clock() -> Clock:
    """Now, for formulas, with the day it is in the account's zone."""
    return Clock(now(), account_zone())


def calculated(
    object_type: ObjectType, values: Mapping[str, Any], changed: Iterable[str] | None = None
) -> dict[str, Any]:
    """What the formulas of an object answer for a record with these values; only those that use what `changed`."""
    touched = None if changed is None else set(changed)
    known, moment = dict(values), clock()
    answers: dict[str, Any] = {}
    for name, formula in calculations(object_type).items():
        if touched is not None and not formula.names & touched:
            continue
        answers[name] = known[name] = formula.evaluate(formula_values(object_type, known, formula), moment)
        if touched is not None:
            touched.add(name)
    return answers


def formula_values(object_type: ObjectType, values: Mapping[str, Any], formula: Formula) -> dict[str, Any]:
    """Those of `values` a formula uses, several choices as a list."""
    found = {}
    for name in formula.names:
        prop, value = object_type.properties.get(name), values.get(name)
        is_several = prop is not None and isinstance(value, str) and type_of(prop).is_multiple
        found[name] = value.split(SEPARATOR) if is_several else value
    return found
