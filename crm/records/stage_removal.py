"""Taking stages and pipelines away; their records go to other stages first (SPEC 2.9).

A stage that is being deleted says where its records go and takes no new ones. A few records are moved at once, many by
a job in batches, each its own unit of work; stopped in the middle, it goes on with what is left. Deleted records are
moved too, so that restoring one never brings it into a stage that is no more. No rule of a pipeline and no other check
refuses such a move: it is the account's doing, not the record's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm.accounts.queries import viewer_for
from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.db import db, end_read, unit_of_work
from crm.events import RecordChanging, RecordUpdated, publish
from crm.jobs.queue import enqueue, forget_failures, last_failure
from crm.messages import N_, Message
from crm.objects.models import PipelineRow, StageRow
from crm.objects.options import option_uses
from crm.objects.pipeline_changes import (
    InvalidPipeline,
    begin_change,
    change,
    close_stages,
    end_change,
    pipeline_called,
    stage_called,
    with_pipelines,
)
from crm.objects.schema import ObjectType, Pipeline, Property, Stage
from crm.objects.stage_properties import hide_stage_facts
from crm.permissions.errors import NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import SYSTEM, Viewer
from crm.records import rows, stage_history
from crm.records.automatic import completed
from crm.records.changes import Change
from crm.records.operations import write_change
from crm.records.queries import read_values
from crm.records.source import Source, SourceKind

EMPTY_STAGES = "empty_stages"
KEEP_STAGES = "keep_stages"
AT_ONCE = 50
SOURCE = Source(SourceKind.RULE, "stage deleted")
LAST_STAGE = N_("A pipeline keeps at least one stage")
LAST_PIPELINE = N_("There must be one pipeline at least")
CHOOSE_TARGET = N_("Choose where its records go")
NO_START = N_("Records could start in no other stage: allow it in one first")
IN_USE = N_("This is in use: %(places)s. Change that first")
IS_TARGET = N_("Records of another stage are being moved here: wait until they are")


def delete_stage(actor: Viewer, object_type: str, pipeline_name: str, name: str, target: str | None) -> bool:
    """Take a stage away; its records go to the stage `target` of the same pipeline, which an empty one needs not name.

    Whether it is gone already, or a job moves its records first. Raises Forbidden, NotFound, InvalidPipeline.
    """
    begin_change(actor)
    kind = with_pipelines(object_type)
    pipeline = pipeline_called(kind, pipeline_name)
    stage = stage_called(pipeline, name)
    close_stages([stage.id])
    staying = [one for one in pipeline.stages if one.id != stage.id and not one.is_leaving]
    if not staying:
        raise InvalidPipeline({"target": Message(LAST_STAGE)})
    if not any(one.allows_creation for one in staying):
        raise InvalidPipeline({"target": Message(NO_START)})
    _refuse_used(kind, kind.stage_property, [stage.name], "target")
    goes_to = {stage.name: _target(kind, stage, staying, target)}
    about = About(Kind.PIPELINE, pipeline.id, pipeline.label)
    record(actor, Action.STAGE_DELETED, about, {"name": stage.label, "records_to": goes_to[stage.name].label})
    return _begin(actor, kind, pipeline, goes_to)


def delete_pipeline(actor: Viewer, object_type: str, name: str, targets: Mapping[str, str | None]) -> bool:
    """Take a pipeline away; `targets` name the stage of another pipeline where the records of each stage go.

    Whether it is gone already, or a job moves its records first. Raises Forbidden, NotFound, InvalidPipeline.
    """
    begin_change(actor)
    kind = with_pipelines(object_type)
    pipeline = pipeline_called(kind, name)
    close_stages([stage.id for stage in pipeline.stages])
    others = [one for one in kind.pipelines if one.id != pipeline.id and not one.is_leaving]
    staying = [stage for one in others for stage in one.stages if not stage.is_leaving]
    if not staying:
        raise InvalidPipeline({"pipeline": Message(LAST_PIPELINE)})
    _refuse_used(kind, kind.pipeline_property, [pipeline.name], "pipeline")
    _refuse_used(kind, kind.stage_property, [stage.name for stage in pipeline.stages], "pipeline")
    errors: dict[str, Message] = {}
    goes_to: dict[str, Stage] = {}
    for stage in pipeline.stages:
        try:
            goes_to[stage.name] = _target(kind, stage, staying, targets.get(stage.name))
        except InvalidPipeline as error:
            errors[stage.name] = error.errors["target"]
    if errors:
        raise InvalidPipeline(errors)
    change(sa.update(PipelineRow).where(PipelineRow.id == pipeline.id).values(is_leaving=True))
    told = ", ".join(f"{stage.label} → {goes_to[stage.name].label}" for stage in pipeline.stages)
    about = About(Kind.PIPELINE, pipeline.id, pipeline.label)
    record(actor, Action.PIPELINE_DELETED, about, {"object": kind.plural_label, "records_to": told})
    return _begin(actor, kind, pipeline, goes_to)


def count_in(kind: ObjectType, stage_name: str) -> int:
    """How many records are in a stage, deleted ones too."""
    counted = sa.select(sa.func.count()).select_from(kind.table).where(_stage_column(kind) == stage_name)
    return db.session.execute(unguarded(counted, "a number for those who edit pipelines")).scalar_one()


def counts_in_stages(kind: ObjectType) -> dict[str, int]:
    """How many records are in each stage, deleted ones too; one query."""
    column = _stage_column(kind)
    counted = sa.select(column, sa.func.count()).select_from(kind.table).group_by(column)
    found = db.session.execute(unguarded(counted, "numbers for those who edit pipelines"))
    return {row[0]: row[1] for row in found}


def empty_stages(payload: Mapping[str, Any]) -> None:
    """The job: move what is in the stages that are being deleted, batch by batch, and take them away then."""
    actor = replace(viewer_for(payload["actor_id"]), is_super_admin=True)
    is_left = True
    while is_left:
        end_read()
        with unit_of_work():
            is_left = _go_on(actor, payload["object_type"])


def keep_stages(payload: Mapping[str, Any]) -> None:
    """The job after `empty_stages` failed for good: stages and pipelines it could not take away take records again."""
    with unit_of_work():
        begin_change(SYSTEM)
        kind = with_pipelines(payload["object_type"])
        if why_kept(kind) is None:
            # Somebody deletes another stage by now, and whoever empties that goes on with these too.
            return
        pipelines = [one.id for one in kind.pipelines]
        change(sa.update(StageRow).where(StageRow.pipeline_id.in_(pipelines)).values(moves_to_id=None))
        change(sa.update(PipelineRow).where(PipelineRow.id.in_(pipelines)).values(is_leaving=False))
        for pipeline in kind.pipelines:
            about = About(Kind.PIPELINE, pipeline.id, pipeline.label)
            if names := [stage.label for stage in pipeline.stages if stage.is_leaving]:
                record(SYSTEM, Action.STAGES_KEPT, about, {"name": ", ".join(names)})
        end_change()


def why_kept(kind: ObjectType) -> str | None:
    """What went wrong when stages of an object were last deleted and could not be, None when nothing did."""
    return last_failure(EMPTY_STAGES, kind.name)


def _refuse_used(kind: ObjectType, prop: Property | None, values: Iterable[str], field: str) -> None:
    """Raise InvalidPipeline while a condition, a form or a rollup names one of these stages or pipelines.

    A condition about a stage that is no more would never hold again, and what it shows be nowhere.
    """
    uses = [str(use.text) for value in values for use in option_uses(kind, prop, value)] if prop else []
    if uses:
        raise InvalidPipeline({field: Message(IN_USE, places="; ".join(dict.fromkeys(uses)))})


def _target(kind: ObjectType, stage: Stage, staying: list[Stage], wanted: str | None) -> Stage:
    if _is_target(stage):
        raise InvalidPipeline({"target": Message(IS_TARGET)})
    found = next((one for one in staying if one.name == wanted), None)
    if found is None and (wanted or count_in(kind, stage.name)):
        raise InvalidPipeline({"target": Message(CHOOSE_TARGET)})
    return found or staying[0]


def _is_target(stage: Stage) -> bool:
    waiting = sa.select(StageRow.id).where(StageRow.moves_to_id == stage.id).limit(1)
    return db.session.execute(waiting).first() is not None


def _begin(actor: Viewer, kind: ObjectType, pipeline: Pipeline, goes_to: Mapping[str, Stage]) -> bool:
    for stage in pipeline.stages:
        if stage.name in goes_to:
            change(sa.update(StageRow).where(StageRow.id == stage.id).values(moves_to_id=goes_to[stage.name].id))
    end_change()
    forget_failures(EMPTY_STAGES, kind.name)
    if sum(count_in(kind, name) for name in goes_to) <= AT_ONCE:
        while _go_on(replace(actor, is_super_admin=True), kind.name):
            pass
        return True
    payload = {"actor_id": actor.user_id, "object_type": kind.name}
    enqueue(EMPTY_STAGES, payload, unique_key=kind.name)
    return False


def _go_on(actor: Viewer, object_type: str) -> bool:
    """Move a batch, or take an empty stage away; whether anything is left to do."""
    try:
        kind = with_pipelines(object_type)
    except NotFound:
        return False
    leaving = [(one, stage) for one in kind.pipelines for stage in one.stages if stage.is_leaving]
    if not leaving:
        return False
    pipeline, stage = leaving[0]
    ids = _some_in(kind, stage.name)
    goes_to = _moves_to(kind, stage)
    if ids and goes_to is not None:
        rows.lock_passports(ids)
        for record_id in ids:
            _move(actor, kind, record_id, stage.name, goes_to)
        return True
    change(sa.delete(StageRow).where(StageRow.id == stage.id))
    hide_stage_facts(kind.name, stage.name)
    if pipeline.is_leaving and len(pipeline.stages) == 1:
        change(sa.delete(PipelineRow).where(PipelineRow.id == pipeline.id))
    end_change()
    return len(leaving) > 1


def _moves_to(kind: ObjectType, stage: Stage) -> tuple[str, str] | None:
    target = db.session.scalar(sa.select(StageRow.moves_to_id).where(StageRow.id == stage.id))
    found = ((one.name, each.name) for one in kind.pipelines for each in one.stages if each.id == target)
    return next(found, None)


def _some_in(kind: ObjectType, stage_name: str) -> list[int]:
    table = kind.table
    statement = sa.select(table.c.record_id).where(_stage_column(kind) == stage_name)
    ordered = statement.order_by(table.c.record_id).limit(AT_ONCE)
    return list(db.session.scalars(unguarded(ordered, "ids for what acts for the whole account")))


def _move(actor: Viewer, kind: ObjectType, record_id: int, stage_name: str, goes_to: tuple[str, str]) -> None:
    pipeline_property, stage_property = kind.pipeline_property, kind.stage_property
    assert pipeline_property is not None
    assert stage_property is not None
    wanted = {pipeline_property.name: goes_to[0], stage_property.name: goes_to[1]}
    publish(RecordChanging(actor, record_id, wanted))
    passport = rows.lock_passport(record_id)
    if passport is None:
        return
    before = read_values(kind, record_id)
    if before[stage_property.name] != stage_name:
        # Somebody has moved it in the meantime.
        return
    after = {name: value for name, value in wanted.items() if before[name] != value}
    moving, given = completed(Change(actor, kind, record_id, before, after, SOURCE, passport.owner_id))
    if passport.archived_at is None:
        write_change(passport, moving, given)
        return
    version = passport.version + 1
    rows.update_rows(kind, record_id, version, moving.after, None)
    rows.write_history(actor, kind, record_id, version, before, moving.after, SOURCE, given, moving.moment)
    was = {name: before[name] for name in moving.after}
    told = RecordUpdated(actor, record_id, kind.name, was, moving.after, str(SOURCE.kind), moving.moment)
    stage_history.on_record_updated(told)


def _stage_column(kind: ObjectType) -> sa.Column[Any]:
    assert kind.stage_property is not None
    return kind.column(kind.stage_property.name)
