"""What forms ask for because of pipelines: the stage of another pipeline, what a stage requires, and which stages a
person may choose (SPEC 2.5, 2.9). Read from the schema, no query.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from crm.objects.schema import ObjectType, Pipeline, Stage
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Choice
from crm.records.changes import Change
from crm.records.checks import record_checks
from crm.records.shown import Field
from crm.records.source import SCREEN

Names = list[tuple[str, bool]]


def stage_dependents(kind: ObjectType, name: str, values: Mapping[str, Any]) -> Names:
    """What a form that has the property `name` asks for besides, while it holds `values`; each with whether it must."""
    pipeline_property, stage_property = kind.pipeline_property, kind.stage_property
    if pipeline_property is None or stage_property is None or name not in (pipeline_property.name, stage_property.name):
        return []
    _pipeline, stage = _place(kind, values)
    asked: Names = []
    if name == pipeline_property.name and len(kind.pipelines) > 1:
        asked.append((stage_property.name, True))
    if stage is not None:
        asked += [(one, True) for one in stage.required if one in kind.properties]
    return asked


def possible_in_stages(kind: ObjectType, name: str) -> list[str]:
    """Everything that `stage_dependents` may ever answer."""
    pipeline_property, stage_property = kind.pipeline_property, kind.stage_property
    if pipeline_property is None or stage_property is None or name not in (pipeline_property.name, stage_property.name):
        return []
    required = (one for stage in kind.stages.values() for one in stage.required if one in kind.properties)
    asked = dict.fromkeys(required)
    return [*([stage_property.name] if name == pipeline_property.name else []), *asked]


def decides_about_stages(kind: ObjectType, name: str) -> bool:
    """Whether a form has to be shown anew when this property changes in it."""
    if kind.pipeline_property is not None and name == kind.pipeline_property.name:
        return len(kind.pipelines) > 1
    return bool(possible_in_stages(kind, name))


def fits_pipeline(kind: ObjectType, name: str, values: Mapping[str, Any]) -> bool:
    """Whether a stage that was typed is one of the pipeline that was; of other properties, yes."""
    if kind.stage_property is None or name != kind.stage_property.name:
        return True
    pipeline, stage = _place(kind, values)
    return pipeline is None or stage is not None


def with_stage_choices(
    field: Field, actor: Viewer, kind: ObjectType, before: Mapping[str, Any], values: Mapping[str, Any]
) -> Field:
    """A control for the pipeline or the stage with what this person may choose; any other control as it is.

    Stages of other pipelines than the one in `values` are left out, those a rule forbids are there and cannot be
    chosen. `before` is what the record holds, nothing for a new one.
    """
    pipeline_property, stage_property = kind.pipeline_property, kind.stage_property
    if pipeline_property is None or stage_property is None:
        return field
    if field.name == pipeline_property.name:
        leaving = {one.name for one in kind.pipelines if one.is_leaving and one.name != before.get(field.name)}
        return replace(field, options=tuple(one for one in field.options if one.value not in leaving))
    if field.name != stage_property.name:
        return field
    pipeline = kind.pipeline(values.get(pipeline_property.name))
    if pipeline is None:
        return field
    stages = {stage.name for stage in pipeline.stages}
    current = before.get(stage_property.name)
    options = (one for one in field.options if one.value in stages or not one.value)
    shut = _shut(actor, kind, before, pipeline, current)
    marked = (replace(one, disabled=True) if one.value in shut else one for one in options)
    return replace(field, options=_unknown_first(field, stages, tuple(marked)))


def _unknown_first(field: Field, stages: Iterable[str], options: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """An empty choice while none of the stages is chosen: a browser would send the first one."""
    if field.value in stages or any(not one.value for one in options):
        return options
    return (Choice("", "--"), *options)


def _shut(
    actor: Viewer, kind: ObjectType, before: Mapping[str, Any], pipeline: Pipeline, current: str | None
) -> set[str]:
    """The stages that the checks about stages would refuse, asked of each."""
    assert kind.pipeline_property is not None
    assert kind.stage_property is not None
    checks = [check for check in record_checks if check.is_about_stages]
    shut = set()
    for stage in pipeline.stages:
        if stage.name == current:
            continue
        wanted = {kind.pipeline_property.name: pipeline.name, kind.stage_property.name: stage.name}
        after = {name: value for name, value in wanted.items() if before.get(name) != value}
        # Any number stands for the record: no check about stages asks for its id.
        move = Change(actor, kind, 1 if before else None, before, after, SCREEN)
        if any(check.errors(move) for check in checks):
            shut.add(stage.name)
    return shut


def _place(kind: ObjectType, values: Mapping[str, Any]) -> tuple[Pipeline | None, Stage | None]:
    assert kind.pipeline_property is not None
    assert kind.stage_property is not None
    pipeline = kind.pipeline(values.get(kind.pipeline_property.name))
    return pipeline, pipeline.stage(values.get(kind.stage_property.name)) if pipeline else None
