"""Association tables: searched, sorted, filtered and paged at an address of their own (SPEC 1.6, REC-34)."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.layouts import association_tables
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record
from tests.factories import make_company, make_contact, make_deal, relate
from tests.factories.layouts import place_card
from tests.support.html import Element, read
from tests.support.queries import count_queries

ClientOf = Callable[[Viewer], FlaskClient]
AMOUNT, CLOSED = "amount:greater:500", "dealstage:any:closedwon"


@pytest.fixture
def contact(bob: Viewer) -> int:
    """A contact with twelve deals, of which one is won; the card of deals has two quick filters."""
    made = make_contact(bob)
    for number in range(1, 13):
        won = {"dealstage": "closedwon"} if number == 3 else {}
        name = f"Deal {number:02}" + (" acorn" if number == 7 else "")
        relate(bob, made, make_deal(bob, name, amount=Decimal(number * 100), **won))
    columns = ["amount", "closedate", "gone"]
    place_card("contact", "association_table", "deals", object="deal", properties=columns, filters=[AMOUNT, CLOSED])
    return made


def card_of(browser: FlaskClient, contact: int, query: str = "", key: str = "deals") -> Element:
    answer = browser.get(f"/records/{contact}/cards/{key}{query}", fragment=True)
    assert answer.status_code == 200
    return read(answer.text).one("section", id=f"card-{key}")


def names(card: Element) -> list[str]:
    return [one.all("a")[0].text for one in card.all("div", css="table-name")]


def test_rec_34_a_table_lists_the_newest_and_leads_on(client_of: ClientOf, bob: Viewer, contact: int) -> None:
    card = card_of(client_of(bob), contact)
    assert names(card) == [f"Deal {number:02}" for number in (12, 11, 10, 9, 8)]
    assert card.one("a", css="count").text == "12"
    assert [one.text for one in card.one("thead").all("th")] == ["Name", "Amount", "Close date"]
    assert card.one("a", id="table-add-deals")["href"] == f"/records/{contact}/associations/deals/add"
    menu = read(client_of(bob).get(card.one("a", id="menu-deals")["hx-get"], fragment=True).text)
    assert f"/objects/deals/new?associate_with={contact}" in menu.links()
    whole = card_of(client_of(bob), contact, "?whole=1")
    assert len(names(whole)) == association_tables.PAGE_SIZE
    rest = read(client_of(bob).get(whole.one("a", id="page-deals-next")["href"], fragment=True).text)
    assert names(rest) == ["Deal 02", "Deal 01"]


def test_rec_34_a_table_is_sorted_by_each_of_its_columns(client_of: ClientOf, bob: Viewer, contact: int) -> None:
    browser = client_of(bob)
    for name, first in (("amount", "Deal 01"), ("dealname", "Deal 01"), ("closedate", "Deal 03")):
        url = card_of(browser, contact).one("a", id=f"sort-deals-{name}")["href"]
        card = read(browser.get(url, fragment=True).text)
        assert names(card)[0] == first
        assert card.one("th", aria_sort="ascending")
        again = card.one("a", id=f"sort-deals-{name}")["href"]
        assert "direction=desc" in again
        if name == "amount":
            assert names(read(browser.get(again, fragment=True).text))[0] == "Deal 12"


def test_rec_34_a_table_is_searched_and_narrowed_by_quick_filters(
    client_of: ClientOf, bob: Viewer, contact: int
) -> None:
    browser = client_of(bob)
    assert names(card_of(browser, contact, "?q=acorn")) == ["Deal 07 acorn"]
    assert "None of them match" in card_of(browser, contact, "?q=nothing").text
    filters = card_of(browser, contact).one("div", css="chips").all("a")
    assert [one.text for one in filters] == ["Amount is greater than $500.00", "Deal stage is any of Closed won"]
    won = read(browser.get(filters[1]["href"], fragment=True).text)
    assert names(won) == ["Deal 03"]
    assert "1 in all" in won.text
    off = won.one("a", aria_current="true")
    assert off.text == filters[1].text
    assert len(names(read(browser.get(off["href"], fragment=True).text))) == association_tables.PAGE_SIZE
    both = won.one("div", css="chips").all("a")[0]["href"]
    assert names(read(browser.get(both, fragment=True).text)) == []
    assert len(names(card_of(browser, contact, "?filter=amount:less:0&sort=amount"))) == 10, "only what is offered"


def test_a_table_is_a_page_of_its_own_without_script(client_of: ClientOf, bob: Viewer, contact: int) -> None:
    browser = client_of(bob)
    page = read(browser.get(f"/records/{contact}/cards/deals?q=acorn&sort=amount").text)
    assert page.one("a", css="back").text == "Ada Berg"
    assert names(page) == ["Deal 07 acorn"]
    form = page.one("form", css="card-search")
    assert (form["method"], form["action"]) == ("get", f"/records/{contact}/cards/deals")
    assert form.fields() == {"q": "acorn", "sort": "amount", "direction": "asc"}
    plain = browser.get(f"/records/{contact}/cards/deals")
    assert (plain.status_code, plain.headers["Location"]) == (303, f"/records/{contact}?tab=overview#card-deals")


def test_what_is_no_state_of_a_table_is_refused(client_of: ClientOf, bob: Viewer, contact: int) -> None:
    browser = client_of(bob)
    for query, status in (("sort=nothing", 404), ("sort=amount&page-key=nothing", 400)):
        assert browser.get(f"/records/{contact}/cards/deals?{query}").status_code == status


def test_the_primary_company_is_marked_however_the_table_is_read(client_of: ClientOf, bob: Viewer) -> None:
    contact = make_contact(bob)
    relate(bob, contact, make_company(bob, "First Inc"), make_company(bob, "Second Inc"))
    for query in ("", "?whole=1", "?q=inc&sort=name"):
        card = card_of(client_of(bob), contact, query, "table-companies")
        marked = [one.all("a")[0].text for one in card.all("div", css="table-name") if one.all("span", css="badge")]
        assert (query, marked, len(names(card))) == (query, ["First Inc"], 2)


def test_hidden_records_change_nothing_of_a_table(
    client_of: ClientOf, alice: Viewer, charlie: Viewer, bob: Viewer
) -> None:
    contact = make_contact(charlie)
    relate(charlie, contact, make_deal(charlie, "Seen"))
    browser = client_of(charlie)
    queries = ("", "?whole=1", "?q=deal", "?sort=amount", "?filter=" + AMOUNT)
    place_card("contact", "association_table", "deals", object="deal", properties=["amount"], filters=[AMOUNT])
    before = [browser.get(f"/records/{contact}/cards/deals{query}", fragment=True).text for query in queries]
    relate(alice, contact, make_deal(bob, "Hidden deal", amount=Decimal(900)))
    after = [browser.get(f"/records/{contact}/cards/deals{query}", fragment=True).text for query in queries]
    assert after == before
    assert "Hidden deal" in client_of(alice).get(f"/records/{contact}/cards/deals", fragment=True).text


def test_a_table_costs_the_same_for_few_and_for_many(client_of: ClientOf, bob: Viewer, contact: int) -> None:
    browser, amounts = client_of(bob), []
    for more in (0, 60):
        end_read()
        with unit_of_work():
            update_record(bob, contact, {"jobtitle": f"Buyer {more}"})
        relate(bob, contact, *(make_deal(bob, f"More {number}") for number in range(more)))
        for query in ("", "?q=deal&sort=amount"):
            card_of(browser, contact, query)
            with count_queries() as queries:
                card_of(browser, contact, query)
            amounts.append(len(queries))
    assert amounts[:2] == amounts[2:]
    assert amounts[1] - amounts[0] == 2
