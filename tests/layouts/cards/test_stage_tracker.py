"""The stage tracker: the stages as a bar, and moving the record by its menu (SPEC 1.6, REC-37)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from crm.permissions.viewer import Viewer
from tests.factories import make_contact, make_deal, make_ticket
from tests.factories.pipelines import change, make_pipeline, set_stage
from tests.support.html import Element, read

ClientOf = Callable[[Viewer], FlaskClient]
STAGE = "dealstage"


@pytest.fixture
def pipeline(bob: Viewer) -> str:
    """A pipeline whose stages cannot be skipped and whose third one needs an amount."""
    name = make_pipeline(forbids_skipping=True)
    set_stage(name, "third", required=("amount",))
    return name


@pytest.fixture
def deal(bob: Viewer, pipeline: str) -> int:
    """A deal in its second stage."""
    made = make_deal(bob, "Oranges", pipeline=pipeline, dealstage="first")
    change(bob, made, dealstage="second")
    return made


def card_of(browser: FlaskClient, record: int) -> Element:
    return read(browser.get(f"/records/{record}?tab=overview").text).one("section", id="card-stage")


def steps(card: Element) -> list[tuple[str, str]]:
    return [(one.text, one["data-state"]) for one in card.one("ol", css="tracker-bar").all("li")]


def send(browser: FlaskClient, record: int, stage: str, fragment: bool = True, **more: str):
    version = card_of(browser, record).all("input", name="version")[0]["value"]
    data = {"version": version, STAGE: stage} | more
    return browser.post(f"/records/{record}/cards/stage/stage", data=data, fragment=fragment)


def test_rec_37_deals_and_tickets_have_the_tracker_and_contacts_have_none(
    client_of: ClientOf, bob: Viewer, deal: int
) -> None:
    browser = client_of(bob)
    assert steps(card_of(browser, deal)) == [
        ("First", "passed"),
        ("Second", "current"),
        ("Third", "ahead"),
        ("Won", "ahead"),
        ("Lost", "ahead"),
    ]
    assert card_of(browser, make_ticket(bob)).one("li", aria_current="step")
    contact = read(browser.get(f"/records/{make_contact(bob)}?tab=overview").text)
    assert not contact.all("section", id="card-stage")


def test_it_says_for_how_many_days_the_record_has_been_there(
    client_of: ClientOf, bob: Viewer, clock: time_machine.Traveller
) -> None:
    deal = make_deal(bob, "Oranges")
    clock.shift(timedelta(days=3, hours=2))
    browser = client_of(bob)
    assert "3 days in this stage" in card_of(browser, deal).text
    change(bob, deal, dealstage="closedlost")
    card = card_of(browser, deal)
    assert "0 days in this stage" in card.text
    assert dict(steps(card))["Closed won"] == "ahead", "what is lost was never won"


def test_a_move_is_made_by_the_menu_and_told_to_the_page(client_of: ClientOf, bob: Viewer, deal: int) -> None:
    browser = client_of(bob)
    answer = send(browser, deal, "first")
    assert answer.status_code == 200
    assert {"record-updated", "dealstage-changed"} <= set(answer.headers["HX-Trigger"].split(", "))
    assert dict(steps(read(answer.text)))["First"] == "current"
    plain = send(browser, deal, "second", fragment=False)
    assert (plain.status_code, plain.headers["Location"]) == (303, f"/records/{deal}/cards/stage")
    assert dict(steps(card_of(browser, deal)))["Second"] == "current"


def test_what_a_rule_forbids_cannot_be_chosen_and_is_refused_beside_it(
    client_of: ClientOf, bob: Viewer, deal: int
) -> None:
    browser = client_of(bob)
    change(bob, deal, dealstage="first")
    menu = card_of(browser, deal).one("div", css="tracker-foot").one("div", css="menu-list")
    off = [one.text for one in menu.all("button") if "disabled" in one]
    assert off == ["Third"]
    answer = send(browser, deal, "third", amount="5", **{"with": "amount"})
    assert answer.status_code == 422
    card = read(answer.text).one("section", id="card-stage")
    assert "Second" in card.one("p", css="field-error", role="alert").text
    assert dict(steps(card))["First"] == "current"


def test_a_stage_asks_for_what_it_requires_and_keeps_what_was_typed(
    client_of: ClientOf, bob: Viewer, deal: int
) -> None:
    browser = client_of(bob)
    asked = send(browser, deal, "third")
    form = read(asked.text).one("form", css="tracker-form")
    assert asked.status_code == 422
    assert form.fields() | {"version": ""} == {"version": "", STAGE: "third", "amount": "", "with": "amount"}
    assert form.one("p", css="field-error")
    wrong = send(browser, deal, "third", amount="lots", **{"with": "amount"})
    assert wrong.status_code == 422
    assert read(wrong.text).one("form", css="tracker-form").fields()["amount"] == "lots"
    done = send(browser, deal, "third", amount="12.50", **{"with": "amount"})
    assert dict(steps(read(done.text)))["Third"] == "current"


def test_a_move_somebody_else_made_meanwhile_is_told(client_of: ClientOf, bob: Viewer, deal: int) -> None:
    browser = client_of(bob)
    version = card_of(browser, deal).all("input", name="version")[0]["value"]
    change(bob, deal, dealstage="lost")
    answer = browser.post(
        f"/records/{deal}/cards/stage/stage", data={"version": version, STAGE: "first"}, fragment=True
    )
    assert answer.status_code == 409
    card = read(answer.text).one("section", id="card-stage")
    assert "Lost" in card.one("form", css="tracker-form").one("p", role="alert").text
    assert browser.post(
        f"/records/{deal}/cards/stage/stage", data=card.one("form", css="tracker-form").fields(), fragment=True
    ).status_code == 200


def test_who_may_not_edit_sees_the_bar_without_a_menu(
    client_of: ClientOf, bob: Viewer, charlie: Viewer, dana: Viewer, deal: int
) -> None:
    card = card_of(client_of(dana), deal)
    assert dict(steps(card))["Second"] == "current"
    assert not card.all("button", name=STAGE)
    data = {"version": "1", STAGE: "first"}
    statuses = [
        client_of(who).post(f"/records/{deal}/cards/stage/stage", data=data).status_code for who in (dana, charlie)
    ]
    assert statuses == [403, 404]
    browser = client_of(bob)
    assert browser.post(f"/records/{deal}/cards/table-contacts/stage", data=data).status_code == 404
    for wrong in ({"version": "1"}, {"version": "1", STAGE: "smoke"}, {"version": "x", STAGE: "first"}):
        assert browser.post(f"/records/{deal}/cards/stage/stage", data=wrong).status_code == 400
