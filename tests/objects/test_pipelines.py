"""Pipelines as definitions: names are fixed and unique, syncing leaves them alone, older databases get visits."""

import importlib
from dataclasses import replace

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.db import db, end_read, unit_of_work
from crm.i18n import reader
from crm.objects import storage
from crm.objects.operations import sync
from crm.objects.pipeline_changes import InvalidPipeline
from crm.objects.pipelines import PipelineSettings, change_pipeline, create_pipeline, sync_pipelines
from crm.objects.properties import change_property, content_of
from crm.objects.queries import schema
from crm.objects.stages import StageSettings, add_stage
from crm.permissions.errors import Forbidden
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import SYSTEM, Viewer
from crm.records.models import StageVisit
from tests.factories import make_deal, make_record
from tests.factories.pipelines import change, make_pipeline, set_stage, stages_of
from tests.support.thoroughness import usually

MIGRATION = importlib.import_module("crm.migrations.versions.0009_stage_visits")


def test_syncing_leaves_what_people_changed(app: Flask) -> None:
    pipeline = make_pipeline()
    set_stage("default", "contractsent", label="Offer sent", probability=0.85, color="blue")
    end_read()
    with unit_of_work():
        change_pipeline(SYSTEM, "deal", "default", PipelineSettings("Selling", forbids_skipping=True))
    before = schema().object_type("deal").pipelines
    columns = storage.existing_columns("deal")
    end_read()
    with unit_of_work():
        sync()
        sync_pipelines()
    end_read()
    assert schema().object_type("deal").pipelines == before
    assert storage.existing_columns("deal") == columns
    assert schema().object_type("deal").pipeline(pipeline) is not None


def test_names_of_stages_differ_in_all_pipelines_of_an_object(app: Flask) -> None:
    make_pipeline("One")
    make_pipeline("Two")
    make_pipeline("客戶")
    kind = schema().object_type("deal")
    names = [stage.name for one in kind.pipelines for stage in one.stages]
    assert len(names) == len(set(names)) == len({stage.slug for stage in kind.stages.values()})
    assert kind.pipelines[-1].name == "pipeline"


@settings(max_examples=usually(10, 60), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(label=st.text(max_size=120))
def test_any_label_makes_a_stage_or_is_refused_and_adds_four_columns(app: Flask, label: str) -> None:
    end_read()
    before = storage.existing_columns("deal")
    end_read()
    refused: set[str] = set()
    name = ""
    try:
        with unit_of_work():
            name = add_stage(SYSTEM, "deal", "default", StageSettings(label, probability=0.5))
    except InvalidPipeline as error:
        refused = set(error.errors)
    added = storage.existing_columns("deal") - before
    assert (refused, len(added)) in ((set(), 4), ({"label"}, 0))
    assert all(column.endswith(name) and storage.NAME.fullmatch(column) for column in added)


def test_pipelines_are_for_people_who_edit_properties(dana: Viewer) -> None:
    end_read()
    with pytest.raises(Forbidden), unit_of_work():
        create_pipeline(dana, "deal", "Mine")


def test_a_pipeline_needs_a_stage_in_which_records_start(app: Flask) -> None:
    for stages in ([], [StageSettings("Only", probability=0.1, allows_creation=False)]):
        end_read()
        with pytest.raises(InvalidPipeline) as refused, unit_of_work():
            create_pipeline(SYSTEM, "deal", "Empty", stages)
        assert list(refused.value.errors) == ["stages"]
    set_stage("default", "appointmentscheduled", allows_creation=False)
    others = [stage.name for stage in stages_of("deal", "default")][1:]
    for name in others[:-1]:
        set_stage("default", name, allows_creation=False)
    with pytest.raises(InvalidPipeline) as refused:
        set_stage("default", others[-1], allows_creation=False)
    assert list(refused.value.errors) == ["allows_creation"]


def test_the_migration_fills_visits_from_what_is_known(alice: Viewer) -> None:
    deal = make_deal(alice)
    change(alice, deal, dealstage="contractsent")
    bare = make_record(alice, "ticket", subject="Without a history")
    end_read()
    visit = StageVisit.__table__
    order = sa.select(visit).order_by(visit.c.record_id, visit.c.id)
    kept = [tuple(row)[1:] for row in db.session.execute(unguarded(order, "a test looks"))]
    end_read()
    with unit_of_work():
        db.session.execute(sa.delete(visit))
        db.session.execute(sa.text("DELETE FROM property_history WHERE record_id = :id"), {"id": bare})
        with Operations.context(MigrationContext.configure(db.session.connection())):
            MIGRATION._fill_visits()
    end_read()
    again = [tuple(row)[1:] for row in db.session.execute(unguarded(order, "a test looks"))]
    assert [row[:5] for row in again] == [row[:5] for row in kept]
    assert len(again) == 3


def test_labels_made_of_a_stage_are_read_in_the_language_of_the_reader(app: Flask) -> None:
    words = {"Date entered “%(stage)s”": "Wejście do „%(stage)s”", "Contract sent": "Umowa wysłana"}
    polish = replace(reader(), find=lambda text: words.get(text, text))
    name, second = "hs_v2_date_entered_contractsent", make_pipeline("Odnowienia")
    label = schema().object_type("deal").property(name).label
    assert label == "Date entered “Contract sent (Sales pipeline)”"
    assert polish.translate(label) == "Wejście do „Umowa wysłana (Sales pipeline)”"
    set_stage("default", "contractsent", label="Oferta")
    end_read()
    with unit_of_work():
        change_pipeline(SYSTEM, "deal", second, PipelineSettings("100% nowe"))
    end_read()
    properties = schema().object_type("deal").properties
    assert polish.translate(properties[name].label) == "Wejście do „Oferta (Sales pipeline)”"
    label = properties["hs_v2_date_entered_first"].label
    assert polish.translate(label) == "Wejście do „First (100% nowe)”"
    end_read()
    with unit_of_work():
        content = replace(content_of(properties[name]), label="Offered on")
        change_property(SYSTEM, "deal", name, content)
    end_read()
    assert polish.translate(schema().object_type("deal").property(name).label) == "Offered on"
