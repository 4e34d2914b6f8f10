"""The properties an object with pipelines has: where a record is, and when and how long in each stage (SPEC 2.7).

Each stage brings four of them, real columns like any other. They go into hiding with their stage.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from crm.clock import now
from crm.db import db
from crm.messages import N_
from crm.objects import storage
from crm.objects.definitions.base import GroupDefinition, PropertyDefinition
from crm.objects.definitions.shared import DURATION, auto
from crm.objects.operations import add_group, add_properties
from crm.objects.schema import stage_slug
from crm.objects.stage_facts import STAGE_FACTS
from crm.properties.models import PropertyRow

PIPELINE = "hs_pipeline"
STAGE = "hs_pipeline_stage"
ENTERED_CURRENT = "hs_v2_date_entered_current_stage"
STAGES = GroupDefinition("stages", N_("Time in stages"))


def give_stage_properties(object_type: str, group: str) -> None:
    """Let an object have pipelines: add the properties that say where its records are (SPEC 2.10).

    Does nothing when it has them already. A pipeline has to follow (`create_pipeline`), in the same unit of work.
    """
    taken = storage.existing_columns(object_type)
    wanted = (
        PropertyDefinition(PIPELINE, N_("Pipeline"), "dropdown", group, settings={"options_from": "pipeline"}),
        PropertyDefinition(STAGE, N_("Stage"), "dropdown", group, settings={"options_from": "stage"}),
    )
    add_properties(object_type, [one for one in wanted if one.column not in taken])


def add_stage_facts(object_type: str, stages: Iterable[tuple[str, str, str]]) -> bool:
    """Add what is missing of the properties of `stages`: name, label, label of the pipeline; whether anything was."""
    taken = storage.existing_columns(object_type)
    current = auto(ENTERED_CURRENT, N_("Date entered current stage"), "date_time", STAGES.name)
    missing = [current] if ENTERED_CURRENT not in taken else []
    missing += [
        auto(
            fact.name_for(stage_slug(name)),
            str(fact.label_for(label, pipeline_label)),
            fact.type,
            STAGES.name,
            DURATION if fact.type == "number" else None,
        )
        for name, label, pipeline_label in stages
        for fact in STAGE_FACTS
        if fact.name_for(stage_slug(name)) not in taken
    ]
    if missing:
        add_group(object_type, STAGES)
        add_properties(object_type, missing)
    return bool(missing)


def relabel_stage_facts(object_type: str, name: str, label: str, pipeline_label: str) -> None:
    """Call the properties of a stage by its new label, or that of its pipeline."""
    for fact in STAGE_FACTS:
        _change(object_type, fact.name_for(stage_slug(name)), label=str(fact.label_for(label, pipeline_label)))


def hide_stage_facts(object_type: str, name: str) -> None:
    """Hide the properties of a stage that is no more; what they held stays in their columns."""
    for fact in STAGE_FACTS:
        _change(object_type, fact.name_for(stage_slug(name)), archived_at=now())


def _change(object_type: str, name: str, **values: object) -> None:
    table = PropertyRow
    db.session.execute(
        sa.update(table).where(table.object_type == object_type, table.name == name).values(**values),
        execution_options={"synchronize_session": False},
    )
