"""Pipelines: made, renamed, put in order, given rules (SPEC 2.9). Taking one away moves its records first
(crm/records/stage_removal.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.db import db, touch
from crm.messages import N_, Message
from crm.objects.models import PipelineRow
from crm.objects.pipeline_changes import (
    InvalidPipeline,
    begin_change,
    change,
    checked_label,
    end_change,
    free_name,
    moved,
    pipeline_called,
    put_in_order,
    with_pipelines,
)
from crm.objects.queries import STAMP, schema
from crm.objects.schema import ObjectType, Pipeline
from crm.objects.stage_properties import add_stage_facts, relabel_stage_facts
from crm.objects.stage_states import states_of
from crm.objects.stages import StageSettings, checked_settings, insert_stages, settings_of
from crm.permissions.viewer import Viewer

LONGEST_NAME = 60


@dataclass(frozen=True)
class PipelineSettings:
    """What people say of a pipeline: its label and the rules that hold in it. Super admins are bound by none."""

    label: str
    forbids_skipping: bool = False
    forbids_going_back: bool = False
    locks_closed: bool = False


def sync_pipelines() -> None:
    """Give every stage its properties: those of stages made before there were such properties too.

    Safe to run at every start; follows `crm.objects.operations.sync`.
    """
    added = [
        add_stage_facts(
            kind.name,
            [
                (stage.name, stage.label, pipeline.label)
                for pipeline in kind.pipelines
                for stage in pipeline.stages
            ],
        )
        for kind in schema().types.values()
        if kind.pipelines
    ]
    if any(added):
        touch(STAMP)


def create_pipeline(
    actor: Viewer, object_type: str, label: str, stages: Sequence[StageSettings] | None = None
) -> str:
    """Make a pipeline and return its internal name; without `stages` it gets those of `usual_stages`.

    The object has the properties of pipelines already (`give_stage_properties`, in the same unit for a new object).
    Raises Forbidden, NotFound, and InvalidPipeline, also when it would have no stage or records could start nowhere.
    """
    begin_change(actor)
    kind = with_pipelines(object_type)
    errors: dict[str, Message] = {}
    label = checked_label(label, [one.label for one in kind.pipelines], errors)
    wanted = usual_stages(kind) if stages is None else list(stages)
    checked: list[StageSettings] = []
    for stage in wanted:
        checked_label(stage.label, [one.label for one in checked], errors, "stages")
        checked.append(checked_settings(kind, None, stage))
    if not any(stage.allows_creation for stage in checked):
        errors["stages"] = Message(N_("A pipeline needs a stage in which records can start"))
    if errors:
        raise InvalidPipeline(errors)
    name = free_name(label, "pipeline", {one.name for one in kind.pipelines}, LONGEST_NAME)
    values = {"object_type": kind.name, "name": name, "label": label, "position": len(kind.pipelines)}
    pipeline_id = db.session.execute(sa.insert(PipelineRow).values(**values)).inserted_primary_key[0]
    insert_stages(kind, pipeline_id, label, checked)
    end_change()
    record(actor, Action.PIPELINE_CREATED, About(Kind.PIPELINE, pipeline_id, label), {"object": kind.plural_label})
    return name


def usual_stages(kind: ObjectType) -> list[StageSettings]:
    """The stages a new pipeline begins with: those of the object's first pipeline, else one for each state."""
    if kind.pipelines:
        copied = [settings_of(kind, stage) for stage in kind.first_pipeline.stages if not stage.is_leaving]
        return [StageSettings(one.label, one.state, one.probability, one.color) for one in copied]
    return [
        StageSettings(state.label, state.name, 0.5 if state.probability is None else state.probability)
        for state in states_of(kind.name)
    ]


def change_pipeline(actor: Viewer, object_type: str, name: str, wanted: PipelineSettings) -> None:
    """Store the label and the rules of a pipeline. Raises Forbidden, NotFound, InvalidPipeline."""
    begin_change(actor)
    kind = with_pipelines(object_type)
    pipeline = pipeline_called(kind, name)
    errors: dict[str, Message] = {}
    label = checked_label(wanted.label, [one.label for one in kind.pipelines if one.name != name], errors)
    if errors:
        raise InvalidPipeline(errors)
    values = {
        "label": label,
        "forbids_skipping": wanted.forbids_skipping,
        "forbids_going_back": wanted.forbids_going_back,
        "locks_closed": wanted.locks_closed,
    }
    differing = {key: value for key, value in values.items() if getattr(pipeline, key) != value}
    if not differing:
        return
    change(sa.update(PipelineRow).where(PipelineRow.id == pipeline.id).values(**differing))
    if label != pipeline.label:
        for stage in pipeline.stages:
            relabel_stage_facts(kind.name, stage.name, stage.label, label)
    end_change()
    about = About(Kind.PIPELINE, pipeline.id, pipeline.label)
    record(actor, Action.PIPELINE_CHANGED, about, _told(pipeline, differing))


def move_pipeline(actor: Viewer, object_type: str, name: str, steps: int) -> None:
    """Move a pipeline by so many places among those of its object. Raises Forbidden, NotFound."""
    begin_change(actor)
    kind = with_pipelines(object_type)
    pipeline = pipeline_called(kind, name)
    put_in_order(PipelineRow, moved([one.id for one in kind.pipelines], pipeline.id, steps))
    end_change()
    record(actor, Action.PIPELINES_REORDERED, About(Kind.PIPELINE, pipeline.id, pipeline.label))


def _told(pipeline: Pipeline, differing: dict[str, str | bool]) -> dict[str, str]:
    told = {"changes": ", ".join(f"{key}: {value}" for key, value in differing.items() if key != "label")}
    if "label" in differing:
        told["name"] = f"{pipeline.label} → {differing['label']}"
    return told
