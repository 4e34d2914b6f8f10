"""Between what people type and what a record holds: reading forms, names of records, required values."""

from collections.abc import Iterable, Mapping
from typing import Any

from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType, Property
from crm.properties.types import property_types
from crm.properties.types.base import Context, PropertyType, Raw

NAME_LENGTH = 250


def type_of(prop: Property) -> PropertyType:
    """The type that values of `prop` are of; plain text when its kind is gone."""
    kind = property_types.get(prop.type) or property_types.get("text")
    return kind.holding(prop.settings)  # type: ignore[union-attr]


def parse_form(
    object_type: ObjectType, raw: Mapping[str, Raw], context: Context
) -> tuple[dict[str, Any], dict[str, Message]]:
    """Read typed texts into values, by property name; what cannot be read is in the second answer.

    Names that are no property of the object, or that people may not write, are errors too.
    """
    values: dict[str, Any] = {}
    errors: dict[str, Message] = {}
    for name, text in raw.items():
        prop = object_type.properties.get(name)
        if prop is None or prop.read_only:
            errors[name] = Message(N_("This property cannot be written."))
            continue
        try:
            values[name] = type_of(prop).parse(text, prop, context)
        except InvalidValue as error:
            errors[name] = error.message
    return values, errors


def without_untouched(
    object_type: ObjectType, raw: Mapping[str, Raw], stored: Mapping[str, Any], context: Context
) -> dict[str, Raw]:
    """What was typed, less the fields that still hold what the form put there.

    A form shows less than a value may hold (seconds of a moment, which of two equal hours), so reading an untouched
    field back would change it.
    """
    kept = {}
    for name, text in raw.items():
        prop = object_type.properties.get(name)
        if prop is None or text != type_of(prop).to_input(stored.get(name), prop, context):
            kept[name] = text
    return kept


def display_name(object_type: ObjectType, values: Mapping[str, Any]) -> str:
    """The name a record goes by: its primary display properties, else the fallback, else nothing."""
    layout = object_type.layout
    return _joined(layout.primary_display, values) or _joined(layout.fallback_display, values)


def _joined(names: Iterable[str], values: Mapping[str, Any]) -> str:
    return " ".join(str(values[name]) for name in names if values.get(name) not in (None, ""))[:NAME_LENGTH]


def missing_values(object_type: ObjectType, values: Mapping[str, Any]) -> dict[str, Message]:
    """What a record of this object cannot be without (SPEC 3), as one message per property."""
    errors = {}
    for group in object_type.layout.required_groups:
        known = [name for name in group if name in object_type.properties]
        if known and not any(values.get(name) not in (None, "") for name in known):
            errors[known[0]] = _missing(object_type, known)
    return errors


def _missing(object_type: ObjectType, names: list[str]) -> Message:
    labels = [object_type.property(name).label for name in names]
    if len(labels) == 1:
        return Message(N_("%(label)s is required."), label=labels[0])
    return Message(N_("At least one of these is required: %(labels)s."), labels=", ".join(labels))


def stage_defaults(object_type: ObjectType, values: Mapping[str, Any]) -> dict[str, Any]:
    """The pipeline and stage a new record starts in when none is named: the first of each that takes it (SPEC 3)."""
    pipeline_property, stage_property = object_type.pipeline_property, object_type.stage_property
    if pipeline_property is None or stage_property is None or not object_type.pipelines:
        return {}
    stage_name = values.get(stage_property.name)
    pipeline = object_type.pipeline(values.get(pipeline_property.name)) or next(
        (one for one in object_type.pipelines if one.stage(stage_name)), object_type.first_pipeline
    )
    stage = pipeline.stage(stage_name) or pipeline.first_stage
    return {pipeline_property.name: pipeline.name, stage_property.name: stage_name or stage.name}


def stage_errors(object_type: ObjectType, values: Mapping[str, Any]) -> dict[str, Message]:
    """A message when `values` name no pipeline, no stage, or a stage that is not one of the pipeline (SPEC 2.9)."""
    pipeline_property, stage_property = object_type.pipeline_property, object_type.stage_property
    if pipeline_property is None or stage_property is None or not object_type.pipelines:
        return {}
    empty = [name for name in (pipeline_property.name, stage_property.name) if values.get(name) in (None, "")]
    if empty:
        return {name: _missing(object_type, [name]) for name in empty}
    pipeline = object_type.pipeline(values[pipeline_property.name])
    if pipeline is None or pipeline.stage(values[stage_property.name]):
        return {}
    text = N_("Pipeline “%(pipeline)s” has no such stage.")
    return {stage_property.name: Message(text, pipeline=pipeline.label)}
