"""Stages of a pipeline: added, changed, put in order (SPEC 2.9). Taking one away moves its records first
(crm/records/stage_removal.py).

Internal names are made from the first label and fixed from then on; no two stages of an object share one.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.db import db
from crm.events import StagesChanged, publish
from crm.messages import N_, Message
from crm.objects import changing, storage
from crm.objects.colors import COLOR_LABELS
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.models import StageRow
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
    stage_called,
    with_pipelines,
)
from crm.objects.schema import ObjectType, Pipeline, Stage
from crm.objects.stage_facts import ENTERED, LONGEST_SLUG
from crm.objects.stage_properties import add_stage_facts, relabel_stage_facts
from crm.objects.stage_states import has_probability, state_of, states_of
from crm.permissions.viewer import Viewer

NO_ROOM = N_("The database has no room for another stage of this object: each brings four properties.")


@dataclass(frozen=True)
class StageSettings:
    """What people say of a stage. `state` is one of `states_of` its object; `probability` (0 to 1) counts while open.

    `required` are the properties a record needs to be in it, `allows_creation` whether records may start in it.
    """

    label: str
    state: str = ""
    probability: float | None = None
    color: str | None = None
    required: tuple[str, ...] = ()
    allows_creation: bool = True


def settings_of(kind: ObjectType, stage: Stage) -> StageSettings:
    """What is said of a stage now."""
    return StageSettings(
        label=stage.label,
        state=state_of(kind.name, stage).name,
        probability=stage.probability,
        color=stage.color,
        required=stage.required,
        allows_creation=stage.allows_creation,
    )


def add_stage(actor: Viewer, object_type: str, pipeline_name: str, wanted: StageSettings) -> str:
    """Add a stage and return its internal name; an open one comes before the closed ones.

    Raises Forbidden, NotFound, InvalidPipeline.
    """
    begin_change(actor)
    kind = with_pipelines(object_type)
    pipeline = pipeline_called(kind, pipeline_name)
    checked = checked_settings(kind, pipeline, wanted)
    name = insert_stages(kind, pipeline.id, pipeline.label, [checked], first=len(pipeline.stages))[0]
    new_id = db.session.scalar(sa.select(StageRow.id).where(StageRow.pipeline_id == pipeline.id, StageRow.name == name))
    is_closed = {state.name: state.is_closed for state in states_of(kind.name)}[checked.state]
    before = [stage.id for stage in pipeline.stages if not stage.is_closed or is_closed]
    after = [stage.id for stage in pipeline.stages if stage.id not in before]
    put_in_order(StageRow, [*before, new_id, *after])
    end_change()
    record(actor, Action.STAGE_ADDED, About(Kind.PIPELINE, pipeline.id, pipeline.label), {"name": checked.label})
    return name


def change_stage(actor: Viewer, object_type: str, pipeline_name: str, name: str, wanted: StageSettings) -> None:
    """Store what is said of a stage. Raises Forbidden, NotFound, InvalidPipeline.

    Records in it get what follows from a new probability or state, by those who hear of it.
    """
    begin_change(actor)
    kind = with_pipelines(object_type)
    pipeline = pipeline_called(kind, pipeline_name)
    stage = stage_called(pipeline, name)
    checked = checked_settings(kind, pipeline, wanted, stage)
    if checked == settings_of(kind, stage):
        return
    values = _columns(kind, checked)
    change(sa.update(StageRow).where(StageRow.id == stage.id).values(**values))
    if checked.label != stage.label:
        relabel_stage_facts(kind.name, stage.name, checked.label, pipeline.label)
    end_change()
    told = {"name": f"{stage.label} → {checked.label}" if checked.label != stage.label else stage.label}
    record(actor, Action.STAGE_CHANGED, About(Kind.PIPELINE, pipeline.id, pipeline.label), told)
    if (values["is_closed"], values["probability"]) != (stage.is_closed, stage.probability) or (
        json.loads(values["meta"]) != dict(stage.meta)
    ):
        publish(StagesChanged(actor, kind.name))


def move_stage(actor: Viewer, object_type: str, pipeline_name: str, name: str, steps: int) -> None:
    """Move a stage by so many places among those of its pipeline. Raises Forbidden, NotFound."""
    begin_change(actor)
    pipeline = pipeline_called(with_pipelines(object_type), pipeline_name)
    stage = stage_called(pipeline, name)
    put_in_order(StageRow, moved([one.id for one in pipeline.stages], stage.id, steps))
    end_change()
    record(actor, Action.STAGES_REORDERED, About(Kind.PIPELINE, pipeline.id, pipeline.label), {"name": stage.label})


def insert_stages(
    kind: ObjectType, pipeline_id: int, pipeline_label: str, stages: Sequence[StageSettings], first: int = 0
) -> list[str]:
    """Write the rows of new stages with the properties of each, and return their internal names.

    Raises InvalidPipeline when the table has no room for them, or is too busy to get other columns now.
    """
    taken = {stage.slug for stage in kind.stages.values()}
    columns = storage.existing_columns(kind.name)
    taken |= {column.removeprefix(ENTERED.prefix) for column in columns if column.startswith(ENTERED.prefix)}
    # This is the end of the name of a property of its own.
    taken.add("current_stage")
    names = []
    for place, stage in enumerate(stages, start=first):
        name = free_name(stage.label, "stage", taken, LONGEST_SLUG)
        taken.add(name)
        names.append(name)
        values = _columns(kind, stage) | {"pipeline_id": pipeline_id, "name": name, "position": place}
        db.session.execute(sa.insert(StageRow).values(**values))
    try:
        changing.hold_table(kind.name)
        labels = (stage.label for stage in stages)
        add_stage_facts(kind.name, [(name, label, pipeline_label) for name, label in zip(names, labels, strict=True)])
    except InvalidDefinition as error:
        raise InvalidPipeline({"label": error.errors["form"]}) from None
    except storage.TooManyColumns:
        raise InvalidPipeline({"label": Message(NO_ROOM)}) from None
    return names


def checked_settings(
    kind: ObjectType, pipeline: Pipeline | None, wanted: StageSettings, stage: Stage | None = None
) -> StageSettings:
    """`wanted` in its normal form; raises InvalidPipeline with all that is wrong with it.

    `pipeline` is None while it is being made, and `stage` the one that is being changed.
    """
    errors: dict[str, Message] = {}
    others = [one for one in pipeline.stages if stage is None or one.id != stage.id] if pipeline else []
    label = checked_label(wanted.label, [one.label for one in others], errors)
    states = {state.name: state for state in states_of(kind.name)}
    state = states.get(wanted.state or next(iter(states)))
    if state is None:
        errors["state"] = Message(N_("Choose one of the states"))
    probability = wanted.probability
    if state is not None and (state.probability is not None or not has_probability(kind.name)):
        probability = state.probability
    elif probability is None:
        errors["probability"] = Message(N_("Enter a probability between 0 and 100"))
    elif not 0 <= probability <= 1:
        errors["probability"] = Message(N_("Between 0 and 100"))
    if wanted.color is not None and wanted.color not in COLOR_LABELS:
        errors["color"] = Message(N_("Choose one of the colors"))
    unknown = [name for name in wanted.required if not can_be_required(kind, name)]
    if unknown:
        errors["required"] = Message(N_("%(name)s cannot be required"), name=unknown[0])
    if pipeline and not wanted.allows_creation and not any(one.allows_creation for one in others):
        errors["allows_creation"] = Message(N_("Records must be able to start in one stage at least"))
    if errors or state is None:
        raise InvalidPipeline(errors)
    return replace(wanted, label=label, state=state.name, probability=probability)


def can_be_required(kind: ObjectType, name: str) -> bool:
    """Whether a stage may ask for this property: one people write, other than pipeline and stage themselves."""
    prop = kind.properties.get(name)
    if prop is None or prop.read_only:
        return False
    return not prop.settings.get("options_from")


def _columns(kind: ObjectType, stage: StageSettings) -> dict[str, Any]:
    state = next(one for one in states_of(kind.name) if one.name == stage.state)
    return {
        "label": stage.label,
        "is_closed": state.is_closed,
        "probability": stage.probability,
        "meta": json.dumps(dict(state.meta)),
        "color": stage.color,
        "required": json.dumps(list(stage.required)),
        "allows_creation": stage.allows_creation,
    }
