"""The card of activity totals, and the list that each of its numbers opens (SPEC 1.6)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from crm.clock import now
from crm.permissions.viewer import Viewer
from tests.factories import make_call, make_contact, make_email, make_note
from tests.factories.layouts import place_card
from tests.support.html import Element, read
from tests.support.queries import count_queries

ClientOf = Callable[[Viewer], FlaskClient]
DAY = timedelta(days=1)


@pytest.fixture
def contact(clock: time_machine.Traveller, bob: Viewer) -> int:
    """A contact with calls both ways, one of them long ago, and a note."""
    made = make_contact(bob)
    for days, direction in ((1, "INBOUND"), (2, "OUTBOUND"), (200, "OUTBOUND")):
        make_call(bob, made, title=f"Call {days}", direction=direction, activity_date=now() - days * DAY)
    make_note(bob, made, activity_date=now() - DAY)
    place_card("contact", "activity_totals", "totals")
    return made


def card_of(browser: FlaskClient, contact: int, query: str = "") -> Element:
    return read(browser.get(f"/records/{contact}/cards/totals{query}", fragment=True).text).one(id="card-totals")


def numbers(card: Element) -> dict[str, list[str]]:
    return {row.one("th").text: [cell.text for cell in row.all("td")] for row in card.one("tbody").all("tr")}


def test_numbers_are_counted_by_kind_and_direction(client_of: ClientOf, bob: Viewer, contact: int) -> None:
    browser = client_of(bob)
    assert numbers(card_of(browser, contact)) == {"Notes": ["–", "–", "1"], "Calls": ["1", "1", "2"]}
    assert numbers(card_of(browser, contact, "?period=ever"))["Calls"] == ["1", "2", "3"]
    chosen = card_of(browser, contact, "?period=7").one("a", css="pill", aria_current="true")
    assert chosen.text == "The last 7 days"
    empty = make_contact(bob)
    assert "Nothing has happened in this time." in card_of(browser, empty).text


def test_a_number_opens_what_it_counts_in_the_panel_and_as_a_page(
    client_of: ClientOf, bob: Viewer, contact: int
) -> None:
    browser = client_of(bob)
    number = card_of(browser, contact, "?period=ever").one("a", id="total-totals-call-out")
    assert (number["hx-target"], number.text) == ("#panel-body", "2")
    panel = read(browser.get(number["href"], fragment=True).text)
    assert panel.one("h2", id="panel-title").text == "Calls, outgoing"
    assert [one.text for one in panel.all("a", css="recent-title")] == ["Call 2", "Call 200"]
    page = read(browser.get(number["href"]).text)
    assert page.one("a", css="back")["href"] == f"/records/{contact}?tab=overview#card-totals"
    assert len(page.all("li", css="recent")) == 2
    for query in ("kind=smoke&period=90", "kind=call&period=90&way=up", "kind=call", "kind=call&period=90&before=x"):
        assert browser.get(f"/records/{contact}/cards/totals/activities?{query}").status_code == 400
    wrong = browser.get(f"/records/{contact}/cards/highlights/activities?kind=call&period=90")
    assert wrong.status_code == 404


def test_what_somebody_may_not_see_is_neither_counted_nor_listed(
    client_of: ClientOf, alice: Viewer, charlie: Viewer, clock: time_machine.Traveller
) -> None:
    contact = make_contact(charlie)
    make_call(charlie, contact, direction="INBOUND", activity_date=now() - DAY)
    place_card("contact", "activity_totals", "totals")
    browser = client_of(charlie)
    paths = [f"/records/{contact}/cards/totals{rest}" for rest in ("", "/activities?kind=call&period=90")]
    before = [browser.get(path, fragment=True).text for path in paths]
    for direction in ("INBOUND", "OUTBOUND"):
        make_call(alice, contact, direction=direction, activity_date=now() - DAY)
    make_email(alice, contact, activity_date=now() - DAY)
    assert [browser.get(path, fragment=True).text for path in paths] == before
    assert numbers(card_of(client_of(alice), contact))["Calls"] == ["2", "1", "3"]
    assert client_of(charlie).get(f"/records/{make_contact(alice)}/cards/totals").status_code == 404


def test_the_card_costs_the_same_for_few_and_for_many(client_of: ClientOf, bob: Viewer, contact: int) -> None:
    browser, amounts = client_of(bob), []
    for more in (0, 30):
        for _ in range(more):
            make_call(bob, contact, activity_date=now() - DAY)
        card_of(browser, contact)
        with count_queries() as queries:
            card_of(browser, contact)
        amounts.append(len(queries))
    assert amounts[0] == amounts[1]
