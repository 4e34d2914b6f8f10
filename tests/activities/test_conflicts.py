"""Two people change one activity: different properties merge, the same one is shown three times (DESIGN 4.6)."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm.activities.operations import update_activity
from crm.activities.queries import get_activity
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.errors import Conflict
from tests.factories import make_contact, make_note, make_task
from tests.support.html import Element, read

SIX = datetime(2026, 3, 20, 6, 30, 15, tzinfo=UTC)


def change(actor: Viewer, activity_id: int, version: int | None = None, **changes: object) -> frozenset[str]:
    end_read()
    with unit_of_work():
        return update_activity(actor, activity_id, changes, version=version)


def values(viewer: Viewer, activity_id: int, *names: str) -> list[object]:
    end_read()
    found = get_activity(viewer, activity_id).values
    return [found[name] for name in names]


@pytest.fixture
def contact(bob: Viewer) -> int:
    """A contact of bob."""
    return make_contact(bob)


@pytest.fixture
def task(bob: Viewer, contact: int) -> int:
    """A task of bob, at version 1; its due date has seconds, which no form shows."""
    return make_task(bob, contact, title="Send prices", body="<p>Soon</p>", activity_date=SIX)


class Form:
    """The edit form of an activity, opened in a browser."""

    def __init__(self, browser: FlaskClient, activity_id: int) -> None:
        self.browser = browser
        self.form = read(browser.get(f"/activities/{activity_id}/edit", fragment=True).text).one("form")

    def save(self, fragment: bool = True, **typed: str) -> TestResponse:
        return self.browser.post(self.form["action"], data=self.form.fields() | typed, fragment=fragment)


@pytest.fixture
def form(client_of: Callable[[Viewer], FlaskClient], bob: Viewer, task: int) -> Form:
    """The task's form, opened by bob."""
    return Form(client_of(bob), task)


def test_what_a_colleague_changed_meanwhile_stays(alice: Viewer, bob: Viewer, task: int, form: Form) -> None:
    change(alice, task, title="Send new prices", status="COMPLETED", hubspot_owner_id=alice.user_id)
    assert form.save(body="<p>Today</p>").status_code == 200
    assert values(bob, task, "title", "status", "hubspot_owner_id", "body") == [
        "Send new prices", "COMPLETED", alice.user_id, "<p>Today</p>",
    ]  # fmt: skip


def test_a_field_nobody_touched_keeps_what_the_form_cannot_show(
    alice: Viewer, bob: Viewer, task: int, form: Form
) -> None:
    assert form.save(title="Call").status_code == 200
    assert values(bob, task, "activity_date", "title") == [SIX, "Call"]


def test_a_colleagues_new_date_stays_even_if_the_form_had_another(
    alice: Viewer, bob: Viewer, task: int, form: Form
) -> None:
    later = SIX.replace(day=27)
    change(alice, task, activity_date=later)
    assert form.save(title="Call").status_code == 200
    assert values(bob, task, "activity_date", "title") == [later, "Call"]


def test_the_same_property_is_a_conflict_and_stays_theirs(alice: Viewer, bob: Viewer, task: int) -> None:
    change(alice, task, title="Hers")
    with pytest.raises(Conflict) as raised:
        change(bob, task, 1, title="His")
    clash = raised.value.clashes["title"]
    assert (clash.before, clash.theirs, raised.value.version) == ("Send prices", "Hers", 2)
    assert values(bob, task, "title") == ["Hers"]


def test_without_a_version_the_last_writer_wins(alice: Viewer, bob: Viewer, task: int) -> None:
    change(alice, task, title="Hers")
    assert change(bob, task, title="His") == {"title"}


def panel(answer: TestResponse) -> Element:
    assert answer.status_code == 409
    return read(answer.text)


def test_the_panel_shows_before_theirs_and_yours_of_each(alice: Viewer, task: int, form: Form) -> None:
    change(alice, task, title="Hers", body="<p>Hers too</p>")
    shown = panel(form.save(title="His", body="<p>His too</p>"))
    assert [one.text for one in shown.all("dd")] == ["Send prices", "Hers", "His", "Soon", "Hers too", "His too"]


def test_saving_mine_from_the_panel_writes_mine_and_nothing_else(
    alice: Viewer, bob: Viewer, task: int, form: Form
) -> None:
    change(alice, task, title="Hers", status="COMPLETED")
    again = panel(form.save(title="His", body="<p>His</p>")).one("form")
    assert form.browser.post(again["action"], data=again.fields(), fragment=True).status_code == 200
    assert values(bob, task, "title", "body", "status") == ["His", "<p>His</p>", "COMPLETED"]


def test_keeping_theirs_still_saves_what_only_i_changed(alice: Viewer, bob: Viewer, task: int, form: Form) -> None:
    change(alice, task, title="Hers")
    again = panel(form.save(title="His", body="<p>His</p>")).one("form")
    data = again.fields() | {"keep": "theirs"}
    assert form.browser.post(again["action"], data=data, fragment=True).status_code == 200
    assert values(bob, task, "title", "body") == ["Hers", "<p>His</p>"]


def test_a_conflict_on_the_panel_is_a_conflict_again(alice: Viewer, task: int, form: Form) -> None:
    change(alice, task, title="Hers")
    again = panel(form.save(title="His")).one("form")
    change(alice, task, title="Hers again")
    answer = form.browser.post(again["action"], data=again.fields(), fragment=True)
    assert [one.text for one in panel(answer).all("dd")] == ["Hers", "Hers again", "His"]


def test_a_form_that_came_back_with_a_message_still_knows_what_it_showed(
    alice: Viewer, bob: Viewer, task: int, form: Form
) -> None:
    change(alice, task, status="COMPLETED")
    refused = form.save(title="")
    assert refused.status_code == 422
    again = read(refused.text).one("form")
    form.browser.post(again["action"], data=again.fields() | {"title": "His"}, fragment=True)
    assert values(bob, task, "title", "status") == ["His", "COMPLETED"]


def test_a_conflict_without_htmx_is_a_whole_page(alice: Viewer, task: int, form: Form) -> None:
    change(alice, task, title="Hers")
    answer = form.save(title="His", fragment=False)
    assert panel(answer).one("form", css="conflict")
    assert answer.text.startswith("<!doctype html>")


def test_texts_in_the_panel_are_texts(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, bob: Viewer, contact: int
) -> None:
    note = make_note(bob, contact)
    form = Form(client_of(bob), note)
    change(alice, note, body="<p>&lt;script&gt;hers()&lt;/script&gt;</p>")
    shown = panel(form.save(body="<p>&lt;script&gt;his()&lt;/script&gt;</p>"))
    assert not shown.all("script")
    assert shown.all("dd")[1].text == "<script>hers()</script>"
