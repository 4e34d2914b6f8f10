"""Where a record is in its pipeline, and where somebody may move it (SPEC 1.6, 2.9). Read from the record, no query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crm.clock import now
from crm.objects.schema import ObjectType, Pipeline, Property, Stage
from crm.objects.stage_properties import ENTERED_CURRENT
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Choice, Context
from crm.records.queries import RecordRow
from crm.records.shown import field_for
from crm.records.stage_fields import with_stage_choices


class StepState(StrEnum):
    """How a stage stands to the one the record is in."""

    PASSED = "passed"
    CURRENT = "current"
    AHEAD = "ahead"


@dataclass(frozen=True)
class Step:
    """One stage of the bar."""

    stage: Stage
    state: StepState


@dataclass(frozen=True)
class StageProgress:
    """The bar: the stages of the record's pipeline, and since when it has been in its own.

    `choices` are the other stages, those a rule forbids disabled; there are none for who may not move the record.
    """

    pipeline: Pipeline
    prop: Property
    steps: Sequence[Step]
    current: Stage | None
    since: datetime | None
    days: int | None
    choices: Sequence[Choice]

    @property
    def place(self) -> int:
        """Which one the current stage is, counted from 1; 0 while there is none."""
        return next((at for at, step in enumerate(self.steps, 1) if step.state is StepState.CURRENT), 0)


def stage_progress(viewer: Viewer, record: RecordRow, context: Context, can_edit: bool) -> StageProgress | None:
    """The progress of a record; None for one of an object without pipelines."""
    kind, prop = record.type, record.type.stage_property
    if prop is None or kind.pipeline_property is None or not kind.pipelines:
        return None
    name = record.values.get(prop.name)
    pipeline = kind.pipeline(record.values.get(kind.pipeline_property.name)) or _pipeline_of(kind, name)
    current = pipeline.stage(name)
    since = record.values.get(ENTERED_CURRENT) if current else None
    may_move = can_edit and prop.is_open_to(viewer)
    return StageProgress(
        pipeline=pipeline,
        prop=prop,
        steps=_steps(pipeline, current),
        current=current,
        since=since,
        days=(now() - since).days if since else None,
        choices=_choices(viewer, record, context, prop) if may_move else (),
    )


def _pipeline_of(kind: ObjectType, stage_name: str | None) -> Pipeline:
    return next((one for one in kind.pipelines if one.stage(stage_name)), kind.first_pipeline)


def _steps(pipeline: Pipeline, current: Stage | None) -> list[Step]:
    """The stages in order. Those that end the work are never behind: what was lost has not been won before."""
    at = next((place for place, one in enumerate(pipeline.stages) if one is current), -1)
    steps = [Step(stage, _state(stage, place, at)) for place, stage in enumerate(pipeline.stages)]
    return [step for step in steps if step.stage is current or not step.stage.is_leaving]


def _state(stage: Stage, place: int, at: int) -> StepState:
    if place == at:
        return StepState.CURRENT
    return StepState.PASSED if place < at and not stage.is_closed else StepState.AHEAD


def _choices(viewer: Viewer, record: RecordRow, context: Context, prop: Property) -> list[Choice]:
    value = record.values.get(prop.name)
    field = with_stage_choices(field_for(prop, context, value), viewer, record.type, record.values, record.values)
    return [one for one in field.options if one.value and one.value != value]
