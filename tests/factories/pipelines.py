"""Making pipelines with rules, and moving records through them."""

from typing import Any

from crm.db import end_read, unit_of_work
from crm.objects.pipelines import PipelineSettings, change_pipeline, create_pipeline
from crm.objects.queries import schema
from crm.objects.schema import Stage
from crm.objects.stages import StageSettings, change_stage, settings_of
from crm.permissions.viewer import SYSTEM, Viewer
from crm.records.operations import update_record
from crm.records.source import SCREEN, Source

STAGES = (
    StageSettings("First", probability=0.1),
    StageSettings("Second", probability=0.2),
    StageSettings("Third", probability=0.5),
    StageSettings("Won", "won"),
    StageSettings("Lost", "lost"),
)


def make_pipeline(label: str = "Renewals", object_type: str = "deal", **rules: bool) -> str:
    """A pipeline of deals with the stages first, second, third, won and lost; returns its name."""
    end_read()
    with unit_of_work():
        name = create_pipeline(SYSTEM, object_type, label, STAGES if object_type == "deal" else None)
        change_pipeline(SYSTEM, object_type, name, PipelineSettings(label, **rules))
    return name


def set_stage(pipeline: str, name: str, object_type: str = "deal", **settings: Any) -> None:
    """Change what is said of a stage, and nothing else of it."""
    end_read()
    kind = schema().object_type(object_type)
    found = kind.pipeline(pipeline)
    stage = found.stage(name) if found else None
    assert stage is not None
    now = settings_of(kind, stage)
    with unit_of_work():
        change_stage(SYSTEM, object_type, pipeline, name, StageSettings(**(vars(now) | settings)))


def change(actor: Viewer, record_id: int, source: Source = SCREEN, **values: Any) -> set[str]:
    """Write values of a record, in a unit of its own."""
    end_read()
    with unit_of_work():
        return update_record(actor, record_id, values, source=source)


def stages_of(object_type: str, pipeline: str) -> list[Stage]:
    """The stages of a pipeline as they are now."""
    end_read()
    found = schema().object_type(object_type).pipeline(pipeline)
    assert found is not None
    return list(found.stages)
