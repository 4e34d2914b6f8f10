"""Editing the name and what stands under it in the header (REC-05, SPEC 1.2)."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record
from crm.records.queries import get_record
from tests.factories import make_company, make_contact, make_deal, make_lead, make_ticket
from tests.support.html import Element, read

MAKERS = {
    "contact": make_contact,
    "company": make_company,
    "deal": make_deal,
    "ticket": make_ticket,
    "lead": make_lead,
}
FIELDS = {
    "contact": ["firstname", "lastname", "jobtitle"],
    "company": ["name"],
    "deal": ["dealname", "amount", "closedate", "pipeline", "dealstage"],
    "ticket": ["subject", "hs_pipeline", "hs_pipeline_stage"],
    "lead": ["hs_lead_name", "hs_pipeline_stage", "hs_lead_label", "hubspot_owner_id"],
}


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


@pytest.fixture
def deal(bob: Viewer) -> int:
    """A deal at version 1; its close date has seconds, which no form shows."""
    closes = datetime(2026, 5, 1, 8, 30, 15, tzinfo=UTC)
    return make_deal(bob, "Lemons", amount=Decimal("10.50"), closedate=closes, deal_currency_code="EUR")


def form_of(browser: FlaskClient, record_id: int) -> Element:
    answer = browser.get(f"/records/{record_id}/header/edit", fragment=True)
    assert answer.status_code == 200
    return read(answer.text).one("form", css="header-form")


def send(browser: FlaskClient, record_id: int, fragment: bool = True, **form: Any) -> Any:
    return browser.post(f"/records/{record_id}/header", data={"version": "1"} | form, fragment=fragment)


def values(viewer: Viewer, record_id: int, *names: str) -> list[Any]:
    end_read()
    found = get_record(viewer, record_id).values
    return [found[name] for name in names]


def update(actor: Viewer, record_id: int, **changes: Any) -> None:
    end_read()
    with unit_of_work():
        update_record(actor, record_id, changes)


@pytest.mark.parametrize("kind", MAKERS)
def test_rec_05_the_pencil_opens_what_the_header_is_made_of(browser: FlaskClient, bob: Viewer, kind: str) -> None:
    record = MAKERS[kind](bob)
    pencil = read(browser.get(f"/records/{record}").text).one("a", id="edit-header")
    assert pencil["href"] == pencil["hx-get"] == f"/records/{record}/header/edit"
    assert [name for name in form_of(browser, record).fields() if name != "version"] == FIELDS[kind]


@pytest.mark.parametrize("kind", MAKERS)
def test_an_opened_form_sent_back_changes_nothing(browser: FlaskClient, bob: Viewer, kind: str) -> None:
    record = MAKERS[kind](bob)
    before = values(bob, record, *FIELDS[kind], "lastmodifieddate")
    form = form_of(browser, record)
    answer = browser.post(form["hx-post"], data=form.fields(), fragment=True)
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, "record-updated")
    assert values(bob, record, *FIELDS[kind], "lastmodifieddate") == before


def test_rec_05_a_new_name_shows_in_header_and_index(browser: FlaskClient, bob: Viewer) -> None:
    contact = make_contact(bob, "Ada Berg")
    answer = send(browser, contact, firstname="Eva", lastname="Lund", jobtitle="Buyer")
    header = read(answer.text).one("header", id="record-header")
    assert header.one("h1").text == "Eva Lund"
    assert "Buyer" in header.text
    assert "Eva Lund" in read(browser.get("/objects/contacts").text).one("tbody").text


def test_only_what_was_touched_is_written_and_told(browser: FlaskClient, bob: Viewer, deal: int) -> None:
    form = form_of(browser, deal).fields()
    answer = send(browser, deal, **form | {"amount": "12", "dealstage": "contractsent"})
    events = {event.strip() for event in answer.headers["HX-Trigger"].split(",")}
    followed = {"hs_deal_stage_probability-changed", "hs_projected_amount-changed"}
    assert events == {"record-updated", "amount-changed", "dealstage-changed"} | followed
    assert values(bob, deal, "amount", "dealstage") == [12, "contractsent"]
    assert values(bob, deal, "closedate")[0].second == 15


def test_the_about_card_hears_of_what_changed(browser: FlaskClient, deal: int) -> None:
    amount = read(browser.get(f"/records/{deal}").text).one("div", id="property-amount")
    assert amount["hx-trigger"] == "amount-changed from:body"
    again = read(browser.get(amount["hx-get"], fragment=True).text)
    assert again.one("div", id="property-amount").attributes == amount.attributes


def test_an_amount_may_be_typed_in_the_currency_of_the_deal(browser: FlaskClient, bob: Viewer, deal: int) -> None:
    assert send(browser, deal, amount="€1,200").status_code == 200
    assert values(bob, deal, "amount") == [1200]


def test_what_cannot_be_taken_stands_beside_its_field_with_all_that_was_typed(
    browser: FlaskClient, bob: Viewer, deal: int
) -> None:
    answer = send(browser, deal, dealname="", amount="much", closedate="2026-06-01T09:00", dealstage="contractsent")
    assert answer.status_code == 422
    form = read(answer.text).one("form", css="header-form")
    assert form.one("input", name="amount")["aria-describedby"] == "header-amount-hint"
    assert "much" in form.one("p", id="header-amount-hint").text
    typed = form.fields()
    assert [typed[name] for name in ("dealname", "amount", "closedate", "dealstage", "version")] == [
        "", "much", "2026-06-01T09:00", "contractsent", "1",
    ]  # fmt: skip
    again = send(browser, deal, **typed | {"amount": "5"})
    assert again.status_code == 422
    assert read(again.text).one("p", id="header-dealname-hint").text == "Deal name is required."
    assert values(bob, deal, "dealname", "amount") == ["Lemons", Decimal("10.5")]


def test_a_rule_about_a_property_that_is_not_in_the_form_is_said_too(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice, email=None)
    answer = send(browser, contact, firstname="", lastname="")
    assert answer.status_code == 422
    assert "At least one of these is required" in read(answer.text).one("p", css="notice").text


def test_without_htmx_the_form_is_a_page_and_saving_leads_back(browser: FlaskClient, bob: Viewer, deal: int) -> None:
    page = read(browser.get(f"/records/{deal}/header/edit").text)
    assert page.one("h1").text == "Edit Lemons"
    form = page.one("form", css="header-form")
    refused = browser.post(form["action"], data=form.fields() | {"dealname": ""})
    assert (refused.status_code, refused.text[:15]) == (422, "<!doctype html>")
    answer = browser.post(form["action"], data=form.fields() | {"dealname": "Limes"})
    assert (answer.status_code, answer.location) == (303, f"/records/{deal}")
    assert values(bob, deal, "dealname") == ["Limes"]


def test_what_somebody_else_changed_meanwhile_stays_when_it_was_not_touched(
    browser: FlaskClient, alice: Viewer, deal: int
) -> None:
    form = form_of(browser, deal).fields()
    update(alice, deal, amount=Decimal(99), closedate=None)
    assert send(browser, deal, **form | {"dealname": "Limes"}).status_code == 200
    assert values(alice, deal, "dealname", "amount", "closedate") == ["Limes", 99, None]


@pytest.fixture
def panel(browser: FlaskClient, alice: Viewer, deal: int) -> Element:
    """What bob gets who saves name, amount and stage over alice's name, amount and close date."""
    form = form_of(browser, deal).fields()
    update(alice, deal, dealname="Oranges", amount=Decimal(99), closedate=datetime(2026, 7, 1, 8, tzinfo=UTC))
    answer = send(browser, deal, **form | {"dealname": "Limes", "amount": "12", "dealstage": "contractsent"})
    assert answer.status_code == 409
    return read(answer.text).one("form", css="header-form")


def test_both_values_stand_at_each_property_both_changed(panel: Element) -> None:
    choices = [" ".join(part.text.split()) for part in panel.all("fieldset", css="versions")]
    assert choices == [
        "Deal name Before Lemons Keep theirs: Oranges Save mine: Limes",
        "Amount Before €10.50 Keep theirs: €99.00 Save mine: €12.00",
    ]
    sent = panel.fields()
    assert (sent["dealname"], sent["amount"], sent["dealstage"]) == ("Limes", "12", "contractsent")


def test_each_is_chosen_by_itself_and_what_was_not_touched_stays_theirs(
    browser: FlaskClient, alice: Viewer, deal: int, panel: Element
) -> None:
    answer = browser.post(panel["hx-post"], data=panel.fields() | {"keep-amount": "theirs", "keep-dealname": "yours"})
    assert answer.status_code == 303
    names = ("dealname", "amount", "dealstage", "closedate")
    closes = datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert values(alice, deal, *names) == ["Limes", 99, "contractsent", closes]


def test_saving_the_panel_as_it_is_takes_yours(browser: FlaskClient, alice: Viewer, deal: int, panel: Element) -> None:
    form = panel.fields() | {"keep-amount": "yours", "keep-dealname": "yours"}
    assert browser.post(panel["hx-post"], data=form, fragment=True).status_code == 200
    assert values(alice, deal, "dealname", "amount") == ["Limes", 12]


def test_giving_a_lead_away_leads_to_the_index(browser: FlaskClient, bob: Viewer, charlie: Viewer) -> None:
    lead = make_lead(bob)
    answer = send(browser, lead, hubspot_owner_id=str(charlie.user_id))
    assert answer.headers["HX-Redirect"] == "/objects/leads"


def test_nothing_but_the_form_of_the_header_is_written(browser: FlaskClient, bob: Viewer) -> None:
    contact = make_contact(bob, city="Oslo")
    assert send(browser, contact, city="Bergen", email="", createdate="2020-01-01").status_code == 200
    assert values(bob, contact, "city") == ["Oslo"]
    assert values(bob, contact, "email") != [None]


@pytest.mark.parametrize("version", ["", "x", "-1"])
def test_a_form_without_a_version_is_400(browser: FlaskClient, bob: Viewer, version: str) -> None:
    assert send(browser, make_contact(bob), version=version, firstname="Eva").status_code == 400


def test_who_may_not_edit_gets_no_pencil_and_no_form(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, dana: Viewer, charlie: Viewer, deal: int
) -> None:
    reader, stranger = client_of(dana), client_of(charlie)
    assert read(reader.get(f"/records/{deal}").text).all("a", id="edit-header") == []
    assert read(reader.get(f"/records/{deal}/header", fragment=True).text).all("a", id="edit-header") == []
    for browser, status in ((reader, 403), (stranger, 404)):
        assert browser.get(f"/records/{deal}/header/edit").status_code == status
        assert send(browser, deal, dealname="Limes").status_code == status
    assert values(bob, deal, "dealname") == ["Lemons"]
