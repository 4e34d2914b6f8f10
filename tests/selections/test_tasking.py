"""A task for each of many records (SPEC 5.1)."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from crm.activities.operations import update_activity
from crm.activities.queries import get_activity, links_of
from crm.bulk import operations as bulk
from crm.bulk.models import BulkChange
from crm.bulk.queries import Run, runs_of
from crm.db import db, end_read, unit_of_work
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from tests.factories import make_comment, make_company, make_contact, relate
from tests.support.html import read

Sign = Callable[[Viewer], FlaskClient]
SELECTED = "/objects/contacts/selected"
TASK = {"action": "tasks", "title": "Ring before Easter", "activity_date": "2026-03-01T09:00", "task_type": "CALL"}


def newest_run(viewer: Viewer) -> Run:
    end_read()
    return runs_of(viewer, limit=1)[0]


def tasks_of(run: Run) -> list[int]:
    return [row.other_id for row in db.session.query(BulkChange).filter_by(run_id=run.id).order_by(BulkChange.number)]


def test_each_record_gets_a_task_for_its_owner_by_the_ordinary_rules(
    client_of: Sign, alice: Viewer, bob: Viewer
) -> None:
    contacts, company = [make_contact(alice), make_contact(bob)], make_company(alice)
    relate(alice, contacts[0], company)
    browser = client_of(alice)
    form = read(browser.get(f"{SELECTED}?action=tasks&id={contacts[0]}").text)
    assert form.one("input", name="activity_date")["value"]
    assert browser.post(SELECTED, data={**TASK, "id": contacts, "owner": "record"}).status_code == 303
    run = newest_run(alice)
    assert (run.changed, run.skipped, str(run.title)) == (2, 0, "Creating tasks for contacts: Ring before Easter")
    tasks = [get_activity(alice, one) for one in tasks_of(run)]
    assert [one.owner_id for one in tasks] == [alice.user_id, bob.user_id]
    assert {(one.values["title"], one.values["task_type"]) for one in tasks} == {("Ring before Easter", "CALL")}
    assert {one.record_id for one in links_of(alice, tasks[0].id)} == {contacts[0], company}


def test_undo_deletes_the_tasks_that_nobody_has_touched(client_of: Sign, alice: Viewer) -> None:
    contacts = [make_contact(alice, f"Ada {letter}") for letter in "ABC"]
    client_of(alice).post(SELECTED, data={**TASK, "id": contacts, "owner": str(alice.user_id)})
    run = newest_run(alice)
    untouched, changed, discussed = tasks_of(run)
    end_read()
    with unit_of_work():
        update_activity(alice, changed, {"priority": "HIGH"})
    make_comment(alice, discussed, "I did this")
    end_read()
    with unit_of_work():
        bulk.undo(alice, run.id)
    end_read()
    with pytest.raises(NotFound):
        get_activity(alice, untouched)
    assert {get_activity(alice, one).id for one in (changed, discussed)} == {changed, discussed}


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"activity_date": "soon"}, {"owner": "99"}, {"task_type": "x"}, {"owner": "x\x00"}]
)
def test_what_cannot_be_taken_is_said_and_kept(client_of: Sign, alice: Viewer, wrong: dict[str, Any]) -> None:
    answer = client_of(alice).post(SELECTED, data={**TASK, "id": make_contact(alice), **wrong})
    assert answer.status_code == 422
    page = read(answer.text)
    assert page.all("p", role="alert")
    assert page.one("input", name="title")["value"] == {**TASK, **wrong}["title"]
    assert not runs_of(alice, limit=1)


def test_who_may_log_no_tasks_is_not_offered_them(client_of: Sign, bob: Viewer, dana: Viewer) -> None:
    contact = make_contact(bob)
    assert client_of(dana).post(SELECTED, data={**TASK, "id": contact}).status_code == 403
    assert not runs_of(dana, limit=1)
