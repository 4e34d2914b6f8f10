"""Associated records by the way they are linked (SPEC 1.6)."""

from collections.abc import Callable

from flask.testing import FlaskClient

from crm.associations.grouped import link_groups, link_types
from crm.permissions.viewer import Viewer
from tests.factories import make_company, make_contact, make_deal, relate
from tests.factories.layouts import place_card
from tests.support.html import Element, read
from tests.support.queries import count_queries

ClientOf = Callable[[Viewer], FlaskClient]
PRIMARY, PLAIN = "contact_to_company_primary", "contact_to_company"


def card_of(browser: FlaskClient, contact: int) -> Element:
    return read(browser.get(f"/records/{contact}/cards/labels", fragment=True).text).one(id="card-labels")


def groups(card: Element) -> dict[str, list[str]]:
    found = card.all("section", css="label-group")
    return {one.one("h4").text: [link.text for link in one.all("li")] for one in found}


def test_records_are_grouped_by_their_labels(client_of: ClientOf, bob: Viewer) -> None:
    contact = make_contact(bob)
    relate(bob, contact, *(make_company(bob, name) for name in ("First Inc", "Second Inc", "Third Inc")))
    place_card("contact", "label_list", "labels", labels=[PRIMARY, PLAIN, "contact_to_deal", "gone"])
    card = card_of(client_of(bob), contact)
    assert groups(card) == {
        "Companies: Primary 1": ["First Inc"],
        "Companies without a label 2": ["Third Inc", "Second Inc"],
        "Deals without a label 0": [],
    }
    adding = [one["href"] for one in card.all("a", css="card-add")]
    assert adding == [f"/records/{contact}/associations/{plural}/add" for plural in ("companies", "companies", "deals")]


def test_without_labels_the_card_says_so(client_of: ClientOf, bob: Viewer, dana: Viewer) -> None:
    place_card("contact", "label_list", "labels")
    contact = make_contact(bob)
    assert "No labels are chosen for this card." in card_of(client_of(bob), contact).text
    assert not card_of(client_of(dana), contact).all("a", css="card-add")


def test_hidden_records_change_nothing(client_of: ClientOf, alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    contact = make_contact(charlie)
    relate(charlie, contact, make_deal(charlie, "Seen"))
    place_card("contact", "label_list", "labels", labels=[PRIMARY, PLAIN, "contact_to_deal"])
    browser = client_of(charlie)
    before = card_of(browser, contact)
    relate(alice, contact, make_company(bob), make_deal(bob, "Hidden"))
    assert card_of(browser, contact) == before
    assert groups(card_of(client_of(alice), contact))["Deals without a label 2"] == ["Hidden", "Seen"]


def test_it_costs_one_query_for_few_and_for_many(bob: Viewer) -> None:
    contact = make_contact(bob)
    types = link_types("contact")
    for more in (1, 20):
        relate(bob, contact, *(make_deal(bob, f"Deal {number}") for number in range(more)))
        link_groups(bob, contact, types, 5)
        with count_queries() as queries:
            found = {one.type.name: one for one in link_groups(bob, contact, types, 5)}
        assert len(queries) == 1, queries
    assert (found["contact_to_deal"].count, len(found["contact_to_deal"].neighbours)) == (21, 5)
