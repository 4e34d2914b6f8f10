"""What a form shows, demands and offers while it holds certain values (SPEC 2.5): read from the schema, no query."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from crm.messages import InvalidValue
from crm.objects.schema import ObjectType, Property
from crm.properties.types.base import Context, Raw
from crm.records.stage_fields import decides_about_stages, fits_pipeline, possible_in_stages, stage_dependents
from crm.records.values import type_of

Names = Sequence[tuple[str, bool]]


def form_names(kind: ObjectType, names: Names, values: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """The properties of a form that begins with `names` and holds `values`, each with whether it is required.

    What depends on a property comes right after it, and is left out while no condition holds.
    """
    if not kind.logic and not kind.stages:
        return list(names)
    found: dict[str, bool] = {}
    for name, required in names:
        _add(kind, name, required, values, found)
    return list(found.items())


def decides(kind: ObjectType, name: str) -> bool:
    """Whether a form has to be shown anew when this property changes in it."""
    return kind.logic.decides(name) or decides_about_stages(kind, name)


def dependents_of(kind: ObjectType, name: str, values: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """What a form for one property shows besides it: its dependents, and choices that its value no longer leaves."""
    if not decides(kind, name):
        return []
    found: dict[str, bool] = {}
    _add_dependents(kind, name, values, found)
    for narrowing in kind.logic.narrowed_by(name):
        chosen = values.get(narrowing.name)
        if chosen is not None and not narrowing.allows(chosen, values.get(name)):
            found.setdefault(narrowing.name, kind.logic.is_required(narrowing.name, values))
    found.pop(name, None)
    return list(found.items())


def possible_names(kind: ObjectType, names: Iterable[str]) -> list[str]:
    """`names` and everything that may come to depend on them: all a form may send."""
    found = dict.fromkeys(names)
    waiting = list(found)
    while waiting:
        name = waiting.pop(0)
        following = [each.name for one in kind.logic.deciding.get(name, ()) for each in one.dependents]
        following += [one.name for one in kind.logic.narrowed_by(name)]
        following += possible_in_stages(kind, name)
        new = [each for each in following if each not in found]
        found |= dict.fromkeys(new)
        waiting += new
    return list(found)


def offered(kind: ObjectType, prop: Property, values: Mapping[str, Any], chosen: Raw | None = None) -> Property:
    """`prop` with the choices that `values` leave; what is `chosen` stays among them."""
    narrowing = kind.logic.narrowed.get(prop.name)
    if narrowing is None:
        return prop
    deciding = values.get(narrowing.decided_by)
    options = (one for one in prop.options if one.value == chosen or narrowing.allows(one.value, deciding))
    return replace(prop, options=tuple(options))


def held(
    kind: ObjectType, typed: Mapping[str, Raw], context: Context, stored: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The values a form holds: what is `stored`, with what was `typed` over it; None for what cannot be read."""
    values = dict(stored or {})
    for name, text in typed.items():
        prop = kind.properties.get(name)
        if prop is not None:
            values[name] = _read(prop, text, context)
    return values


def fitting(kind: ObjectType, typed: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, without choices that the other values do not leave: for a form that is shown anew."""
    narrowed = kind.logic.narrowed
    return {
        name: text
        for name, text in typed.items()
        if fits_pipeline(kind, name, values)
        and (
            name not in narrowed
            or values.get(name) is None
            or narrowed[name].allows(values[name], values.get(narrowed[name].decided_by))
        )
    }


def _add(kind: ObjectType, name: str, required: bool, values: Mapping[str, Any], found: dict[str, bool]) -> None:
    if name in found:
        found[name] = found[name] or required
        return
    if not kind.logic.is_shown(name, values):
        return
    found[name] = required or kind.logic.is_required(name, values)
    _add_dependents(kind, name, values, found)


def _add_dependents(kind: ObjectType, name: str, values: Mapping[str, Any], found: dict[str, bool]) -> None:
    for condition in kind.logic.deciding.get(name, ()):
        if condition.holds(values.get(name)):
            for each in condition.dependents:
                _add(kind, each.name, each.required, values, found)
    for each_name, required in stage_dependents(kind, name, values):
        found[each_name] = found.get(each_name, False) or required


def _read(prop: Property, text: Raw, context: Context) -> Any:
    try:
        return type_of(prop).parse(text, prop, context)
    except InvalidValue:
        return None
