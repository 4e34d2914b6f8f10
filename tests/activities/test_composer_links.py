"""Which records an activity from the composer lands on: recipients, people called, what was searched and ticked."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm.activities.queries import links_of
from crm.db import end_read
from crm.permissions.viewer import Viewer
from crm.timeline.queries import page
from tests.factories import make_company, make_contact, make_deal, relate
from tests.support.html import Element, read
from tests.support.queries import count_queries


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


def send(browser: FlaskClient, record_id: int, kind: str, ticked: list[int], **typed: object) -> TestResponse:
    """Send the composer with exactly these boxes ticked, as a browser sends it."""
    form = read(browser.get(f"/records/{record_id}/activities/new?kind={kind}", fragment=True).text).one("form")
    offered = [one["value"] for one in form.all("input", name="offered_ids")]
    sent = form.fields() | {"body": "<p>Said hello</p>", "title": "Hello"} | typed
    return browser.post(form["action"], data={**sent, "record_ids": ticked, "offered_ids": offered}, fragment=True)


def on(viewer: Viewer, record_id: int) -> dict[int, str]:
    """The records that the newest activity of this one is on, each with why."""
    end_read()
    newest = next(one.activity_id for one in page(viewer, record_id).entries if one.activity_id is not None)
    return {one.record_id: one.source for one in links_of(viewer, newest)}


def test_asc_10_an_email_from_a_company_lands_on_whom_it_went_to(browser: FlaskClient, alice: Viewer) -> None:
    company, ada = make_company(alice), make_contact(alice, "Ada Berg", email="ada@example.com")
    answer = send(browser, company, "email", [company], to_addresses="Ada Berg <ADA@example.com>; x@example.com")
    assert answer.status_code == 200
    assert on(alice, company) == {company: "origin", ada: "contacted"}


def test_asc_12_an_email_from_a_deal_lands_on_whom_it_went_to(browser: FlaskClient, alice: Viewer) -> None:
    deal, ada = make_deal(alice), make_contact(alice, "Ada Berg", email="ada@example.com")
    send(browser, deal, "email", [deal], cc_addresses="ada@example.com")
    assert on(alice, deal)[ada] == "contacted"


def test_asc_10_a_call_from_a_company_lands_on_whom_it_reached(browser: FlaskClient, alice: Viewer) -> None:
    company, ada, ben = make_company(alice), make_contact(alice, "Ada Berg"), make_contact(alice, "Ben Cole")
    relate(alice, company, ada)
    relate(alice, company, ben)
    form = read(browser.get(f"/records/{company}/activities/new?kind=call", fragment=True).text).one("form")
    assert {int(one["value"]) for one in form.all("input", name="people")} == {ada, ben}
    send(browser, company, "call", [company], people=[str(ben)])
    assert on(alice, company) == {company: "origin", ben: "contacted"}


def test_a_call_on_a_contact_is_taken_to_be_with_them(browser: FlaskClient, alice: Viewer) -> None:
    form = read(browser.get(f"/records/{make_contact(alice)}/activities/new?kind=call", fragment=True).text).one("form")
    [box] = form.all("input", name="people")
    assert "checked" in box


def test_nobody_is_called_who_is_hidden_or_no_contact(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, charlie: Viewer
) -> None:
    company, other, theirs = make_company(bob), make_company(bob), make_contact(charlie)
    send(client_of(bob), company, "call", [company], people=[str(theirs), str(other)])
    assert on(bob, company) == {company: "origin"}


def test_asc_33_any_record_is_found_and_ticked_in_the_composer(browser: FlaskClient, alice: Viewer) -> None:
    contact, deal = make_contact(alice, "Ada Berg"), make_deal(alice, "Lanterns for the harbour")
    found = browser.get(
        f"/records/{contact}/activities/links?kind=note&link_q=lant&links_shown=1&record_ids={contact}", fragment=True
    )
    boxes = read(found.text).all("input", name="record_ids", type_="checkbox")
    assert [(int(one["value"]), "checked" in one) for one in boxes] == [(contact, True), (deal, False)]
    send(browser, contact, "note", [contact, deal])
    assert on(alice, contact) == {contact: "origin", deal: "person"}


def test_ticks_survive_another_search(browser: FlaskClient, alice: Viewer) -> None:
    contact, deal = make_contact(alice, "Ada Berg"), make_deal(alice, "Lanterns")
    address = f"/records/{contact}/activities/links?kind=note&link_q=nothing&links_shown=1"
    found = browser.get(f"{address}&record_ids={contact}&record_ids={deal}", fragment=True)
    boxes = read(found.text).all("input", name="record_ids", type_="checkbox")
    assert [(int(one["value"]), "checked" in one) for one in boxes] == [(contact, True), (deal, True)]
    assert "Nothing else matches “nothing”." in found.text


def test_the_search_of_the_composer_shows_no_hidden_record(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, charlie: Viewer
) -> None:
    mine, theirs = make_contact(bob, "Ada Berg"), make_deal(charlie, "Lanterns")
    address = f"/records/{mine}/activities/links?kind=note&link_q=lant&record_ids={theirs}&links_shown=1"
    assert "Lanterns" not in client_of(bob).get(address, fragment=True).text


def test_recipients_cost_one_query_however_many(browser: FlaskClient, alice: Viewer) -> None:
    company = make_company(alice)
    few = ", ".join(f"p{number}@example.com" for number in range(2))
    many = ", ".join(f"p{number}@example.com" for number in range(40))
    amounts = []
    for addresses in (few, few, many):
        with count_queries() as queries:
            send(browser, company, "email", [company], to_addresses=addresses)
        amounts.append(len(queries))
    assert amounts[1] == amounts[2]


def test_a_task_from_the_composer_is_not_started(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    send(browser, contact, "task", [contact])
    end_read()
    [task] = page(alice, contact).upcoming
    assert task.activity is not None
    assert task.activity.values["status"] == "NOT_STARTED"


def links(browser: FlaskClient, record_id: int, **asked: object) -> Element:
    """The list of what could be ticked, as one tab of it shows."""
    query = {"kind": "note", "links_shown": "1", **asked}
    answer = browser.get(f"/records/{record_id}/activities/links", query_string=query, fragment=True)
    assert answer.status_code == 200
    return read(answer.text)


def boxes(page: Element) -> dict[int, bool]:
    """The records listed, and whether they are ticked."""
    return {int(one["value"]): "checked" in one for one in page.all("input", name="record_ids", type_="checkbox")}


def test_asc_33_each_object_has_a_tab_with_what_is_near_and_keeps_the_ticks_of_the_others(
    browser: FlaskClient, alice: Viewer
) -> None:
    contact, company = make_contact(alice, "Ada Berg"), make_company(alice, "Orange Inc")
    relate(alice, contact, company)
    deals = [make_deal(alice, f"Deal {number}") for number in range(7)]
    for deal in deals:
        relate(alice, contact, deal)
    page = links(browser, contact, record_ids=[contact, company], offered_ids=[contact, company])
    tabs = [one.text for one in page.one("div", css="tabs").all("button")]
    assert tabs[:4] == ["Associations 7", "Contacts 1", "Companies 1", "Deals 5"]
    ticked, offered = [contact, company, deals[6]], [contact, company, *deals[2:]]
    page = links(browser, contact, links_object="deals", record_ids=ticked, offered_ids=offered)
    assert boxes(page) == dict.fromkeys(deals, False) | {deals[6]: True}
    hidden = {int(one["value"]) for one in page.all("input", name="record_ids", type_="hidden")}
    assert hidden == {contact, company}
    assert page.one(id="composer-links-count").text == "Associated with 3 records"


def test_asc_33_the_composer_says_why_a_record_is_ticked_and_locks_its_own(browser: FlaskClient, alice: Viewer) -> None:
    contact, company = make_contact(alice, "Ada Berg"), make_company(alice, "Orange Inc")
    relate(alice, contact, company)
    page = read(browser.get(f"/records/{contact}/activities/new?kind=note", fragment=True).text)
    assert page.one(id="composer-links-count").text == "Associated with 2 records"
    texts = [one.text for one in page.one(id="composer-links-list").all("div", css="link-choice")]
    assert texts == [
        "Ada Berg Contact · Logged on this record",
        "Orange Inc Company · By rule: primary company of Ada Berg",
    ]
    assert "disabled" in page.one(id=f"composer-link-{contact}")


def test_asc_33_without_script_a_button_finds_records_and_keeps_what_was_typed(
    browser: FlaskClient, alice: Viewer
) -> None:
    contact, deal = make_contact(alice, "Ada Berg"), make_deal(alice, "Lanterns")
    page = read(browser.get(f"/records/{contact}/activities/new?kind=note").text)
    form = page.one("form", css="composer-form")
    sent = form.fields() | {"body": "<p>Half a thought</p>", "link_q": "lant", "find_links": "1"}
    found = browser.post(form["action"], data=sent)
    assert found.status_code == 200
    assert "Half a thought" in found.text
    assert boxes(read(found.text).one(id="composer-links-list")) == {contact: True, deal: False}
