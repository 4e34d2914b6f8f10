"""Stages that are deleted while others move records: every record stays in a stage that is there (SPEC 2.9)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from flask import Flask

from crm.db import end_read, unit_of_work
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.records.errors import InvalidInput
from crm.records.operations import create_record, update_record
from crm.records.queries import get_record
from crm.records.stage_removal import delete_pipeline, delete_stage
from tests.factories import make_deal
from tests.factories.pipelines import make_pipeline, stages_of

SECONDS = 1.0
"""How long a writer leaves the other one time; where the other has to wait for it, that is how long it takes."""


def meanwhile(app: Flask, write: Callable[[Event, Event], object], delete: Callable[[], object]) -> object:
    """What came of `write`, a unit of work that says when to begin deleting, and hears when that has ended."""
    end_read()
    begin, ended = Event(), Event()

    def writing() -> object:
        with app.app_context():
            try:
                with unit_of_work():
                    return write(begin, ended)
            except InvalidInput as error:
                return error
            finally:
                begin.set()

    def deleting() -> None:
        with app.app_context():
            assert begin.wait(30)
            with unit_of_work():
                delete()
            ended.set()

    with ThreadPoolExecutor(2) as pool:
        written, deleted = pool.submit(writing), pool.submit(deleting)
        deleted.result(60)
        result = written.result(60)
    end_read()
    return result


def all_in_a_stage(alice: Viewer, *records: object) -> bool:
    stages = schema().object_type("deal").stages
    return all(get_record(alice, one).values["dealstage"] in stages for one in records if isinstance(one, int))


@pytest.mark.parametrize("whole_pipeline", [False, True])
@pytest.mark.parametrize("is_first", [False, True])
def test_a_record_made_while_its_stage_is_deleted_is_moved_or_refused(
    app: Flask, alice: Viewer, whole_pipeline: bool, is_first: bool
) -> None:
    pipeline = make_pipeline()

    def write(begin: Event, ended: Event) -> int:
        values = {"dealname": "Late", "pipeline": pipeline, "dealstage": "second"}
        schema()
        if is_first:
            made = create_record(alice, "deal", values)
        begin.set()
        ended.wait(SECONDS)
        return made if is_first else create_record(alice, "deal", values)

    def delete() -> object:
        if whole_pipeline:
            return delete_pipeline(alice, "deal", pipeline, dict.fromkeys(["first", "second"], "contractsent"))
        return delete_stage(alice, "deal", pipeline, "second", "third")

    made = meanwhile(app, write, delete)
    assert "second" not in schema().object_type("deal").stages
    assert all_in_a_stage(alice, made)
    assert isinstance(made, int) or list(getattr(made, "errors", {})) == ["dealstage"]


def test_a_record_moved_out_of_a_stage_that_is_being_deleted_stays_where_it_was_put(app: Flask, alice: Viewer) -> None:
    pipeline = make_pipeline()
    deal = make_deal(alice, pipeline=pipeline, dealstage="second")

    def write(begin: Event, ended: Event) -> None:
        update_record(alice, deal, {"dealstage": "third"})
        begin.set()
        ended.wait(SECONDS)

    meanwhile(app, write, lambda: delete_stage(alice, "deal", pipeline, "second", "first"))
    assert get_record(alice, deal).values["dealstage"] == "third"
    assert [one.name for one in stages_of("deal", pipeline)] == ["first", "third", "won", "lost"]
