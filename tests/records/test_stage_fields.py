"""Screens ask for what a stage requires, for the stage of another pipeline, and shut what rules forbid (SPEC 2.9)."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from time_machine import Traveller

from crm.permissions.viewer import Viewer
from crm.records.queries import get_record
from tests.factories import make_deal
from tests.factories.pipelines import make_pipeline, set_stage
from tests.support.html import Element, read

Sign = Callable[[Viewer], FlaskClient]


@pytest.fixture
def browser(client_of: Sign, bob: Viewer) -> FlaskClient:
    return client_of(bob)


def send(browser: FlaskClient, deal: int, name: str, values: Mapping[str, Any], fragment: bool = True) -> Any:
    data = {"version": str(values.pop("version", 1)), **values}
    return browser.post(f"/records/{deal}/properties/{name}", data=data, fragment=fragment)


def shut(page: Element, name: str) -> set[str]:
    """The values of a select that cannot be chosen."""
    options = page.one("select", name=name).all("option")
    return {option["value"] for option in options if "disabled" in option.attributes}


def offered(page: Element, name: str) -> list[str]:
    return [option["value"] for option in page.one("select", name=name).all("option")]


@pytest.mark.parametrize("fragment", [True, False])
def test_saving_a_stage_asks_for_what_it_requires(browser: FlaskClient, bob: Viewer, fragment: bool) -> None:
    pipeline = make_pipeline()
    set_stage(pipeline, "lost", required=("closed_lost_reason", "amount"))
    deal = make_deal(bob, pipeline=pipeline, dealstage="first", amount=Decimal(7))
    asked = send(browser, deal, "dealstage", {"dealstage": "lost"}, fragment)
    assert asked.status_code == 422
    page = read(asked.text)
    assert "required in “Lost”" in page.one(id="property-dealstage-closed_lost_reason-hint").text
    assert page.one("input", name="amount")["value"] == "7"
    assert [one["value"] for one in page.all("input", name="with")] == ["closed_lost_reason", "amount"]
    form = {"dealstage": "lost", "closed_lost_reason": "Price", "amount": "8", "with": ["closed_lost_reason", "amount"]}
    answer = send(browser, deal, "dealstage", form, fragment)
    assert answer.status_code == (200 if fragment else 303)
    values = get_record(bob, deal).values
    assert (values["dealstage"], values["closed_lost_reason"], values["amount"]) == ("lost", "Price", 8)


def test_choosing_a_stage_shows_its_fields_before_saving(browser: FlaskClient, bob: Viewer) -> None:
    pipeline = make_pipeline()
    set_stage(pipeline, "lost", required=("closed_lost_reason",))
    deal = make_deal(bob, pipeline=pipeline, dealstage="first")
    shown = send(browser, deal, "dealstage", {"dealstage": "lost", "then": "refresh"})
    assert shown.status_code == 200
    page = read(shown.text)
    assert page.one("textarea", name="closed_lost_reason")
    assert get_record(bob, deal).values["dealstage"] == "first"


def test_the_pipeline_is_changed_with_the_stage_of_the_new_one(browser: FlaskClient, bob: Viewer) -> None:
    pipeline = make_pipeline()
    deal = make_deal(bob, dealstage="contractsent")
    shown = read(send(browser, deal, "pipeline", {"pipeline": pipeline, "then": "refresh"}).text)
    assert offered(shown, "dealstage") == ["", "first", "second", "third", "won", "lost"]
    asked = send(browser, deal, "pipeline", {"pipeline": pipeline})
    assert asked.status_code == 422
    assert "Choose the stage" in read(asked.text).one(id="property-pipeline-dealstage-hint").text
    form = {"pipeline": pipeline, "dealstage": "second", "with": "dealstage"}
    assert send(browser, deal, "pipeline", form).status_code == 200
    values = get_record(bob, deal).values
    assert (values["pipeline"], values["dealstage"]) == (pipeline, "second")


def test_forbidden_stages_are_there_and_shut(browser: FlaskClient, bob: Viewer, client_of: Sign, alice: Viewer) -> None:
    pipeline = make_pipeline(forbids_skipping=True, forbids_going_back=True)
    deal = make_deal(bob, pipeline=pipeline, dealstage="first")
    address = f"/records/{deal}/properties/dealstage/edit"
    page = read(browser.get(address, fragment=True).text)
    assert shut(page, "dealstage") == {"third"}
    send(browser, deal, "dealstage", {"dealstage": "second"})
    page = read(browser.get(address, fragment=True).text)
    assert shut(page, "dealstage") == {"first"}
    header = read(browser.get(f"/records/{deal}/header/edit", fragment=True).text)
    assert shut(header, "dealstage") == {"first"}
    assert shut(read(client_of(alice).get(address, fragment=True).text), "dealstage") == set()


def test_the_create_form_shuts_stages_nothing_starts_in(browser: FlaskClient) -> None:
    set_stage("default", "appointmentscheduled", allows_creation=False)
    set_stage("default", "closedwon", allows_creation=False)
    page = read(browser.get("/objects/deals/new").text)
    assert shut(page, "dealstage") == {"appointmentscheduled", "closedwon"}
    chosen = [one for one in page.one("select", name="dealstage").all("option") if "selected" in one.attributes]
    assert [one["value"] for one in chosen] == ["qualifiedtobuy"]


def test_the_create_form_starts_with_the_close_date(browser: FlaskClient, clock: Traveller) -> None:
    clock.move_to(datetime(2024, 2, 5, 10, 30, tzinfo=UTC))
    page = read(browser.get("/objects/deals/new").text)
    assert page.one("input", name="closedate")["value"].startswith("2024-02-29T")


def test_the_create_form_asks_for_what_the_stage_requires(browser: FlaskClient, bob: Viewer) -> None:
    set_stage("default", "closedlost", required=("closed_lost_reason",))
    form = {"dealname": "Lost at once", "pipeline": "default", "dealstage": "closedlost"}
    answer = browser.post("/objects/deals/new", data=form)
    assert answer.status_code == 422
    page = read(answer.text)
    assert page.one("textarea", name="closed_lost_reason")["aria-invalid"] == "true"
    assert page.one("input", name="dealname")["value"] == "Lost at once"
    made = browser.post("/objects/deals/new", data=form | {"closed_lost_reason": "Price"})
    assert made.status_code == 303


def test_the_header_asks_for_what_the_stage_requires(browser: FlaskClient, bob: Viewer) -> None:
    set_stage("default", "closedlost", required=("closed_lost_reason",))
    deal = make_deal(bob)
    form = read(browser.get(f"/records/{deal}/header/edit").text).one("form", action=f"/records/{deal}/header").fields()
    answer = browser.post(f"/records/{deal}/header", data=form | {"dealstage": "closedlost"})
    assert answer.status_code == 422
    assert read(answer.text).one("textarea", name="closed_lost_reason")
    sent = form | {"dealstage": "closedlost", "closed_lost_reason": "Price"}
    assert browser.post(f"/records/{deal}/header", data=sent).status_code == 303
    assert get_record(bob, deal).values["closed_lost_reason"] == "Price"
