"""Associations from the right column: sections, picker, create new, remove, primary (REC-38, REC-41, REC-43)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.permissions.viewer import Viewer
from tests.factories import make_company, make_contact, make_deal, relate
from tests.support.html import Element, read
from tests.support.queries import count_queries


@pytest.fixture
def contact(bob: Viewer) -> int:
    """A contact of bob."""
    return make_contact(bob, "Ada Berg")


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


def section(browser: FlaskClient, record_id: int, plural: str) -> Element:
    """One section of the right column, as on the page."""
    return read(browser.get(f"/records/{record_id}").text).one("section", id=f"card-linked-{plural}")


def names(part: Element) -> list[str]:
    return [one.text for one in part.all("a", css="association-name")]


def menu_form(browser: FlaskClient, card: Element, label: str) -> str:
    """Where the form of the menu on a card with this button goes to, for htmx and without it."""
    menu = read(browser.get(card.one("a", css="more")["hx-get"], fragment=True).text)
    form = next(one for one in menu.all("form") if one.one("button").text == label)
    assert form["action"] == form["hx-post"]
    return form["action"]


def picker(browser: FlaskClient, here: int, plural: str, **query: object) -> Element:
    answer = browser.get(f"/records/{here}/associations/{plural}/add", query_string=query, fragment=True)
    assert answer.status_code == 200
    return read(answer.text)


def test_rec_41_there_is_a_section_for_each_object_with_its_count(
    browser: FlaskClient, bob: Viewer, contact: int
) -> None:
    relate(bob, contact, make_company(bob), make_deal(bob), make_deal(bob))
    right = read(browser.get(f"/records/{contact}").text).one("aside", id="record-right")
    cards = [one for one in right.all("section", css="card") if one["id"].startswith("card-linked-")]
    heads = [(one.one("h2").text, one.one("span", css="count").text) for one in cards]
    assert heads == [("Companies", "1"), ("Deals", "2"), ("Tickets", "0"), ("Leads", "0"), ("Contacts", "0")]


def test_rec_38_a_section_shows_cards_of_the_associated_records(
    browser: FlaskClient, bob: Viewer, contact: int
) -> None:
    relate(bob, contact, make_company(bob, "Orange Inc", domain="orange.example", phone="+4722334455"))
    card = section(browser, contact, "companies").one("li", css="association")
    assert card.one("span", css="badge").text == "Primary"
    assert "orange.example" in card.text
    assert "Bob Stone" in card.text


def test_a_section_shows_five_and_leads_to_all(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    relate(bob, contact, *(make_deal(bob, f"Deal {number}") for number in range(7)))
    part = section(browser, contact, "deals")
    assert names(part) == ["Deal 6", "Deal 5", "Deal 4", "Deal 3", "Deal 2"]
    all_of_them = read(browser.get(part.one("a", css="card-more")["href"]).text)
    assert len(all_of_them.one("tbody").all("tr")) == 7


def test_the_fragment_is_the_section_of_the_page(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    relate(bob, contact, make_deal(bob))
    fragment = read(browser.get(f"/records/{contact}/cards/linked-deals", fragment=True).text)
    assert names(fragment) == names(section(browser, contact, "deals"))


def test_rec_43_an_existing_deal_is_added_and_shows_on_both(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    deal = make_deal(bob, "Ten tons of oranges")
    form = picker(browser, contact, "deals", q="tons").one("form", css="picker-form")
    box = form.one("input", name="record_id")
    answer = browser.post(form["hx-post"], data={"record_id": box["value"]}, fragment=True)
    assert answer.status_code == 200
    assert "associations-changed" in answer.headers["HX-Trigger"]
    assert names(section(browser, contact, "deals")) == ["Ten tons of oranges"]
    assert names(section(browser, deal, "contacts")) == ["Ada Berg"]


def test_several_are_added_at_once(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    deals = [make_deal(bob, name) for name in ("One", "Two")]
    path = f"/records/{contact}/associations/deals/add"
    assert browser.post(path, data={"record_id": deals}).status_code == 303
    assert names(section(browser, contact, "deals")) == ["Two", "One"]


def test_nothing_is_added_when_one_of_several_may_not_be(
    browser: FlaskClient, bob: Viewer, charlie: Viewer, contact: int
) -> None:
    deals = [make_deal(bob), make_deal(charlie)]
    path = f"/records/{contact}/associations/deals/add"
    assert browser.post(path, data={"record_id": deals}).status_code == 404
    assert names(section(browser, contact, "deals")) == []


def test_the_picker_leaves_out_what_is_linked_and_the_record_itself(
    browser: FlaskClient, bob: Viewer, contact: int
) -> None:
    linked, free = make_contact(bob, "Ada Lund"), make_contact(bob, "Ada Holm")
    relate(bob, contact, linked)
    boxes = picker(browser, contact, "contacts", q="ada").all("input", name="record_id")
    assert [int(one["value"]) for one in boxes] == [free]


def test_the_picker_keeps_what_was_ticked(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    one, other = make_deal(bob, "Tons of lemons"), make_deal(bob, "Tons of limes")
    found = picker(browser, contact, "deals", q="tons", record_id=str(other))
    ticked = {int(box["value"]): "checked" in box for box in found.all("input", name="record_id")}
    assert ticked == {one: False, other: True}


@pytest.mark.parametrize("text", ["berg ada", "ADA@example.com", "lund"])
def test_the_picker_finds_by_name_and_address(browser: FlaskClient, bob: Viewer, text: str) -> None:
    made = make_contact(bob, "Ada Berg-Lund", email="ada@example.com")
    boxes = picker(browser, make_deal(bob), "contacts", q=text).all("input", name="record_id")
    assert [int(one["value"]) for one in boxes] == [made]


def test_a_new_record_is_made_and_linked(browser: FlaskClient, contact: int) -> None:
    form = picker(browser, contact, "companies", tab="new").one("form", css="picker-form")
    answer = browser.post(form["hx-post"], data=form.fields() | {"name": "Lemon Ltd"}, fragment=True)
    assert answer.status_code == 200
    assert names(section(browser, contact, "companies")) == ["Lemon Ltd"]


def test_a_new_record_that_cannot_be_made_keeps_what_was_typed(browser: FlaskClient, contact: int) -> None:
    form = picker(browser, contact, "deals", tab="new").one("form", css="picker-form")
    answer = browser.post(form["hx-post"], data=form.fields() | {"dealname": "", "amount": "12"}, fragment=True)
    assert answer.status_code == 422
    again = read(answer.text).one("form", css="picker-form")
    assert again.one("p", css="field-error").text == "Deal name is required."
    assert again.fields()["amount"] == "12"
    assert names(section(browser, contact, "deals")) == []


def test_removing_by_the_card(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    deal = make_deal(bob)
    relate(bob, contact, deal)
    remove = menu_form(browser, section(browser, contact, "deals").one("li", css="association"), "Remove link")
    answer = browser.post(remove, fragment=True)
    assert (answer.text, answer.headers["HX-Trigger"]) == ("", "associations-changed")
    assert names(section(browser, contact, "deals")) == []
    assert browser.get(f"/records/{deal}").status_code == 200


def test_another_company_is_made_primary_by_its_card(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    first, second = make_company(bob, "First"), make_company(bob, "Second")
    relate(bob, contact, first, second)
    other = section(browser, contact, "companies").all("li", css="association")[1]
    browser.post(menu_form(browser, other, "Set as primary"), fragment=True)
    after = section(browser, contact, "companies")
    assert names(after) == ["Second", "First"]
    assert "Primary" in after.all("li", css="association")[0].text


def test_saving_with_nothing_ticked_says_so(browser: FlaskClient, contact: int) -> None:
    answer = browser.post(f"/records/{contact}/associations/deals/add", data={}, fragment=True)
    assert answer.status_code == 422
    assert "Choose at least one" in answer.text


def test_who_only_reads_gets_no_controls(
    client_of: Callable[[Viewer], FlaskClient], dana: Viewer, bob: Viewer, contact: int
) -> None:
    relate(bob, contact, make_deal(bob))
    part = section(client_of(dana), contact, "deals")
    assert part.one("li", css="association").all("a", css="more") == part.all("a", css="card-add") == []
    deal = int(part.one("a", css="association-name")["href"].rpartition("/")[2])
    assert client_of(dana).get(f"/records/{contact}/associations/{deal}/menu").status_code == 403


def test_the_menu_of_a_link_is_there_for_links_only(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    deal = make_deal(bob)
    assert browser.get(f"/records/{contact}/associations/{deal}/menu").status_code == 404
    relate(bob, contact, deal)
    page = browser.get(f"/records/{contact}/associations/{deal}/menu")
    assert page.status_code == 200
    assert [one["action"] for one in read(page.text).one("main").all("form")] == [
        f"/records/{contact}/associations/{deal}/remove"
    ]


def test_all_records_linked_to_one_are_listed_by_the_index(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    deal = make_deal(bob, "Mine")
    make_deal(bob, "Other")
    relate(bob, contact, deal)
    table = read(browser.get(f"/objects/deals?associated={contact}").text).one("tbody")
    assert [row.one("div", css="table-name").all("a")[0].text for row in table.all("tr")] == ["Mine"]


@pytest.mark.parametrize("value", ["x", "-1", "9" * 30, "1e3", "0x10", "１"])
def test_an_associated_record_that_is_no_number_is_400(browser: FlaskClient, value: str) -> None:
    assert browser.get("/objects/deals", query_string={"associated": value}).status_code == 400


def test_a_company_offers_no_primary_company(browser: FlaskClient, bob: Viewer) -> None:
    parent = make_company(bob)
    relate(bob, parent, make_company(bob))
    labels = [one.text for one in section(browser, parent, "companies").one("li", css="association").all("button")]
    assert "Set as primary" not in labels


def offered(part: Element) -> list[tuple[int, bool]]:
    """What the picker lists, with its ticks, in order."""
    return [(int(box["value"]), "checked" in box) for box in part.all("input", name="record_id")]


def test_ticks_survive_another_search_and_come_first(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    pear, lemon, lime = (make_deal(bob, f"Tons of {fruit}") for fruit in ("pears", "lemons", "limes"))
    found = picker(browser, contact, "deals", q="li", record_id=[pear, lemon])
    assert offered(found) == [(lemon, True), (pear, True), (lime, False)]
    nothing = picker(browser, contact, "deals", q="xyz", record_id=[pear])
    assert offered(nothing) == [(pear, True)]


def test_a_tick_is_worth_nothing_for_what_cannot_be_linked(
    browser: FlaskClient, bob: Viewer, charlie: Viewer, contact: int
) -> None:
    linked, hidden, company = make_deal(bob, "Tons"), make_deal(charlie), make_company(bob)
    relate(bob, contact, linked)
    ticked = [linked, hidden, company, contact, 999]
    assert offered(picker(browser, contact, "deals", q="tons", record_id=ticked)) == []


def test_what_is_linked_takes_no_place_from_what_is_not(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    deals = [make_deal(bob, f"Tons {number:02}") for number in range(25)]
    relate(bob, contact, *deals[:20])
    assert offered(picker(browser, contact, "deals", q="tons")) == [(deal, False) for deal in deals[20:]]


def test_an_empty_list_says_why(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    relate(bob, contact, make_deal(bob, "Tons"))
    texts = {
        ("deals", ""): "Type a name to find what to link.",
        ("deals", "tons"): "All that match “tons” are linked already.",
        ("deals", "xyz"): "Nothing matches “xyz”.",
        ("contacts", "ada berg"): "Nothing matches “ada berg”.",
    }
    for (plural, q), text in texts.items():
        assert picker(browser, contact, plural, q=q).one("p", css="picker-empty").text == text


def test_the_picker_costs_the_same_for_one_hit_and_for_many(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    counts = set()
    for amount in (1, 15):
        for _ in range(amount):
            make_deal(bob, "Tons of oranges")
        picker(browser, contact, "deals", q="tons")
        with count_queries() as queries:
            picker(browser, contact, "deals", q="tons")
        counts.add(len(queries))
    assert len(counts) == 1
    assert max(counts) <= 6


def test_a_double_click_makes_one_record(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    form = picker(browser, contact, "deals", tab="new").one("form", css="picker-form")
    assert form["hx-disabled-elt"] == "find button[type=submit]"
    sent = form.fields() | {"dealname": "Lemons"}
    for _ in range(2):
        answer = browser.post(form["hx-post"], data=sent, fragment=True)
        assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, "associations-changed")
    assert names(section(browser, contact, "deals")) == ["Lemons"]


def test_a_form_corrected_in_the_picker_keeps_its_key(browser: FlaskClient, contact: int) -> None:
    form = picker(browser, contact, "deals", tab="new").one("form", css="picker-form").fields()
    path = f"/records/{contact}/associations/deals/add"
    again = read(browser.post(path, data=form | {"dealname": ""}, fragment=True).text).one("form", css="picker-form")
    assert again.fields()["key"] == form["key"]
    assert browser.post(path, data=again.fields() | {"dealname": "Lemons"}).status_code == 303
    assert names(section(browser, contact, "deals")) == ["Lemons"]


def test_the_counts_of_the_overview_lead_to_all(browser: FlaskClient, bob: Viewer, contact: int) -> None:
    relate(bob, contact, make_company(bob), *(make_deal(bob) for _ in range(7)))
    overview = read(browser.get(f"/records/{contact}?tab=overview").text).one(id="overview")
    here = f"?associated={contact}"
    assert [(one["href"], one.text) for one in overview.all("a", css="count")] == [
        (f"/objects/companies{here}", "1"),
        (f"/objects/deals{here}", "7"),
    ]
