"""Figures over associated records: visible ones, in one currency (SPEC 1.6)."""

from collections.abc import Callable
from decimal import Decimal

from flask.testing import FlaskClient

from crm.layouts import statistics as domain
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from tests.factories import make_company, make_contact, make_deal, relate
from tests.factories.layouts import place_card
from tests.support.html import Element, read
from tests.support.queries import count_queries

ClientOf = Callable[[Viewer], FlaskClient]


def card_of(browser: FlaskClient, record: int) -> Element:
    return read(browser.get(f"/records/{record}/cards/figures", fragment=True).text).one(id="card-figures")


def figures(card: Element) -> dict[str, str]:
    return {one.one("dt").text: one.one("dd").text for one in card.one("dl").all("div")}


def test_a_number_of_the_associated_records_is_added_up(client_of: ClientOf, bob: Viewer) -> None:
    company = make_company(bob)
    amounts = (Decimal("0.10"), Decimal("0.20"), Decimal(100), None)
    relate(bob, company, *(make_deal(bob, f"Deal {one}", amount=one) for one in amounts))
    place_card("company", "statistics", "figures", object="deal", property="amount")
    card = card_of(client_of(bob), company)
    assert card.one("h3").text == "Deals: Amount"
    assert figures(card) == {
        "Count": "4",
        "Sum": "$100.30",
        "Average": "$33.43",
        "Minimum": "$0.10",
        "Maximum": "$100.00",
    }
    assert f"/objects/deals?associated={company}" in card.links()
    assert set(figures(card_of(client_of(bob), make_company(bob, "Empty Inc"))).values()) == {"0", "--"}


def test_amounts_in_other_currencies_are_left_out_and_said(client_of: ClientOf, bob: Viewer) -> None:
    company = make_company(bob)
    relate(
        bob,
        company,
        make_deal(bob, "Home", amount=Decimal(10)),
        make_deal(bob, "Said", amount=Decimal(5), deal_currency_code="USD"),
        make_deal(bob, "Abroad", amount=Decimal(1000), deal_currency_code="EUR"),
        make_deal(bob, "Nothing", deal_currency_code="EUR"),
    )
    place_card("company", "statistics", "figures", object="deal", property="amount", figures=["sum", "max", "count"])
    card = card_of(client_of(bob), company)
    assert figures(card) == {"Count": "4", "Sum": "$15.00", "Maximum": "$10.00"}
    assert "1 amount in another currency is left out." in card.text


def test_a_card_without_a_number_counts_and_one_without_an_object_says_so(client_of: ClientOf, bob: Viewer) -> None:
    contact = make_contact(bob)
    place_card("contact", "statistics", "figures", object="deal", property="dealname")
    assert figures(card_of(client_of(bob), contact)) == {"Count": "0"}
    place_card("contact", "statistics", "figures-2")
    text = client_of(bob).get(f"/records/{contact}/cards/figures-2", fragment=True).text
    assert "No object is chosen for this card." in text


def test_hidden_records_change_no_figure(client_of: ClientOf, alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    company = make_company(charlie)
    relate(charlie, company, make_deal(charlie, "Seen", amount=Decimal(7)))
    place_card("company", "statistics", "figures", object="deal", property="amount")
    browser = client_of(charlie)
    before = card_of(browser, company)
    relate(alice, company, make_deal(bob, "Hidden", amount=Decimal(1)))
    relate(alice, company, make_deal(bob, "Hidden abroad", amount=Decimal(1), deal_currency_code="EUR"))
    assert card_of(browser, company) == before
    assert figures(card_of(client_of(alice), company))["Sum"] == "$8.00"


def test_very_many_are_counted_to_a_limit_in_one_query(bob: Viewer, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    contact, deal = make_contact(bob), schema().object_type("deal")
    relate(bob, contact, *(make_deal(bob, f"Deal {number}", amount=Decimal(1)) for number in range(4)))
    prop = deal.property("amount")
    found = domain.statistics(bob, contact, "contact", deal, prop)
    assert (found.count, found.is_cut, found.numbers["sum"]) == (4, False, Decimal(4))
    monkeypatch.setattr(domain, "MOST_COUNTED", 3)
    monkeypatch.setattr(domain, "_statements", domain.Statements())
    with count_queries() as queries:
        found = domain.statistics(bob, contact, "contact", deal, prop)
    assert len(queries) == 1, queries
    assert (found.count, found.is_cut) == (3, True)
