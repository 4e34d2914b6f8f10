"""Create form, inline edit and header form with fields that depend on one another (SPEC 2.5)."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.db import end_read
from crm.permissions.viewer import Viewer
from crm.records.queries import get_record
from tests.factories import make_deal
from tests.factories.property_settings import set_property
from tests.support.html import Element, read
from tests.support.records import find_by_value

LOST = {
    "operator": "any_of",
    "values": ["closedlost"],
    "dependents": [{"name": "closed_lost_reason", "required": True}],
}
PRIORITIES = {"newbusiness": ["low", "medium"], "existingbusiness": ["high"]}
FRAGMENT = {"HX-Request": "true"}
NEEDED = "Closed lost reason is required for this Deal stage."


@pytest.fixture(autouse=True)
def logic(app: Flask) -> None:
    """A lost deal needs a reason; the priority of a deal depends on its type."""
    set_property("deal", "dealstage", conditions=[LOST])
    set_property("deal", "hs_priority", conditional_options={"decided_by": "dealtype", "options": PRIORITIES})


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


def new_form(browser: FlaskClient) -> Element:
    page = read(browser.get("/objects/deals/new").text)
    return next(one for one in page.one("main").all("form") if one.attributes.get("action") == "/objects/deals/new")


def choices(html: str, name: str) -> list[str]:
    found = next(one for one in read(html).all("select") if one.attributes.get("name") == name)
    return [option["value"] for option in found.all("option")]


def test_the_create_form_shows_a_dependent_when_it_is_sent_to_be_shown_anew(browser: FlaskClient, bob: Viewer) -> None:
    form = new_form(browser)
    assert "closed_lost_reason" not in form.fields()
    typed = form.fields() | {"dealname": "Gone", "dealstage": "closedlost", "then": "refresh"}
    answer = browser.post("/objects/deals/new", data=typed)
    assert answer.status_code == 200
    shown = read(answer.text)
    again = next(one for one in shown.one("main").all("form") if one.attributes.get("action") == "/objects/deals/new")
    assert again.fields()["dealname"] == "Gone"
    assert again.fields()["closed_lost_reason"] == ""
    end_read()
    assert find_by_value(bob, "deal", "dealname", "Gone") == []


def test_db_13_the_create_form_demands_a_dependent_beside_its_field(browser: FlaskClient, bob: Viewer) -> None:
    typed = new_form(browser).fields() | {"dealname": "Gone", "dealstage": "closedlost"}
    refused = browser.post("/objects/deals/new", data=typed)
    assert refused.status_code == 422
    page = read(refused.text)
    controls = [*page.all("input"), *page.all("textarea")]
    field = next(one for one in controls if one.attributes.get("name") == "closed_lost_reason")
    assert field.attributes["aria-invalid"] == "true"
    made = browser.post("/objects/deals/new", data=typed | {"closed_lost_reason": "Price"})
    assert made.status_code == 303
    record = get_record(bob, int(made.location.removeprefix("/records/")))
    assert record.values["closed_lost_reason"] == "Price"


def test_what_is_not_shown_is_not_written(browser: FlaskClient, bob: Viewer) -> None:
    typed = new_form(browser).fields() | {"dealname": "Open", "closed_lost_reason": "slipped in"}
    made = browser.post("/objects/deals/new", data=typed)
    assert made.status_code == 303
    assert get_record(bob, int(made.location.removeprefix("/records/"))).values["closed_lost_reason"] is None


def test_inline_edit_of_what_decides_asks_for_what_depends(browser: FlaskClient, bob: Viewer) -> None:
    deal_id = make_deal(bob)
    here = f"/records/{deal_id}/properties/dealstage"
    first = browser.get(f"{here}/edit", headers=FRAGMENT)
    assert "closed_lost_reason" not in first.text
    anew = browser.post(here, data={"version": 1, "dealstage": "closedlost", "then": "refresh"}, headers=FRAGMENT)
    assert anew.status_code == 200
    assert 'name="closed_lost_reason"' in anew.text
    refused = browser.post(here, data={"version": 1, "dealstage": "closedlost"}, headers=FRAGMENT)
    assert refused.status_code == 422
    assert NEEDED in refused.text
    sent = {"version": 1, "dealstage": "closedlost", "with": "closed_lost_reason", "closed_lost_reason": "Price"}
    saved = browser.post(here, data=sent, headers=FRAGMENT)
    assert saved.status_code == 200
    assert "closed_lost_reason-changed" in saved.headers["HX-Trigger"]
    end_read()
    assert get_record(bob, deal_id).values["closed_lost_reason"] == "Price"


def test_inline_edit_takes_only_what_depends(browser: FlaskClient, bob: Viewer) -> None:
    deal_id = make_deal(bob)
    here = f"/records/{deal_id}/properties/dealstage"
    sent = {"version": 1, "dealstage": "contractsent", "with": ["closed_lost_reason", "dealname", "hs_object_id", "x"]}
    more = {"closed_lost_reason": "no", "dealname": "Renamed", "hs_object_id": "7", "x": "y"}
    assert browser.post(here, data=sent | more, headers=FRAGMENT).status_code == 200
    end_read()
    values = get_record(bob, deal_id).values
    assert (values["dealname"], values["closed_lost_reason"]) == ("Oranges by the ton", None)


def test_a_dependent_that_somebody_else_wrote_meanwhile_is_said_beside_it(
    browser: FlaskClient, alice: Viewer, bob: Viewer, client_of: Callable[[Viewer], FlaskClient]
) -> None:
    deal_id = make_deal(bob)
    other = {"version": 1, "closed_lost_reason": "Theirs"}
    client_of(alice).post(f"/records/{deal_id}/properties/closed_lost_reason", data=other, headers=FRAGMENT)
    here = f"/records/{deal_id}/properties/dealstage"
    sent = {"version": 1, "dealstage": "closedlost", "with": "closed_lost_reason", "closed_lost_reason": "Mine"}
    clash = browser.post(here, data=sent, headers=FRAGMENT)
    assert clash.status_code == 409
    assert "Somebody else wrote “Theirs” here" in clash.text
    assert browser.post(here, data=sent | {"version": 2}, headers=FRAGMENT).status_code == 200
    end_read()
    assert get_record(bob, deal_id).values["closed_lost_reason"] == "Mine"


def test_a_dropdown_offers_the_choices_that_are_left(browser: FlaskClient, bob: Viewer) -> None:
    deal_id = make_deal(bob, dealtype="newbusiness")
    form = browser.get(f"/records/{deal_id}/properties/hs_priority/edit", headers=FRAGMENT)
    assert choices(form.text, "hs_priority") == ["", "low", "medium"]
    here = f"/records/{deal_id}/properties/hs_priority"
    refused = browser.post(here, data={"version": 1, "hs_priority": "high"}, headers=FRAGMENT)
    assert refused.status_code == 422
    assert "“High” cannot be chosen for this Deal type." in refused.text


def test_a_choice_that_is_no_longer_left_is_asked_for_again(browser: FlaskClient, bob: Viewer) -> None:
    deal_id = make_deal(bob, dealtype="newbusiness", hs_priority="low")
    here = f"/records/{deal_id}/properties/dealtype"
    refused = browser.post(here, data={"version": 1, "dealtype": "existingbusiness"}, headers=FRAGMENT)
    assert refused.status_code == 422
    assert "“Low” cannot be chosen for this Deal type." in refused.text
    assert choices(refused.text, "hs_priority") == ["", "low", "high"]


def test_the_header_form_asks_for_dependents_of_what_it_shows(browser: FlaskClient, bob: Viewer) -> None:
    deal_id = make_deal(bob)
    here = f"/records/{deal_id}/header"
    assert "closed_lost_reason" not in browser.get(f"{here}/edit", headers=FRAGMENT).text
    sent = {"version": 1, "dealname": "Gone", "dealstage": "closedlost"}
    anew = browser.post(here, data=sent | {"then": "refresh"}, headers=FRAGMENT)
    assert anew.status_code == 200
    assert 'name="closed_lost_reason"' in anew.text
    refused = browser.post(here, data=sent, headers=FRAGMENT)
    assert refused.status_code == 422
    assert NEEDED in refused.text
    assert 'value="Gone"' in refused.text
    assert browser.post(here, data=sent | {"closed_lost_reason": "Price"}, headers=FRAGMENT).status_code == 200
    end_read()
    assert get_record(bob, deal_id).values["closed_lost_reason"] == "Price"
