"""The form in which people make records of an object: which properties, in which order, with what (SPEC 2.4, 3).

What somebody chose in the settings stands in `layout_changes` of the object type, beside the definition.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from crm.clock import now
from crm.messages import N_, Message
from crm.objects.schema import ObjectType, Property
from crm.permissions.viewer import Viewer
from crm.records.automatic.close_date import CLOSE_DATE, DEAL, default_close_date
from crm.records.form_logic import form_names
from crm.records.rows import OWNER
from crm.records.values import stage_defaults, type_of

IS_REQUIRED = N_("%(label)s is required.")


@dataclass(frozen=True)
class FormLine:
    """One property of the form; `default` is the value it starts with."""

    prop: Property
    required: bool = False
    default: Any = None


def form_lines(object_type: ObjectType, viewer: Viewer) -> list[FormLine]:
    """The properties of the form that `viewer` may write, in order."""
    layout = object_type.layout
    own = dict(layout.create_defaults)
    known = ((object_type.properties.get(name), required) for name, required in layout.create_form)
    return [
        FormLine(prop, required or is_always_required(object_type, prop.name), _default(prop, own))
        for prop, required in known
        if prop is not None and prop.in_forms and prop.is_open_to(viewer)
    ]


def _default(prop: Property, own: Mapping[str, str]) -> Any:
    """The default of the form, else that of the property."""
    return type_of(prop).from_history(own[prop.name]) if prop.name in own else prop.default


def lines_for(
    object_type: ObjectType, lines: list[FormLine], values: Mapping[str, Any], viewer: Viewer
) -> list[FormLine]:
    """What of `lines` a form that holds `values` shows, with the properties that depend on them (SPEC 2.5)."""
    if not object_type.logic and not object_type.stages:
        return lines
    listed = {line.prop.name: line for line in lines}
    names = form_names(object_type, [(line.prop.name, line.required) for line in lines], values)
    found = (
        replace(listed[name], required=required)
        if name in listed
        else FormLine(object_type.property(name), required, object_type.property(name).default)
        for name, required in names
    )
    return [line for line in found if line.prop.is_open_to(viewer)]


def start_values(object_type: ObjectType, lines: list[FormLine], viewer: Viewer) -> dict[str, Any]:
    """What an empty form starts with: the defaults, the viewer as owner, pipeline and stage, the close date."""
    known = {line.prop.name: line.default for line in lines if line.default is not None}
    minute = now().replace(second=0, microsecond=0)
    closes = {CLOSE_DATE: default_close_date(minute)} if object_type.name == DEAL else {}
    return {OWNER: viewer.user_id} | closes | known | stage_defaults(object_type, known)


def is_always_required(object_type: ObjectType, name: str) -> bool:
    """Whether no record can be made without this property, whatever the form says (SPEC 3)."""
    staged = {one.name for one in (object_type.pipeline_property, object_type.stage_property) if one}
    return (object_type.pipelines != () and name in staged) or (name,) in object_type.layout.required_groups


def groups_of_one(object_type: ObjectType, names: list[str]) -> list[list[str]]:
    """Of which properties of the form at least one must be filled in, where that is more than one property."""
    several = (group for group in object_type.layout.required_groups if len(group) > 1)
    groups = ([name for name in group if name in names] for group in several)
    return [group for group in groups if group]


def required_errors(lines: list[FormLine], values: Mapping[str, Any]) -> dict[str, Message]:
    """A message for each property that the form asks for and that is empty.

    A pipeline or stage that was not sent at all is the first one (crm/records/automatic/first_stage.py).
    """
    by_itself = {line.prop.name for line in lines if line.prop.settings.get("options_from")} - values.keys()
    required = [line.prop for line in lines if line.required and line.prop.name not in by_itself]
    empty = [prop for prop in required if values.get(prop.name) in (None, "")]
    return {prop.name: Message(IS_REQUIRED, label=prop.label) for prop in empty}
