"""The one property of many records that somebody writes: which there are, in which ways, and what they sent (SPEC 5.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from crm.activities.types import activity_types
from crm.messages import N_, InvalidValue, Message
from crm.objects.groups import groups_of
from crm.objects.schema import ObjectType, Property
from crm.permissions.viewer import Viewer
from crm.properties.formatting import formatted
from crm.properties.rules import rule_error
from crm.properties.types.base import Choice, Context
from crm.properties.types.checkbox import NO, YES
from crm.properties.types.emails import ListOfTexts
from crm.records.identifiers import IDENTIFIED
from crm.records.shown import Field, field_for
from crm.records.values import type_of
from crm.selections.registry import Asking

SEPARATOR = ";"
CHOOSE_PROPERTY = N_("Choose a property.")
CHOOSE_VALUE = N_("Choose or write a value, or choose to clear it.")
CHOOSE_WAY = N_("Choose what to do with it.")
OF_STAGE = "%(pipeline)s: %(stage)s"
ALSO_EDITED = ("status", "outcome", "hubspot_owner_id")


class Way(StrEnum):
    """What becomes of the value that each record has."""

    SET = "set"
    ADD = "add"
    REMOVE = "remove"
    CLEAR = "clear"


ONE_VALUE = ((Way.SET, N_("Write a value")), (Way.CLEAR, N_("Clear it")))
SEVERAL_VALUES = (
    (Way.SET, N_("Write instead of what is there")),
    (Way.ADD, N_("Add to what is there")),
    (Way.REMOVE, N_("Take away from what is there")),
    (Way.CLEAR, N_("Clear it")),
)


@dataclass(frozen=True)
class Wish:
    """What is to be done with one property; `value` is as records hold it."""

    prop: Property
    way: Way
    value: Any = None

    def on(self, before: Any) -> Any:
        """What becomes of a value."""
        if self.way in (Way.SET, Way.CLEAR):
            return self.value
        had, named = _parts(before), _parts(self.value)
        kept = [one for one in had if one not in named]
        found = had + [one for one in named if one not in had] if self.way is Way.ADD else kept
        order = {option.value: place for place, option in enumerate(self.prop.options)}
        return SEPARATOR.join(sorted(found, key=lambda one: order.get(one, len(order)))) or None


def _parts(value: Any) -> list[str]:
    return str(value).split(SEPARATOR) if value else []


def editable(viewer: Viewer, kind: ObjectType) -> list[Property]:
    """What the viewer may write of many: not what tells one record from all others, nor what the program keeps."""
    found = [prop for prop in kind.properties.values() if prop.is_open_to(viewer) and not prop.unique]
    if kind.is_activity:
        names = {name for one in activity_types if one.object_type == kind.name for name in _fields(one)}
        return [prop for prop in found if prop.name in names or prop.name in ALSO_EDITED]
    identified = IDENTIFIED.get(kind.name)
    own = {kind.pipeline_property.name} if kind.pipeline_property else set()
    own |= {identified.primary, identified.additional} if identified else set()
    return [prop for prop in found if prop.name not in own]


def _fields(kind: Any) -> Sequence[str]:
    return (*kind.composer_fields, *kind.more_fields)


def ways_of(prop: Property) -> Sequence[tuple[Way, str]]:
    """What can be done with it."""
    kind = type_of(prop)
    return SEVERAL_VALUES if kind.is_multiple or isinstance(kind, ListOfTexts) else ONE_VALUE


def shown(asking: Asking) -> dict[str, Any]:
    """The properties by group, the one that is chosen with its control, and what is to be done with it."""
    offered = editable(asking.viewer, asking.kind)
    chosen = _chosen(asking, offered)
    ways = ways_of(chosen) if chosen else ()
    return {
        "groups": _by_group(asking, offered),
        "chosen": chosen,
        "ways": ways,
        "way": asking.given.get("way", Way.SET),
        "field": _control(asking, chosen) if chosen else None,
    }


def _chosen(asking: Asking, offered: Sequence[Property]) -> Property | None:
    name = asking.given.get("property", "")
    return next((prop for prop in offered if prop.name == name), None)


def _by_group(asking: Asking, offered: Sequence[Property]) -> list[tuple[str, list[tuple[str, str]]]]:
    words = asking.context.translate
    labels = {group.name: words(group.label) for group in groups_of(asking.kind.name)}
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in labels}
    for prop in offered:
        found.setdefault(prop.group, []).append((prop.name, words(prop.label)))
    return [
        (labels.get(group, group), sorted(props, key=lambda one: one[1].casefold()))
        for group, props in found.items()
        if props
    ]


def _control(asking: Asking, prop: Property) -> Field:
    """The control of the property, empty or with what was typed; it is called "value", as no property's name is kept.

    Yes or no is asked with two choices, for of a tick that is off nobody knows whether it says no.
    """
    several, sent = type_of(prop).is_multiple, asking.given.getlist("value")
    typed: Any = sent if several else (sent[-1] if sent else None)
    field = replace(field_for(prop, asking.context, None, typed, required=True), name="value", required=False)
    if field.input_type == "checkbox":
        words = asking.context.translate
        choices = (Choice("true", words(YES)), Choice("false", words(NO)))
        return replace(field, input_type="radio", options=choices)
    if prop == asking.kind.stage_property:
        return replace(field, options=(Choice("", "--"), *_stages(asking.kind, asking.context)))
    return field


def _stages(kind: ObjectType, context: Context) -> list[Choice]:
    """Every stage, named with its pipeline where there are several."""
    found = []
    for pipeline in kind.pipelines:
        for stage in pipeline.stages:
            label = context.translate(stage.label)
            if len(kind.pipelines) > 1:
                label = OF_STAGE % {"pipeline": context.translate(pipeline.label), "stage": label}
            if not (pipeline.is_leaving or stage.is_leaving):
                found.append(Choice(stage.name, label))
    return found


def settings(asking: Asking) -> dict[str, Any]:
    """The wish that was sent as JSON can hold it; raises InvalidValue."""
    prop = _chosen(asking, editable(asking.viewer, asking.kind))
    if prop is None:
        raise InvalidValue(CHOOSE_PROPERTY)
    way = asking.given.get("way", Way.SET)
    if way not in {one for one, _text in ways_of(prop)}:
        raise InvalidValue(CHOOSE_WAY)
    value = None if way == Way.CLEAR else _value(asking, prop)
    return {"property": prop.name, "way": str(way), "value": type_of(prop).to_history(value)}


def _value(asking: Asking, prop: Property) -> Any:
    kind, sent = type_of(prop), [text for text in asking.given.getlist("value") if text.strip()]
    value = kind.parse(sent if kind.is_multiple else sent[-1:], prop, asking.context)
    value = formatted(prop, value) if value is not None else None
    if value is None:
        raise InvalidValue(CHOOSE_VALUE)
    wrong: Message | None = rule_error(prop, value)
    if wrong is not None:
        raise InvalidValue(wrong)
    return value


def wish_of(kind: ObjectType, settings: Any) -> Wish:
    """The wish that `settings` wrote; raises NotFound when its property is gone."""
    prop = kind.property(settings["property"])
    return Wish(prop, Way(settings["way"]), type_of(prop).from_history(settings["value"]))
