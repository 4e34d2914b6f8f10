"""A stage that conditions of properties name is not deleted under them (SPEC 2.5, 2.9)."""

import pytest

from crm.db import end_read, unit_of_work
from crm.objects.pipeline_changes import InvalidPipeline
from crm.objects.pipelines import create_pipeline
from crm.objects.properties import change_settings
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.records.stage_removal import delete_pipeline, delete_stage


def decide_by(alice: Viewer, stage: str) -> None:
    dependent = {"name": "description", "required": False}
    condition = {"operator": "any_of", "values": [stage], "dependents": [dependent]}
    keep(alice, [condition])


def keep(alice: Viewer, conditions: list[object] | None) -> None:
    end_read()
    with unit_of_work():
        change_settings(alice, "deal", "dealstage", {"conditions": conditions})
    end_read()


def test_a_stage_that_decides_about_a_property_stays_until_it_does_no_more(alice: Viewer) -> None:
    pipeline = schema().object_type("deal").first_pipeline
    first, second = pipeline.stages[0].name, pipeline.stages[1].name
    decide_by(alice, second)
    with pytest.raises(InvalidPipeline, match="in use") as refused, unit_of_work():
        delete_stage(alice, "deal", pipeline.name, second, first)
    assert set(refused.value.errors) == {"target"}
    keep(alice, None)
    with unit_of_work():
        assert delete_stage(alice, "deal", pipeline.name, second, first)


def test_nor_does_a_pipeline_go_with_such_a_stage(alice: Viewer) -> None:
    pipeline = schema().object_type("ticket").pipelines[0]
    end_read()
    with unit_of_work():
        create_pipeline(alice, "ticket", "Second")
    dependent = {"name": "content", "required": False}
    condition = {"operator": "any_of", "values": [pipeline.stages[0].name], "dependents": [dependent]}
    end_read()
    with unit_of_work():
        change_settings(alice, "ticket", "hs_pipeline_stage", {"conditions": [condition]})
    end_read()
    target = schema().object_type("ticket").pipelines[1].stages[0].name
    end_read()
    with pytest.raises(InvalidPipeline, match="in use") as refused, unit_of_work():
        delete_pipeline(alice, "ticket", pipeline.name, {stage.name: target for stage in pipeline.stages})
    assert set(refused.value.errors) == {"pipeline"}
