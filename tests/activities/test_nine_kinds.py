"""Everything that can be done to an activity of each of the nine kinds, as a browser does it (SPEC 8.1, 8.2, 1.6)."""

from collections.abc import Callable, Sequence

import pytest
import time_machine
from flask.testing import FlaskClient

from crm.activities.queries import get_activity
from crm.activities.types import activity_types
from crm.db import end_read
from crm.permissions.viewer import Viewer
from tests.activities.test_composer import ENOUGH, KINDS, composer, log, logged
from tests.factories import make_call, make_company, make_contact, make_task, relate
from tests.support.html import read
from tests.support.queries import count_queries

# Every property of SPEC 8.2 and 7.3 that people fill in, by kind; the body goes without saying.
FIELDS = {
    "note": {"activity_date"},
    "email": {
        "title",
        "direction",
        "activity_date",
        "from_address",
        "to_addresses",
        "cc_addresses",
        "bcc_addresses",
        "status",
    },
    "call": {
        "outcome",
        "direction",
        "activity_date",
        "duration_ms",
        "call_type",
        "title",
        "to_number",
        "from_number",
        "status",
        "source",
        "recording_url",
        "people",
    },
    "task": {
        "title",
        "activity_date",
        "task_type",
        "priority",
        "hubspot_owner_id",
        "reminder",
        "remind_at",
        "repeat_every",
        "repeat_unit",
    },
    "meeting": {
        "title",
        "activity_date",
        "ends_at",
        "outcome",
        "meeting_type",
        "location_type",
        "location",
        "video_link",
        "people",
        "attendee_users",
        "reminders",
        "internal_note",
    },
    **{kind: {"direction", "activity_date"} for kind in ("linkedin_message", "sms", "whatsapp", "postal_mail")},
}


@pytest.fixture
def contact(alice: Viewer, clock: time_machine.Traveller) -> int:
    """A contact of alice with a company."""
    made = make_contact(alice, "Ada Berg", email="ada@example.com", phone="+46701740605")
    relate(alice, made, make_company(alice))
    return made


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


@pytest.mark.parametrize("kind", KINDS)
def test_composer_and_edit_form_ask_for_every_field_of_the_kind(
    browser: FlaskClient, alice: Viewer, contact: int, kind: str
) -> None:
    asked = set(_names(composer(browser, contact, kind)))
    assert asked >= FIELDS[kind] | {"body"}
    assert log(browser, contact, kind).status_code == 200
    [activity] = logged(alice, contact)
    form = read(browser.get(f"/activities/{activity}/edit?record={contact}", fragment=True).text).one("form")
    assert set(_names(form)) >= FIELDS[kind] | {"body", "hubspot_owner_id"}


def _names(form) -> Sequence[str]:
    return [one["name"] for one in form.walk() if "name" in one.attributes]


@pytest.mark.parametrize("kind", KINDS)
def test_rec_28_rec_30_rec_67_each_kind_is_changed_commented_deleted_and_restored(
    browser: FlaskClient, alice: Viewer, contact: int, kind: str
) -> None:
    log(browser, contact, kind)
    [activity] = logged(alice, contact)
    here = f"/activities/{activity}"
    form = read(browser.get(f"{here}/edit?record={contact}", fragment=True).text).one("form").fields()
    changed = browser.post(here, data=form | {"body": "<p>Said something else</p>"}, fragment=True)
    assert changed.status_code == 200
    item = browser.get(f"{here}?record={contact}").text
    assert "Said something else" in item
    assert "Edited" in item
    browser.post(f"{here}/comments", data={"body": "Well done", "record": contact}, fragment=True)
    assert "1 comment" in browser.get(f"/records/{contact}/timeline?expanded=all").text
    assert "Said something else" in browser.get(f"{here}/history?record={contact}").text
    assert browser.post(f"{here}/deletion", data={"record": contact}).status_code == 303
    assert logged(alice, contact) == []
    assert f"{here}/restoration" in browser.get(f"/records/{contact}/activities/deleted").text
    browser.post(f"{here}/restoration", data={"record": contact, "then": "deleted"})
    assert logged(alice, contact) == [activity]
    history = browser.get(f"{here}/history?record={contact}").text
    assert "restored" in history.lower()


def test_db_10_db_26_one_of_each_kind_is_on_the_timeline(browser: FlaskClient, alice: Viewer, contact: int) -> None:
    for kind in KINDS:
        log(browser, contact, kind, **ENOUGH.get(kind, {}))
    shown = {get_activity(alice, one).kind for one in logged(alice, contact)}
    assert shown == {kind.name for kind in activity_types}


@pytest.mark.parametrize(
    ("kind", "name", "value", "words"),
    [
        ("call", "outcome", "LEFT_VOICEMAIL", "Left voicemail"),
        ("meeting", "outcome", "NO_SHOW", "nobody came"),
        ("task", "status", "COMPLETED", "Task completed by Alice Berg"),
    ],
)
def test_an_outcome_is_changed_and_a_task_completed_on_the_item(
    browser: FlaskClient, alice: Viewer, contact: int, kind: str, name: str, value: str, words: str
) -> None:
    log(browser, contact, kind)
    [activity] = logged(alice, contact)
    here = f"/activities/{activity}"
    form = read(browser.get(f"{here}?record={contact}").text).one("form", css="quick")
    assert form["action"] == f"{here}/quick"
    answer = browser.post(f"{here}/quick", data={name: value, "record": contact}, fragment=True)
    assert words in answer.text
    end_read()
    assert get_activity(alice, activity).values[name] == value
    assert browser.post(f"{here}/quick", data={name: "NONSENSE"}).status_code == 400
    assert browser.post(f"{here}/quick", data={"body": "x"}).status_code == 404


def test_a_completed_task_is_reopened_with_one_click(browser: FlaskClient, alice: Viewer, contact: int) -> None:
    task = make_task(alice, contact, status="COMPLETED")
    button = read(browser.get(f"/activities/{task}?record={contact}").text).one("form", css="quick").one("button")
    assert (button["name"], button["value"]) == ("status", "NOT_STARTED")
    browser.post(f"/activities/{task}/quick", data={"status": button["value"], "record": contact})
    end_read()
    assert get_activity(alice, task).values["status"] == "NOT_STARTED"


def test_who_may_only_look_changes_nothing_on_the_item(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, dana: Viewer, contact: int
) -> None:
    task = make_task(alice, contact)
    looks = client_of(dana)
    assert "quick" not in looks.get(f"/activities/{task}?record={contact}").text
    assert looks.post(f"/activities/{task}/quick", data={"status": "COMPLETED"}).status_code == 403


def test_expanded_calls_and_meetings_cost_the_same_queries_for_5_and_30(
    browser: FlaskClient, alice: Viewer, contact: int
) -> None:
    counts = []
    for amount in (5, 25):
        for _ in range(amount):
            make_call(alice, contact)
        browser.get(f"/records/{contact}/timeline?expanded=all")
        with count_queries() as counted:
            browser.get(f"/records/{contact}/timeline?expanded=all")
        counts.append(len(counted))
    assert counts[0] == counts[1]
