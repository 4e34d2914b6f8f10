"""The record page: columns, header, About card, tabs and overview (REC-01 to REC-05, REC-32 to REC-36, REC-41)."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.accounts.operations import set_preference
from crm.db import db, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from tests.factories import (
    make_company,
    make_contact,
    make_deal,
    make_lead,
    make_note,
    make_record,
    make_task,
    make_ticket,
    relate,
)
from tests.support.html import Element, read

MAKERS = {
    "contact": make_contact,
    "company": make_company,
    "deal": make_deal,
    "ticket": make_ticket,
    "lead": make_lead,
}


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


def open_page(browser: FlaskClient, record_id: int, query: str = "") -> Element:
    answer = browser.get(f"/records/{record_id}{query}")
    assert answer.status_code == 200
    return read(answer.text)


def about(page: Element) -> dict[str, str]:
    """The About card: values by label."""
    left = page.one("aside", id="record-left")
    return {one.one("dt").text: one.one("div", css="property-value").text for one in left.all("div", css="property")}


def current_tab(page: Element) -> str:
    return page.one("form", css="tabs").one("button", aria_current="true").text


@pytest.mark.parametrize("kind", MAKERS)
def test_rec_01_every_object_has_a_record_page(browser: FlaskClient, bob: Viewer, kind: str) -> None:
    record = MAKERS[kind](bob)
    page = open_page(browser, record)
    assert page.one("h1").text
    assert about(page)


@pytest.mark.parametrize("kind", MAKERS)
def test_rec_02_a_page_has_three_columns_in_order(browser: FlaskClient, bob: Viewer, kind: str) -> None:
    record = open_page(browser, MAKERS[kind](bob)).one("div", css="record")
    columns = [one for one in record.children if isinstance(one, Element)]
    assert [(one.tag, one["id"]) for one in columns] == [
        ("aside", "record-left"),
        ("section", "record-middle"),
        ("aside", "record-right"),
    ]
    assert all(one["aria-label"] for one in columns)


@pytest.mark.parametrize("kind", MAKERS)
def test_rec_03_the_left_column_has_the_activity_buttons_and_the_about_card(
    browser: FlaskClient, bob: Viewer, kind: str
) -> None:
    left = open_page(browser, MAKERS[kind](bob)).one("aside", id="record-left")
    icons = [one["id"] for one in left.one("nav", css="kinds").all("a", css="kind")]
    assert icons == ["log-note", "log-email", "log-call", "log-task", "log-meeting"]
    more = [one.text for one in left.one("nav", css="kinds").one("div", css="menu-list").all("a")]
    assert more[-5:-1] == ["Log a LinkedIn message", "Log an SMS", "Log a WhatsApp message", "Log postal mail"]
    assert left.all("div", css="property")


def test_the_header_shows_what_tells_a_contact_from_others(browser: FlaskClient, bob: Viewer) -> None:
    contact = make_contact(bob, "Ada Berg", jobtitle="Buyer", email="ada@example.com", phone="+4722334455")
    relate(bob, contact, make_company(bob, "Orange Inc"))
    header = open_page(browser, contact).one("header", id="record-header")
    assert header.one("h1").text == "Ada Berg"
    for text in ("Buyer", "ada @example.com", "Orange Inc", "22 33 44 55"):
        assert text in header.text
    assert header.all("crm-copy")[0]["data-text"] == "ada@example.com"


def test_the_header_of_a_deal_shows_amount_date_and_stage(browser: FlaskClient, bob: Viewer) -> None:
    values = {"amount": Decimal("1234.5"), "closedate": datetime(2026, 5, 1, 12, tzinfo=UTC), "dealstage": "closedwon"}
    header = open_page(browser, make_deal(bob, "Oranges", **values)).one("header", id="record-header").text
    assert "1,234.50" in header
    assert "2026" in header
    assert "Closed won" in header


def test_a_record_without_a_name_goes_by_its_number(browser: FlaskClient, bob: Viewer, alice: Viewer) -> None:
    contact = make_contact(bob)
    with unit_of_work():
        db.session.execute(sa.update(Record).where(Record.id == contact).values(display_name=""))
    assert open_page(browser, contact).one("h1").text == f"#{contact}"


def test_unknown_values_are_two_dashes(browser: FlaskClient, bob: Viewer) -> None:
    assert about(open_page(browser, make_contact(bob)))["Phone number"] == "--"


def test_the_about_card_of_a_contact_has_its_default_properties(browser: FlaskClient, bob: Viewer) -> None:
    labels = list(about(open_page(browser, make_contact(bob, lifecyclestage="customer"))))
    assert labels[:6] == [
        "Email", "Phone number", "Contact owner", "Last contacted", "Lifecycle stage", "Lead status",
    ]  # fmt: skip


def test_rec_32_to_34_the_overview_shows_highlights_activities_and_associations(
    browser: FlaskClient, bob: Viewer
) -> None:
    contact = make_contact(bob, lifecyclestage="customer")
    relate(bob, contact, make_deal(bob, "Ten tons"))
    make_note(bob, contact, "<p>Prefers oranges</p>")
    middle = open_page(browser, contact, "?tab=overview").one("section", id="record-middle")
    assert "Customer" in middle.one("dl", css="highlights").text
    assert "Prefers oranges" in middle.one("section", id="card-recent").text
    assert "Ten tons" in middle.text


def test_rec_33_recent_activities_are_the_newest_past_ones(browser: FlaskClient, bob: Viewer) -> None:
    contact = make_contact(bob)
    make_task(bob, contact, title="Ahead")
    for number in range(7):
        make_note(bob, contact, f"<p>note {number}</p>")
    recents = open_page(browser, contact).one("section", id="card-recent").text
    assert [f"note {number}" in recents for number in range(7)] == [False] * 2 + [True] * 5
    assert "Ahead" not in recents


def test_rec_35_the_first_visit_opens_the_overview(browser: FlaskClient, bob: Viewer) -> None:
    assert current_tab(open_page(browser, make_contact(bob))) == "Overview"


def test_rec_36_later_the_tab_last_used_opens_on_any_record(browser: FlaskClient, bob: Viewer) -> None:
    contact, deal = make_contact(bob), make_deal(bob)
    form = open_page(browser, contact).one("form", css="tabs")
    answer = browser.post(form["hx-post"], data={"tab": "activities"}, fragment=True)
    assert answer.headers["HX-Push-Url"] == f"/records/{contact}?tab=activities"
    assert current_tab(read(answer.text)) == "Activities"
    assert current_tab(open_page(browser, deal)) == "Activities"
    browser.post(form["action"], data={"tab": "overview"})
    assert current_tab(open_page(browser, contact)) == "Overview"


def test_rec_36_the_tab_is_each_persons_own(
    client_of: Callable[[Viewer], FlaskClient], browser: FlaskClient, alice: Viewer, bob: Viewer
) -> None:
    contact = make_contact(bob)
    browser.post(f"/records/{contact}/tab", data={"tab": "activities"})
    assert current_tab(open_page(client_of(alice), contact)) == "Overview"


def test_a_link_to_a_tab_opens_it_without_remembering_it(browser: FlaskClient, bob: Viewer) -> None:
    contact = make_contact(bob)
    assert current_tab(open_page(browser, contact, "?tab=activities")) == "Activities"
    assert current_tab(open_page(browser, contact)) == "Overview"


def test_a_tab_that_is_gone_opens_the_one_used_last(browser: FlaskClient, bob: Viewer) -> None:
    contact = make_contact(bob)
    assert current_tab(open_page(browser, contact, "?tab=gone")) == "Overview"
    answer = browser.post(f"/records/{contact}/tab", data={"tab": "gone"})
    assert answer.location == f"/records/{contact}?tab=overview"


def test_a_remembered_tab_that_is_gone_opens_the_overview(browser: FlaskClient, bob: Viewer) -> None:
    contact = make_contact(bob)
    with unit_of_work():
        set_preference(bob, "record_tab", "report")
    assert current_tab(open_page(browser, contact)) == "Overview"


@pytest.mark.parametrize("record_id", ["0", "999", "9" * 30])
def test_a_record_that_is_none_is_404(browser: FlaskClient, record_id: str) -> None:
    for path in ("", "/timeline", "/preview", "/header", "/properties/email/edit"):
        assert browser.get(f"/records/{record_id}{path}").status_code == 404


def test_the_preview_is_a_short_look(browser: FlaskClient, bob: Viewer) -> None:
    contact = make_contact(bob, "Ada Berg")
    make_note(bob, contact, "<p>Prefers oranges</p>")
    for fragment in (False, True):
        answer = browser.get(f"/records/{contact}/preview", fragment=fragment)
        assert answer.status_code == 200
        assert "Ada Berg" in answer.text
        assert "Prefers oranges" in answer.text


def test_what_people_typed_is_text_and_no_markup(browser: FlaskClient, bob: Viewer) -> None:
    evil = "<script>alert(1)</script>"
    records = [
        make_record(bob, "contact", firstname=evil, jobtitle=evil),
        make_record(bob, "company", name=evil, city=evil),
        make_deal(bob, evil, hs_next_step=evil),
    ]
    relate(bob, *records)
    for record in records:
        for path in ("", "?tab=activities", "/preview", "/header"):
            answer = browser.get(f"/records/{record}{path}", fragment=path == "/header")
            assert "<script>alert" not in answer.text
    for plural in ("contacts", "companies", "deals"):
        assert "<script>alert" not in browser.get(f"/objects/{plural}").text


def test_a_reader_gets_no_way_to_change(client_of: Callable[[Viewer], FlaskClient], dana: Viewer, bob: Viewer) -> None:
    page = open_page(client_of(dana), make_contact(bob))
    assert page.all("a", css="property-edit") == []
    assert page.all("a", css="card-add") == []


def test_rec_09_contacts_and_companies_are_searched_in_google_in_a_new_tab(browser: FlaskClient, bob: Viewer) -> None:
    company = make_company(bob, "Ågren & Sons", domain="agren.example")
    contact = make_contact(bob, "Ada Berg")
    for record, asked in ((company, "Ågren & Sons agren.example"), (contact, "Ada Berg")):
        tools = read(browser.get(f"/records/{record}/tools").text).all("a", css="menu-item")
        [link] = [one for one in tools if one.text == "Search in Google"]
        found = urlsplit(link["href"])
        assert (found.scheme, found.netloc, found.path) == ("https", "www.google.com", "/search")
        assert parse_qs(found.query) == {"q": [asked]}
        assert link["target"] == "_blank"
    assert "Search in Google" not in browser.get(f"/records/{make_deal(bob)}/tools").text
