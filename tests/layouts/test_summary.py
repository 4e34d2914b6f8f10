"""What is known of a record in a few sentences, of what the reader may see (SPEC 1.3)."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from flask.testing import FlaskClient

from crm.permissions.viewer import Viewer
from tests.factories import (
    make_call,
    make_company,
    make_contact,
    make_deal,
    make_note,
    make_task,
    make_ticket,
    relate,
)
from tests.support.html import read
from tests.support.queries import count_queries

ClientOf = Callable[[Viewer], FlaskClient]
MORNING = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def sentences(browser: FlaskClient, record_id: int) -> list[str]:
    answer = browser.get(f"/records/{record_id}/summary", fragment=True)
    assert answer.status_code == 200
    shown = read(answer.text).one("section", id="summary")
    found = [one.text for one in shown.one("div", css="summary-text").all("p")][:-1]
    assert shown.one("crm-copy")["data-text"] == "\n".join(found)
    return found


def test_a_contact_is_told_with_company_activities_deals_and_counts(
    client_of: ClientOf, bob: Viewer, clock: object
) -> None:
    contact = make_contact(bob, "Ada Berg", jobtitle="Buyer", lifecyclestage="lead")
    relate(bob, contact, make_company(bob, "Orange Inc"), make_deal(bob, "Oranges"))
    relate(bob, contact, make_deal(bob, "Lost", dealstage="closedlost"), make_ticket(bob, "Wet"))
    make_call(bob, contact, activity_date=MORNING, title="Prices")
    make_note(bob, contact, activity_date=MORNING.replace(day=1))
    make_task(bob, contact, title="Send prices")
    browser = client_of(bob)
    told = sentences(browser, contact)
    assert told == [
        "Ada Berg is Buyer at Orange Inc.",
        "The lifecycle stage is Opportunity.",
        "The owner is Bob Stone.",
        "The record was created on 11 Mar 2026, 12:00.",
        "The last activity was on 10 Mar 2026, 09:00: Call logged by Bob Stone, “Prices”.",
        "The next one is on 12 Mar 2026, 12:00: Task assigned to Bob Stone, “Send prices”.",
        "Deals still open: Oranges.",
        "Tickets still open: Wet.",
        "In the last 90 days this was logged: Notes: 1, Calls: 1.",
    ]
    page = read(browser.get(f"/records/{contact}/summary").text)
    assert page.one("h1").text == "Summary of Ada Berg"


def test_deals_tell_their_stage_and_worth_and_an_empty_record_says_so(client_of: ClientOf, bob: Viewer) -> None:
    browser = client_of(bob)
    deal = make_deal(bob, "Lemons", amount=Decimal(1200), closedate=MORNING, deal_currency_code="EUR")
    told = sentences(browser, deal)
    assert told[0] == "Lemons is in the stage “Appointment scheduled” of the pipeline “Sales pipeline”."
    assert told[1].startswith("It is worth €1,200")
    assert told[-2:] == ["Nothing has been logged yet.", "Nothing is planned."]


def test_it_tells_nothing_of_what_is_hidden_and_costs_the_same_for_few_and_many(
    client_of: ClientOf, alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    few, many = make_contact(bob), make_contact(bob)
    for number in range(6):
        relate(alice, many, make_deal(bob, f"Ours {number}"), make_deal(charlie, f"Theirs {number}"))
        make_note(charlie if number % 2 else bob, make_contact(charlie if number % 2 else bob), also_on=[])
        make_call(alice, many, hubspot_owner_id=charlie.user_id, title="Theirs")
    browser = client_of(bob)
    counts = []
    for record in (few, few, many):
        with count_queries() as queries:
            told = sentences(browser, record)
        counts.append(len(queries))
    assert counts[1] == counts[2], queries
    assert counts[2] <= 12, queries
    assert "Theirs" not in "".join(told)
    assert "Deals still open: 6, among them Ours 5, Ours 4, Ours 3." in told
    assert "Nothing has been logged yet." in told
    assert client_of(charlie).get(f"/records/{many}/summary").status_code == 404
