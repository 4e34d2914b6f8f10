"""Cards made of what the page has read: properties of an associated record, dates, and the graph of a number."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import time_machine
from flask.testing import FlaskClient

from crm.layouts.property_graphs import WIDTH
from crm.permissions.viewer import Viewer
from tests.factories import make_company, make_contact, make_deal, relate
from tests.factories.layouts import place_card
from tests.factories.pipelines import change
from tests.support.html import Element, read
from tests.support.queries import count_queries

ClientOf = Callable[[Viewer], FlaskClient]
CARD = "mine"


def card_of(browser: FlaskClient, record: int) -> Element:
    return read(browser.get(f"/records/{record}/cards/{CARD}", fragment=True).text).one(id=f"card-{CARD}")


def test_the_properties_of_the_primary_company_stand_on_its_contact(
    client_of: ClientOf, alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    names = ["domain", "city", "gone"]
    place_card("contact", "association_properties", CARD, object="company", properties=names)
    contact = make_contact(charlie)
    assert "No companies are linked" in card_of(client_of(charlie), contact).text
    relate(alice, contact, make_company(bob, "Hidden Inc", city="Oslo"))
    assert "No companies are linked" in card_of(client_of(charlie), contact).text
    card = card_of(client_of(alice), contact)
    assert card.one("h3").text == "Company"
    assert card.one("p", css="card-subject").text == "Hidden Inc Primary"
    assert [one.text for one in card.all("dt")] == ["Company domain name", "City"]
    assert "Oslo" in card.text
    browser = client_of(alice)
    with count_queries() as few:
        card_of(browser, contact)
    relate(alice, contact, *(make_company(bob, f"Inc {number}") for number in range(8)))
    with count_queries() as many:
        assert "Hidden Inc" in card_of(browser, contact).text
    assert len(few) == len(many)


def test_dates_stand_in_order_with_the_days_until_and_since(
    client_of: ClientOf, bob: Viewer, clock: time_machine.Traveller
) -> None:
    names = ["closedate", "hs_next_step", "createdate", "notes_last_contacted"]
    place_card("deal", "date_tracker", CARD, properties=names)
    deal = make_deal(bob, "Oranges", closedate=datetime(2026, 3, 31, 1, tzinfo=UTC))
    clock.shift(timedelta(days=5))
    found = [
        (one.one("span", css="dates-label").text, one["data-state"], [d.text for d in one.all(css="dates-distance")])
        for one in card_of(client_of(bob), deal).all("li")
    ]
    assert found == [
        ("Create date", "passed", ["5 days ago"]),
        ("Close date", "ahead", ["in 15 days"]),
        ("Last contacted", "unknown", []),
    ]
    place_card("contact", "date_tracker", CARD)
    assert "No dates are chosen" in card_of(client_of(bob), make_contact(bob)).text


def test_the_history_of_a_number_is_drawn_with_its_values_in_a_table(
    client_of: ClientOf, bob: Viewer, clock: time_machine.Traveller
) -> None:
    place_card("deal", "property_graph", CARD, property="amount")
    deal = make_deal(bob, "Oranges")
    browser = client_of(bob)
    assert "“Amount” has had no value yet." in card_of(browser, deal).text
    for amount in (Decimal(100), Decimal(300), None, Decimal(200)):
        clock.shift(timedelta(days=1))
        change(bob, deal, amount=amount)
    clock.shift(timedelta(days=1))
    card = card_of(browser, deal)
    assert card.one("h3").text == "Amount"
    assert [one.text for one in card.one("tbody").all("td")] == ["$200.00", "--", "$300.00", "$100.00"]
    picture = card.one("svg", css="graph-picture")
    assert "between $100.00 and $300.00" in picture["aria-label"]
    assert card.one("path", css="graph-line")["d"] == f"M0 120H150V0H300M450 60H{WIDTH}"
    assert not [one for one in card.walk() if "style" in one]
    with count_queries() as queries:
        card_of(browser, deal)
    assert sum("property_history" in one for one in queries) == 1


def test_a_number_that_is_gone_or_none_draws_nothing(client_of: ClientOf, bob: Viewer) -> None:
    place_card("deal", "property_graph", CARD, property="dealname")
    assert "No property is chosen for this card." in card_of(client_of(bob), make_deal(bob)).text
