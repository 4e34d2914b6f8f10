"""Logging an activity through the composer's own form (SPEC 1.4, 6.5)."""

from collections.abc import Callable

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from crm.activities.queries import get_activity, links_of
from crm.activities.types import activity_types
from crm.db import end_read
from crm.permissions.viewer import Viewer
from crm.timeline.queries import page
from tests.factories import make_company, make_contact, make_deal, relate
from tests.support.html import Element, read

KINDS = ("note", "email", "call", "task", "meeting", "linkedin_message", "sms", "whatsapp", "postal_mail")
ICONS = ("note", "email", "call", "task", "meeting")
ENOUGH = {"task": {"title": "Call them"}, "email": {"title": "Hello"}}


@pytest.fixture
def contact(alice: Viewer, clock: time_machine.Traveller) -> int:
    """A contact of alice."""
    return make_contact(alice, "Ada Berg", email="ada@example.com", phone="+46701740605")


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


def composer(browser: FlaskClient, record_id: int, kind: str) -> Element:
    """The empty composer."""
    answer = browser.get(f"/records/{record_id}/activities/new?kind={kind}", fragment=True)
    assert answer.status_code == 200
    return read(answer.text).one("form", css="composer-form")


def log(browser: FlaskClient, record_id: int, kind: str, fragment: bool = True, **typed: object):
    """Fill the composer in and send it; gives the answer."""
    form = composer(browser, record_id, kind)
    sent = form.fields() | {"body": "<p>Said hello</p>"} | ENOUGH.get(kind, {}) | typed
    ticked = [one["value"] for one in form.all("input", name="record_ids") if is_sent(one)]
    return browser.post(form["action"], data={**sent, "record_ids": typed.get("record_ids", ticked)}, fragment=fragment)


def is_sent(box: Element) -> bool:
    return "disabled" not in box and (box["type"] == "hidden" or "checked" in box)


def logged(viewer: Viewer, record_id: int) -> list[int]:
    """The activities on a record's timeline."""
    end_read()
    found = page(viewer, record_id)
    return [one.activity_id for one in (*found.upcoming, *found.entries) if one.activity_id]


def test_there_are_nine_kinds(application: Flask) -> None:
    assert sorted(kind.name for kind in activity_types) == sorted(KINDS)


@pytest.mark.parametrize("kind", ICONS)
def test_rec_15_an_icon_opens_the_composer_and_what_is_saved_is_on_the_timeline(
    browser: FlaskClient, alice: Viewer, contact: int, kind: str
) -> None:
    icon = read(browser.get(f"/records/{contact}").text).one("a", id=f"log-{kind}")
    assert icon["href"] == f"/records/{contact}/activities/new?kind={kind}"
    assert log(browser, contact, kind).headers["HX-Trigger"] == "activity-logged"
    [activity] = logged(alice, contact)
    assert get_activity(alice, activity).kind == kind


@pytest.mark.parametrize("kind", KINDS)
def test_asc_01_each_of_the_nine_kinds_lands_on_every_record_it_is_put_on(
    browser: FlaskClient, alice: Viewer, contact: int, kind: str
) -> None:
    company = make_company(alice)
    relate(alice, contact, company)
    assert log(browser, contact, kind).status_code == 200
    assert logged(alice, contact) == logged(alice, company)
    [activity] = logged(alice, company)
    found = get_activity(alice, activity)
    assert (found.kind, found.body, found.owner_id) == (kind, "<p>Said hello</p>", alice.user_id)


def test_asc_02_an_associated_activity_shows_on_the_timeline_of_the_record(
    browser: FlaskClient, alice: Viewer, contact: int
) -> None:
    deal = make_deal(alice)
    relate(alice, contact, deal)
    log(browser, contact, "note")
    assert "Said hello" in browser.get(f"/records/{deal}/timeline").text


def test_without_htmx_the_composer_leads_back_to_the_timeline(browser: FlaskClient, contact: int) -> None:
    answer = log(browser, contact, "note", fragment=False)
    assert (answer.status_code, answer.location) == (303, f"/records/{contact}?tab=activities")


@pytest.mark.parametrize(
    ("kind", "typed", "field", "message"),
    [
        ("task", {"title": ""}, "title", "Task title is required."),
        ("task", {"activity_date": ""}, "activity_date", "Due date is required."),
        ("meeting", {"activity_date": ""}, "activity_date", "Start is required."),
        ("meeting", {"ends_at": "2026-03-01T08:00"}, "ends_at", "The end is before the start."),
        ("call", {"activity_date": "2026-02-31T08:00"}, "activity_date", None),
        ("call", {"duration_ms": "long"}, "duration_ms", None),
        ("email", {"to_addresses": "x" * 70_000}, "to_addresses", None),
    ],
)
def test_what_cannot_be_taken_comes_back_with_a_message_and_the_typed_text(
    browser: FlaskClient, alice: Viewer, contact: int, kind: str, typed: dict[str, str], field: str, message: str | None
) -> None:
    answer = log(browser, contact, kind, body="<p>A long story</p>", **typed)
    assert answer.status_code == 422
    form = read(answer.text).one("form", css="composer-form")
    control = next(one for one in form.walk() if one.attributes.get("name") == field)
    assert control["aria-invalid"] == "true"
    hint = form.one("p", id=control["aria-describedby"]).text
    assert hint == message or message is None and hint
    assert form.fields()["body"] == "<p>A long story</p>"
    assert form.fields()[field] == typed[field]
    assert logged(alice, contact) == []


def test_a_body_over_the_limit_is_refused_and_kept(browser: FlaskClient, alice: Viewer, contact: int) -> None:
    body = "x" * 1_000_001
    answer = log(browser, contact, "note", body=body)
    assert answer.status_code == 422
    assert body in answer.text
    assert logged(alice, contact) == []


@pytest.mark.parametrize("kind", ["fax", "", "NOTE", "communication", "../note"])
def test_an_unknown_kind_is_not_found(browser: FlaskClient, contact: int, kind: str) -> None:
    assert browser.get(f"/records/{contact}/activities/new", query_string={"kind": kind}).status_code == 404
    assert browser.post(f"/records/{contact}/activities", data={"kind": kind}).status_code == 404


def test_sending_the_form_twice_logs_once(browser: FlaskClient, alice: Viewer, contact: int) -> None:
    form = composer(browser, contact, "note")
    sent = form.fields() | {"body": "<p>Once</p>", "follow_up": "true", "follow_up_days": "3"}
    statuses = [browser.post(form["action"], data=sent, fragment=True).status_code for _ in range(2)]
    assert statuses == [200, 200]
    assert len(logged(alice, contact)) == 2


def test_two_composers_log_two_activities(browser: FlaskClient, alice: Viewer, contact: int) -> None:
    for _ in range(2):
        log(browser, contact, "note")
    assert len(logged(alice, contact)) == 2


def test_a_follow_up_task_is_due_in_business_days(browser: FlaskClient, alice: Viewer, contact: int) -> None:
    log(browser, contact, "call", follow_up="true", follow_up_days="3")
    task, call = logged(alice, contact)
    found = get_activity(alice, task)
    assert get_activity(alice, call).kind == "call"
    assert (found.kind, found.heading) == ("task", "Follow up with Ada Berg")
    assert found.moment.isoformat() == "2026-03-16T08:00:00+00:00"


@pytest.mark.parametrize("days", ["0", "-1", "366", "", "x", "1.5", "9" * 20, "²"])
def test_a_follow_up_in_no_number_of_days_logs_nothing(
    browser: FlaskClient, alice: Viewer, contact: int, days: str
) -> None:
    answer = log(browser, contact, "note", follow_up="true", follow_up_days=days)
    assert answer.status_code == 422
    assert "1 to 365" in answer.text
    assert logged(alice, contact) == []


def test_a_new_task_is_due_in_three_business_days_at_eight(browser: FlaskClient, contact: int) -> None:
    assert composer(browser, contact, "task").fields()["activity_date"] == "2026-03-16T08:00"


def test_an_email_is_addressed_to_the_contact(browser: FlaskClient, contact: int) -> None:
    fields = composer(browser, contact, "email").fields()
    assert (fields["to_addresses"], fields["from_address"]) == ("ada@example.com", "alice@example.com")


def test_the_contacts_an_email_went_to_are_linked(browser: FlaskClient, alice: Viewer, contact: int) -> None:
    deal = make_deal(alice)
    form = composer(browser, deal, "email")
    sent = form.fields() | {"title": "Hello", "to_addresses": "Ada <ADA@example.com>; x@y.example"}
    del sent["links_shown"]
    browser.post(form["action"], data=sent)
    assert len(logged(alice, contact)) == 1


def test_nothing_is_chosen_that_nobody_chose(browser: FlaskClient, contact: int) -> None:
    for kind in KINDS:
        for select in composer(browser, contact, kind).all("select"):
            chosen = [one for one in select.all("option") if "selected" in one]
            first = select.all("option")[0]
            assert chosen or first["value"] == "", (kind, select["name"])


def links(viewer: Viewer, activity_id: int) -> set[int]:
    end_read()
    return {one.record_id for one in links_of(viewer, activity_id)}


@pytest.fixture
def company(alice: Viewer, contact: int) -> int:
    """The contact's primary company."""
    made = make_company(alice)
    relate(alice, contact, made)
    return made


def test_asc_33_the_rules_choice_is_ticked_beforehand(browser: FlaskClient, contact: int, company: int) -> None:
    boxes = composer(browser, contact, "note").all("input", name="record_ids", type_="checkbox")
    assert [(int(one["value"]), "checked" in one, "disabled" in one) for one in boxes] == [
        (contact, True, True),
        (company, True, False),
    ]


def test_asc_33_what_is_unticked_is_not_associated(
    browser: FlaskClient, alice: Viewer, contact: int, company: int
) -> None:
    log(browser, contact, "note", record_ids=[str(contact)])
    [note] = logged(alice, contact)
    assert links(alice, note) == {contact}


def test_asc_33_the_record_itself_cannot_be_unticked(
    browser: FlaskClient, alice: Viewer, contact: int, company: int
) -> None:
    log(browser, contact, "note", record_ids=[str(company)])
    [note] = logged(alice, contact)
    assert links(alice, note) == {contact, company}


def test_the_choice_survives_an_error(browser: FlaskClient, contact: int, company: int) -> None:
    answer = log(browser, contact, "task", title="", record_ids=[str(contact)])
    boxes = read(answer.text).all("input", name="record_ids", type_="checkbox")
    assert ["checked" in one for one in boxes] == [True, False]


def test_hidden_records_are_not_put_on_by_number(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, charlie: Viewer, alice: Viewer
) -> None:
    mine, theirs = make_contact(bob), make_contact(charlie)
    log(client_of(bob), mine, "note", record_ids=[str(mine), str(theirs)])
    assert logged(alice, theirs) == []


def test_a_record_of_a_hidden_team_offers_no_composer(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, charlie: Viewer
) -> None:
    theirs = make_contact(charlie)
    browser = client_of(bob)
    assert browser.get(f"/records/{theirs}/activities/new?kind=note").status_code == 404
    assert browser.post(f"/records/{theirs}/activities", data={"kind": "note"}).status_code == 404


def test_who_may_not_log_sees_no_icons(client_of: Callable[[Viewer], FlaskClient], dana: Viewer, contact: int) -> None:
    browser = client_of(dana)
    assert not read(browser.get(f"/records/{contact}").text).all("nav", css="kinds")
    assert browser.get(f"/records/{contact}/activities/new?kind=note").status_code == 403


def test_a_task_for_a_colleague_belongs_to_them(browser: FlaskClient, alice: Viewer, bob: Viewer, contact: int) -> None:
    log(browser, contact, "task", hubspot_owner_id=str(bob.user_id))
    [task] = logged(alice, contact)
    assert get_activity(alice, task).owner_id == bob.user_id


def test_the_moment_typed_is_one_of_the_readers_zone(browser: FlaskClient, alice: Viewer, contact: int) -> None:
    log(browser, contact, "call", activity_date="2026-03-01T08:30")
    [call] = logged(alice, contact)
    assert get_activity(alice, call).moment.isoformat() == "2026-03-01T08:30:00+00:00"


def test_every_composer_has_the_fields_of_its_kind(browser: FlaskClient, contact: int) -> None:
    for kind in activity_types:
        fields = composer(browser, contact, kind.name).fields()
        assert {*kind.composer_fields, "body"} - fields.keys() == set()
