"""Labels where people meet them: picker, cards, tables, pop-up, review page, history (DB-40, REC-43, REC-66)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.associations.labels import labels_between, labels_of, set_limit
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from tests.factories import make_company, make_contact, make_deal, relate
from tests.factories.layouts import place_card
from tests.support.html import Element, read
from tests.support.links import associated_ids, make_label, relate_as
from tests.support.queries import count_queries

ClientOf = Callable[[Viewer], FlaskClient]
TICK = "link-label"


@pytest.fixture
def browser(client_of: ClientOf, bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


def badges(browser: FlaskClient, path: str, fragment: bool = False, **where: str) -> list[str]:
    """The badges of a part of a page."""
    return [one.text for one in read(browser.get(path, fragment=fragment).text).one(**where).all("span", css="badge")]


def texts(viewer: Viewer, record_id: int, other_id: int) -> list[str]:
    end_read()
    return [one.text for one in labels_of(viewer, record_id, [other_id]).get(other_id, ())]


def limit(alice: Viewer, one: str, other: str, label: int | None, most: int) -> None:
    end_read()
    with unit_of_work():
        set_limit(alice, one, other, label, most)


def ticks(form: Element) -> dict[str, bool]:
    found = [one for one in form.all("label", css="tick") if one.all("input", name=TICK)]
    return {one.one("span").text.split(" ")[0]: "checked" in one.one("input", name=TICK) for one in found}


def test_db_40_what_is_added_gets_the_ticked_labels(
    browser: FlaskClient, alice: Viewer, bob: Viewer
) -> None:
    manager = make_label(alice, "contact", "contact", "Manager", "Employee")
    friend = make_label(alice, "contact", "contact", "Friend")
    ada, others = make_contact(bob, "Ada Berg"), [make_contact(bob, name) for name in ("Eve Manning", "Max Manning")]
    path = f"/records/{ada}/associations/contacts/add"
    form = read(browser.get(f"{path}?q=manning&{TICK}={friend}").text).one("form", css="picker-form")
    assert ticks(form) == {"Employee": False, "Friend": True, "Manager": False}
    answer = browser.post(path, data={"record_id": others, TICK: [manager, friend]})
    assert answer.status_code == 303
    for other in others:
        assert texts(bob, ada, other) == ["Friend", "Manager"]
        assert texts(bob, other, ada) == ["Employee", "Friend"]
    assert badges(browser, f"/records/{others[0]}", tag="section", id="card-linked-contacts") == ["Employee", "Friend"]
    assert badges(browser, f"/records/{others[0]}/preview", tag="section", id="card-preview-contacts") == [
        "Employee", "Friend",
    ]  # fmt: skip


def test_a_new_record_is_linked_with_the_ticked_label(browser: FlaskClient, alice: Viewer, bob: Viewer) -> None:
    employer = make_label(alice, "contact", "company", "Employer", "Employee")
    ada = make_contact(bob, "Ada Berg")
    path = f"/records/{ada}/associations/companies/add"
    form = read(browser.get(f"{path}?tab=new&{TICK}={employer}").text).one("form", css="picker-form")
    assert ticks(form) == {"Employer": True}
    data = {"tab": "new", "key": form.one("input", name="key")["value"], "name": "Orange Inc", TICK: employer}
    assert browser.post(path, data=data).status_code == 303
    (company,) = associated_ids(bob, ada, "contact", "company")
    assert (texts(bob, ada, company), texts(bob, company, ada)) == (["Employer"], ["Employee"])


def test_beyond_a_limit_the_picker_says_so_and_keeps_what_was_chosen(
    browser: FlaskClient, alice: Viewer, bob: Viewer
) -> None:
    label = make_label(alice, "contact", "deal", "Buyer")
    limit(alice, "contact", "deal", label, 1)
    ada, deals = make_contact(bob, "Ada Berg"), [make_deal(bob, name) for name in ("One", "Two")]
    path = f"/records/{ada}/associations/deals/add"
    answer = browser.post(path, data={"record_id": deals, TICK: label}, fragment=True)
    form = read(answer.text).one("form", css="picker-form")
    assert answer.status_code == 422
    assert form.one(role="alert").text == "Only one of the Deals of “Ada Berg” may have the label “Buyer”."
    assert [int(one["value"]) for one in form.all("input", name="record_id") if "checked" in one] == deals
    assert ticks(form) == {"Buyer": True}
    assert associated_ids(bob, ada, "contact", "deal") == []
    limit(alice, "deal", "contact", None, 1)
    relate(alice, make_contact(bob), deals[0])
    data = {"tab": "new", "firstname": "Max", "lastname": "Full", "key": "a" * 32}
    answer = browser.post(f"/records/{deals[0]}/associations/contacts/add", data=data)
    assert answer.status_code == 422
    shown = read(answer.text).one("section", id="association-picker")
    assert shown.one("p", role="alert").text == "“One” may be associated with only one of the Contacts."
    assert shown.one("input", name="firstname")["value"] == "Max"


def test_db_40_labels_are_edited_from_the_menu_of_a_card(browser: FlaskClient, alice: Viewer, bob: Viewer) -> None:
    manager = make_label(alice, "contact", "contact", "Manager", "Employee")
    friend = make_label(alice, "contact", "contact", "Friend")
    ada, max_ = make_contact(bob, "Ada Berg"), make_contact(bob, "Max Full")
    relate_as(bob, ada, max_, [manager])
    card = read(browser.get(f"/records/{ada}").text).one("div", css="association-head")
    menu = read(browser.get(card.one("a", css="more")["href"]).text)
    path = next(one["href"] for one in menu.all("a", css="menu-item") if one.text == "Edit labels")
    form = read(browser.get(path).text).one("form", id="association-labels")
    assert ticks(form) == {"Employee": False, "Friend": False, "Manager": True}
    relate_as(bob, ada, max_, [friend])  # somebody else, since the form was opened
    answer = browser.post(path, data={"held-label": manager})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/records/{ada}")
    assert texts(bob, ada, max_) == ["Friend"]
    answer = browser.post(path, data={TICK: manager, "held-label": ""}, fragment=True)
    assert "associations-changed" in answer.headers["HX-Trigger"]
    limit(alice, "contact", "contact", manager, 1)
    eve = make_contact(bob, "Eve Lund")
    relate(bob, ada, eve)
    refused = browser.post(f"/records/{ada}/associations/{eve}/labels", data={TICK: manager}, fragment=True)
    assert refused.status_code == 422
    assert ticks(read(refused.text)) == {"Employee": False, "Friend": False, "Manager": True}
    assert texts(bob, ada, eve) == []


def test_who_may_not_edit_the_record_edits_no_labels(
    client_of: ClientOf, alice: Viewer, bob: Viewer, dana: Viewer, charlie: Viewer
) -> None:
    label = make_label(alice, "contact", "contact", "Friend")
    ada, max_, far = make_contact(bob), make_contact(bob), make_contact(charlie)
    relate(bob, ada, max_)
    path = f"/records/{ada}/associations/{max_}/labels"
    assert client_of(dana).post(path, data={TICK: label}).status_code == 403
    assert client_of(charlie).get(path).status_code == 404
    assert client_of(bob).post(f"/records/{ada}/associations/{far}/labels", data={TICK: label}).status_code == 404
    assert texts(bob, ada, max_) == []


def test_rec_66_review_page_and_history_show_the_labels_of_this_side(
    browser: FlaskClient, alice: Viewer, bob: Viewer
) -> None:
    label = make_label(alice, "contact", "company", "Employer", "Employee")
    ada, company = make_contact(bob, "Ada Berg"), make_company(bob, "Orange Inc")
    relate_as(bob, ada, company, [label])
    review = f"/records/{ada}/associations/review"
    assert badges(browser, review, tag="section", aria_labelledby="review-companies") == ["Primary", "Employer"]
    edit = read(browser.get(review).text).one("a", id=f"labels-{company}")["href"]
    answer = browser.post(edit, data={"held-label": label})
    assert answer.headers["Location"] == review
    for record_id, word in ((ada, "Employer"), (company, "Employee")):
        rows = [one.text for one in read(browser.get(f"/records/{record_id}/associations/history").text).all("li")]
        assert [row.split(" ")[0] for row in rows if f"· {word}" in row] == ["Removed", "Added"]


def test_an_association_table_shows_labels_also_when_it_is_searched(
    browser: FlaskClient, alice: Viewer, bob: Viewer
) -> None:
    label = make_label(alice, "contact", "deal", "Buyer")
    ada = make_contact(bob, "Ada Berg")
    for number in range(12):
        relate_as(bob, ada, make_deal(bob, f"Deal {number:02}"), [label] if number in (0, 11) else [])
    place_card("contact", "association_table", "deals", object="deal", properties=["amount"])
    path = f"/records/{ada}/cards/deals"
    assert badges(browser, path, fragment=True, tag="section", id="card-deals") == ["Buyer"]
    assert badges(browser, f"{path}?q=deal+00", fragment=True, tag="section", id="card-deals") == ["Buyer"]


def test_a_list_of_one_label_adds_with_it_and_leads_to_those_with_it(
    browser: FlaskClient, alice: Viewer, bob: Viewer
) -> None:
    label = make_label(alice, "contact", "deal", "Buyer")
    ada = make_contact(bob, "Ada Berg")
    for number in range(3):
        relate_as(bob, ada, make_deal(bob, f"Bought {number}"), [label])
    relate(bob, ada, make_deal(bob, "Other"))
    place_card("contact", "label_list", "labels", labels=["contact_to_deal:buyer"], number=2)
    group = read(browser.get(f"/records/{ada}/cards/labels", fragment=True).text).one("section", css="label-group")
    assert group.one("h4").text == "Deals: Buyer 3"
    form = read(browser.get(group.one("a", css="card-add")["href"]).text).one("form", css="picker-form")
    assert ticks(form) == {"Buyer": True}
    page = read(browser.get(group.one("a", css="card-more")["href"]).text)
    assert len(page.one("tbody").all("tr")) == 3
    assert "Other" not in page.one("tbody").text


def test_labels_cost_a_record_page_no_query(browser: FlaskClient, alice: Viewer, bob: Viewer) -> None:
    ada = make_contact(bob, "Ada Berg")
    labels = []
    counts = []
    for more in (1, 5, 20):
        labels.append(make_label(alice, "contact", "deal", f"Label {more}"))
        for number in range(more):
            relate_as(bob, ada, make_deal(bob, f"Deal {number}"), labels)
        browser.get(f"/records/{ada}")
        with count_queries() as queries:
            browser.get(f"/records/{ada}")
        counts.append(len(queries))
    relate(bob, plain := make_contact(bob), make_deal(bob))
    browser.get(f"/records/{plain}")
    with count_queries() as queries:
        browser.get(f"/records/{plain}")
    assert {*counts, len(queries)} == {counts[0]}, queries


def test_a_record_is_made_with_labels_and_not_beyond_a_limit(browser: FlaskClient, alice: Viewer, bob: Viewer) -> None:
    make_label(alice, "deal", "contact", "Buyer", "Deal they pay")
    end_read()
    label = next(one for one in labels_between("deal", "contact") if one.text == "Buyer")
    ada = make_contact(bob, "Ada Berg")
    form = read(browser.get(f"/objects/deals/new?associate_with={ada}").text).one("fieldset", css="form-links")
    assert form.one("input", name=f"{TICK}-{ada}")["value"] == str(label.type_id)
    data = {"dealname": "One", "associate_with": ada, f"{TICK}-{ada}": label.type_id, "key": "a" * 32}
    assert browser.post("/objects/deals/new", data=data).status_code == 303
    (deal,) = associated_ids(bob, ada, "contact", "deal")
    assert texts(bob, ada, deal) == ["Deal they pay"]
    limit(alice, "contact", "deal", None, 1)
    answer = browser.post("/objects/deals/new", data=data | {"dealname": "Two", "key": "b" * 32})
    assert answer.status_code == 422
    shown = read(answer.text)
    assert shown.one("p", css="field-error").text == "“Ada Berg” may be associated with only one of the Deals."
    assert shown.one("input", name="dealname")["value"] == "Two"
    assert "checked" in shown.one("input", name=f"{TICK}-{ada}")
    assert associated_ids(bob, ada, "contact", "deal") == [deal]
