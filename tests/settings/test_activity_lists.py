"""The lists of outcomes and types that administrators set (SPEC 8.2)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.activities.queries import get_activity
from crm.db import end_read
from crm.permissions.viewer import Viewer
from tests.activities.test_composer import composer
from tests.factories import make_activity, make_call, make_contact
from tests.support.html import read

TYPES = "/settings/activities/types"


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


def offered(browser: FlaskClient, record_id: int, kind: str, name: str) -> list[str]:
    """The labels that a composer offers for a property."""
    select = composer(browser, record_id, kind).one("select", name=name)
    return [one.text for one in select.all("option") if one["value"]]


def test_the_page_names_the_three_lists(browser: FlaskClient) -> None:
    page = read(browser.get("/settings/activities").text)
    names = [one.text for one in page.all("a", css="settings-row-name")]
    assert names == ["Call outcomes", "Meeting outcomes", "Call and meeting types"]


def test_one_list_of_types_is_that_of_calls_and_meetings(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    assert browser.post(f"{TYPES}/options", data={"label": "Site visit", "in_forms": "true"}).status_code == 303
    browser.post(f"{TYPES}/option", data={"value": "SUPPORT", "label": "Help", "color": "green", "in_forms": "true"})
    browser.post(f"{TYPES}/option", data={"value": "NEGOTIATION", "label": "Negotiation"})
    browser.post(f"{TYPES}/options/order", data={"value": "site_visit", "to": "up"})
    for kind, name in (("call", "call_type"), ("meeting", "meeting_type")):
        found = offered(browser, contact, kind, name)
        assert found == ["Introduction", "Discovery", "Demonstration", "Follow-up", "Site visit", "Help"]


def test_what_comes_with_the_program_stays(browser: FlaskClient) -> None:
    address = "/settings/activities/call-outcomes/option"
    assert "comes with Kartotek" in browser.get(f"{address}?value=BUSY").text
    assert browser.post(f"{address}/removal", data={"value": "BUSY"}).status_code == 422
    assert "Busy" in browser.get("/settings/activities/call-outcomes/options").text


def test_activities_with_an_option_that_goes_get_another(
    browser: FlaskClient, alice: Viewer, work: Callable[[], None]
) -> None:
    contact = make_contact(alice)
    browser.post(f"{TYPES}/options", data={"label": "Site visit", "in_forms": "true"})
    call = make_call(alice, contact, call_type="site_visit")
    refused = browser.post(f"{TYPES}/option/removal", data={"value": "site_visit"})
    assert refused.status_code == 422
    assert "Choose the option they get" in refused.text
    answer = browser.post(f"{TYPES}/option/removal", data={"value": "site_visit", "move_to": "DISCOVERY"})
    assert answer.status_code == 303
    work()
    end_read()
    assert get_activity(alice, call).values["call_type"] == "DISCOVERY"
    for kind, name in (("call", "call_type"), ("meeting", "meeting_type")):
        assert "Site visit" not in offered(browser, contact, kind, name)
    assert "Discovery" in browser.get(f"/activities/{call}/history?record={contact}").text


def test_an_option_nobody_has_goes_at_once_and_a_double_name_is_refused(browser: FlaskClient) -> None:
    outcomes = "/settings/activities/meeting-outcomes"
    browser.post(f"{outcomes}/options", data={"label": "Moved online", "in_forms": "true"})
    again = browser.post(f"{outcomes}/options", data={"label": "moved online"})
    assert again.status_code == 422
    assert "There are two options" in again.text
    browser.post(f"{outcomes}/option/removal", data={"value": "moved_online"})
    assert "value=moved_online" not in browser.get(f"{outcomes}/options").text


def test_a_hidden_outcome_is_kept_where_it_is(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    meeting = make_activity(alice, "meeting", contact, outcome="NO_SHOW")
    browser.post("/settings/activities/meeting-outcomes/option", data={"value": "NO_SHOW", "label": "No show"})
    assert "No show" not in offered(browser, contact, "meeting", "outcome")
    edited = read(browser.get(f"/activities/{meeting}/edit?record={contact}", fragment=True).text)
    assert edited.one("form").fields()["outcome"] == "NO_SHOW"


def test_only_who_may_edit_properties_sets_the_lists(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer
) -> None:
    theirs = client_of(bob)
    assert theirs.get("/settings/activities").status_code == 403
    assert theirs.post(f"{TYPES}/options", data={"label": "Site visit"}).status_code == 403
