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
from tests.support.html import read
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
    assert {int(one["value"]) for one in form.all("input", name="contacted")} == {ada, ben}
    send(browser, company, "call", [company], contacted=[str(ben)])
    assert on(alice, company) == {company: "origin", ben: "contacted"}


def test_a_call_on_a_contact_does_not_ask_who_was_called(browser: FlaskClient, alice: Viewer) -> None:
    form = read(browser.get(f"/records/{make_contact(alice)}/activities/new?kind=call", fragment=True).text).one("form")
    assert form.all("input", name="contacted") == []


def test_nobody_is_called_who_is_hidden_or_no_contact(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, charlie: Viewer
) -> None:
    company, other, theirs = make_company(bob), make_company(bob), make_contact(charlie)
    send(client_of(bob), company, "call", [company], contacted=[str(theirs), str(other)])
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
