"""A company as an account: its card, the panel with the details, and whose contacts and deals count (SPEC 1.10)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from crm.clock import now
from crm.permissions.viewer import Viewer
from tests.factories import make_call, make_company, make_contact, make_deal, make_email, make_record, make_task, relate
from tests.factories.pipelines import change
from tests.support.html import Element, read
from tests.support.queries import count_queries

SignIn = Callable[[Viewer], FlaskClient]


def card_of(browser: FlaskClient, company: int) -> Element:
    return read(browser.get(f"/records/{company}").text).one(id="card-account")


def seen_of(browser: FlaskClient, company: int) -> list[str]:
    """The card and the panel as they are read."""
    panel = read(browser.get(f"/records/{company}/account").text).one(id="account")
    return [card_of(browser, company).text, panel.text]


def facts(element: Element) -> dict[str, str]:
    rows = [one for one in element.all("div") if one.all("dt") and len(one.all("dd")) == 1]
    return {one.one("dt").text: one.one("dd").text for one in rows}


@pytest.fixture
def company(bob: Viewer) -> int:
    return make_company(bob, hs_target_account=True, hs_ideal_customer_profile="tier_1", lifecyclestage="customer")


def test_rec_48_the_card_says_target_account_and_counts_contacts_by_role(
    bob: Viewer, company: int, client_of: SignIn
) -> None:
    roles = ("DECISION_MAKER", "BUDGET_HOLDER;DECISION_MAKER", "BLOCKER", None)
    for place, role in enumerate(roles):
        relate(bob, company, make_contact(bob, f"Ada Nr{place}", hs_buying_role=role))
    make_contact(bob, "Somebody Else", hs_buying_role="CHAMPION")
    browser = client_of(bob)
    card = card_of(browser, company)
    said = facts(card)
    assert said["Target account"] == "Yes"
    assert said["Contacts"] == "4"
    assert {name: said[name] for name in ("Decision maker", "Budget holder", "Blocker", "No buying role")} == {
        "Decision maker": "2",
        "Budget holder": "1",
        "Blocker": "1",
        "No buying role": "1",
    }
    assert "Champion" not in said
    numbers = [link for link in card.all("a") if link["href"].startswith("/objects/contacts?")]
    assert len(numbers) == 5
    for link in numbers:
        listed = read(browser.get(link["href"]).text)
        rows = [one for one in listed.all("a") if one.text.startswith("Ada Nr")]
        assert len({one["href"] for one in rows}) == int(link.text), link["href"]
    assert facts(card_of(browser, make_company(bob, "Plain Ltd")))["Target account"] == "No"


def test_rec_49_a_call_that_was_answered_moves_last_engagement_and_last_contacted(
    bob: Viewer, company: int, client_of: SignIn
) -> None:
    browser = client_of(bob)
    before = facts(card_of(browser, company))
    assert (before["Last engagement date"], before["Last contacted"]) == ("--", "--")
    make_call(bob, company, outcome="NO_ANSWER", activity_date=now() - timedelta(hours=2))
    tried = facts(card_of(browser, company))
    assert tried["Last engagement date"] == "--"
    assert tried["Last contacted"] != "--"
    make_call(bob, company, outcome="CONNECTED", activity_date=now() - timedelta(hours=1))
    assert facts(card_of(browser, company))["Last engagement date"] != "--"


def test_rec_50_account_details_are_a_panel_and_a_page(bob: Viewer, company: int, client_of: SignIn) -> None:
    decider = make_contact(bob, "Vera Holm", hs_buying_role="DECISION_MAKER")
    deals = [
        make_deal(bob, "Ten tons", amount=Decimal(1000)),
        make_deal(bob, "In zloty", amount=Decimal(50), deal_currency_code="PLN"),
        make_deal(bob, "Without a price"),
        make_deal(bob, "Done", amount=Decimal(7)),
    ]
    change(bob, deals[3], dealstage="closedwon")
    relate(bob, company, decider, *deals)
    make_email(bob, company)
    make_call(bob, company)
    make_call(bob, company, activity_date=now() - timedelta(days=91))
    make_task(bob, company, title="Send the contract")
    browser = client_of(bob)
    link = card_of(browser, company).one(id="account-details")
    assert link["hx-target"] == "#panel-body"
    for answer in (browser.get(link["href"]), browser.get(link["href"], fragment=True)):
        panel = read(answer.text).one(id="account")
        said = facts(panel)
        assert said["Company owner"] == "Bob Stone"
        assert said["Ideal customer profile tier"] == "Tier 1"
        assert said["Lifecycle stage"] == "Customer"
        assert (said["Contacts"], said["Decision maker"], said["Open deals"]) == ("1", "1", "3")
        assert said["Amount of open deals"] == "$1,000.00 1 deal in another currency is not in it"
        assert (said["Emails"], said["Calls"], said["Meetings"]) == ("1", "1", "0")
        assert "Vera Holm" in panel.text
        assert "Ten tons" in panel.text
        assert "Done" not in panel.text
        assert "Send the contract" in panel.text
    assert browser.get(f"/records/{decider}/account").status_code == 404


def test_rec_48_what_the_reader_may_not_see_counts_for_nothing(
    alice: Viewer, bob: Viewer, charlie: Viewer, client_of: SignIn
) -> None:
    company = make_company(charlie, "Common Ltd")
    mine = make_contact(charlie, "Cara Reed", hs_buying_role="CHAMPION")
    relate(charlie, company, mine, make_deal(charlie, "Open one", amount=Decimal(5)))
    browser = client_of(charlie)
    before = seen_of(browser, company)
    hidden = make_contact(bob, "Zanzibar Hidden", hs_buying_role="DECISION_MAKER")
    relate(alice, company, hidden, make_deal(bob, "Zanzibar deal", amount=Decimal(900)))
    assert seen_of(browser, company) == before
    assert facts(card_of(client_of(alice), company))["Contacts"] == "2"


def test_the_panel_costs_the_same_for_few_and_for_many(bob: Viewer, company: int, client_of: SignIn) -> None:
    browser = client_of(bob)
    costs = []
    for amount in (2, 12):
        for place in range(amount):
            contact = make_contact(bob, f"Ada Nr{place}", hs_buying_role="CHAMPION")
            relate(bob, company, contact, make_deal(bob, f"Deal {place}"))
            make_email(bob, company)
        browser.get(f"/records/{company}/account")
        with count_queries() as queries:
            assert browser.get(f"/records/{company}/account").status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 13


def test_other_objects_have_no_account(alice: Viewer, bob: Viewer, client_of: SignIn) -> None:
    browser = client_of(bob)
    records = [make_contact(bob), make_deal(bob), make_record(bob, "ticket", subject="Wet")]
    for record_id in records:
        assert not read(browser.get(f"/records/{record_id}").text).all(id="card-account")
        assert browser.get(f"/records/{record_id}/account").status_code == 404
