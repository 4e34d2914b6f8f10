"""Creating in the panel: what it answers, known values, links, and what a hidden record lets nobody see (SPEC 3)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from crm.associations.queries import primary_company_id
from crm.db import end_read, unit_of_work
from crm.objects.properties import change_property, content_of
from crm.objects.queries import schema
from crm.objects.schema import Editors
from crm.permissions.viewer import Viewer
from crm.records.queries import get_record
from tests.factories import make_company, make_contact, make_deal, make_record
from tests.support.html import Element, read
from tests.support.links import associated_ids
from tests.support.queries import count_queries
from tests.support.records import find_by_value

MORE = "hs_additional_emails"


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


def panel(browser: FlaskClient, plural: str, query: str = "") -> Element:
    return read(browser.get(f"/objects/{plural}/new{query}", fragment=True).text)


def create(browser: FlaskClient, plural: str, **values: Any) -> Any:
    """Send the panel's form with these values."""
    sent = panel(browser, plural).one("form").fields() | values
    return browser.post(f"/objects/{plural}/new", data=sent, fragment=True)


def made(viewer: Viewer, plural: str) -> list[int]:
    end_read()
    return find_by_value(viewer, schema().by_plural(plural).name, "hubspot_owner_id", viewer.user_id)


def test_db_15_the_panel_makes_a_record_closes_and_says_so(browser: FlaskClient, bob: Viewer) -> None:
    answer = create(browser, "deals", dealname="Ten tons")
    (deal,) = made(bob, "deals")
    assert answer.status_code == 200
    assert answer.headers["HX-Trigger"] == "records-changed, associations-changed"
    toast = read(answer.text)
    assert toast.one("p", css="toast-text").text == "A new deal was created."
    assert (toast.one("a").text, toast.one("a")["href"]) == ("Go to record", f"/records/{deal}")
    assert not toast.all("form")


def test_create_and_add_another_answers_an_empty_form_with_a_key_of_its_own(browser: FlaskClient, bob: Viewer) -> None:
    first = panel(browser, "deals").one("form").fields() | {"dealname": "Ten tons", "then": "another"}
    answer = browser.post("/objects/deals/new", data=first, fragment=True)
    form = read(answer.text).one("form").fields()
    assert (form["dealname"], form["panel"]) == ("", "1")
    assert form["key"] != first["key"]
    for _ in range(2):
        browser.post("/objects/deals/new", data=first, fragment=True)
    browser.post("/objects/deals/new", data=form | {"dealname": "Twenty"}, fragment=True)
    assert len(made(bob, "deals")) == 2


def test_required_fields_are_marked_and_the_script_knows_the_groups(browser: FlaskClient) -> None:
    deal = panel(browser, "deals")
    assert {one["name"] for one in deal.all("input") + deal.all("select") if "required" in one} == {
        "dealname",
        "pipeline",
        "dealstage",
    }
    contact = panel(browser, "contacts").one("form")
    assert contact["data-one-of"] == "email firstname lastname"
    assert "Fill in at least one of: Email, First name, Last name." in contact.text


@pytest.mark.parametrize("typed", ["ada@example.com", "ADA@work.example ", "mailto:ada@work.example"])
def test_a_known_address_is_shown_with_its_record_and_blocks(browser: FlaskClient, bob: Viewer, typed: str) -> None:
    ada = make_contact(bob, "Ada Berg", email="ada@example.com", **{MORE: "ada@work.example"})
    known = known_of(browser, "contacts", email=typed)
    assert "data-blocks" in known
    assert known.one("a")["href"] == f"/records/{ada}"
    assert "Ada Berg already has this Email." in known.text


@pytest.mark.parametrize("typed", ["orange.example", "https://WWW.orange.example/", "fruit.example"])
def test_a_known_domain_is_shown_and_the_company_can_be_made_without(
    browser: FlaskClient, bob: Viewer, typed: str
) -> None:
    make_company(bob, "Orange Inc", domain="orange.example", hs_additional_domains="fruit.example")
    known = known_of(browser, "companies", domain=typed)
    assert "data-blocks" in known
    assert "Without a domain another company can be created." in known.text
    assert create(browser, "companies", name="Orange Inc", domain=typed).status_code == 422
    assert create(browser, "companies", name="Orange Inc", domain="").status_code == 200


def known_of(browser: FlaskClient, plural: str, **typed: str) -> Element:
    answer = browser.get(f"/objects/{plural}/new/known", query_string=typed, fragment=True)
    assert answer.status_code == 200
    return read(answer.text).one("div", css="known")


@pytest.mark.parametrize("typed", ["", "new@example.com", "ada@", "no address", "x" * 2_000])
def test_what_nobody_has_is_not_spoken_of(browser: FlaskClient, bob: Viewer, typed: str) -> None:
    make_contact(bob, "Ada Berg", email="ada@example.com")
    known = known_of(browser, "contacts", email=typed)
    assert "data-blocks" not in known
    assert known.text == ""


def test_a_hidden_record_is_neither_named_nor_linked_by_what_it_has(browser: FlaskClient, charlie: Viewer) -> None:
    hidden = make_contact(charlie, "Olga Zanz", email="olga@example.com", **{MORE: "olga@work.example"})
    firm = make_company(charlie, "Zanz Works", domain="zanz.example", hs_additional_domains="zz.example")
    for typed in ("olga@example.com", "olga@work.example"):
        known = browser.get(f"/objects/contacts/new/known?email={typed}", fragment=True).text
        answer = create(browser, "contacts", email=typed, firstname="Eva")
        assert answer.status_code == 422
        for text in (known, answer.text):
            assert "Another record already has this Email." in text
            assert "Olga" not in text
            assert f"/records/{hidden}" not in text
    for typed in ("zanz.example", "zz.example"):
        text = browser.get(f"/objects/companies/new/known?domain={typed}", fragment=True).text
        assert "Another record already has this Company domain name." in text
        assert "Works" not in text
        assert f"/records/{firm}" not in text
    assert "Zanz" not in browser.get("/objects/deals/new/links?link_q=zanz", fragment=True).text


def test_several_records_are_searched_ticked_and_linked(browser: FlaskClient, bob: Viewer) -> None:
    orange, lemon = make_company(bob, "Orange Inc"), make_company(bob, "Lemon Ltd")
    john = make_contact(bob, "John Doe")
    found = read(browser.get(f"/objects/deals/new/links?link_q=orange&associate_with={lemon}", fragment=True).text)
    boxes = [(int(one["value"]), "checked" in one) for one in found.all("input", name="associate_with")]
    assert boxes == [(lemon, True), (orange, False)]
    create(browser, "deals", dealname="Peel", associate_with=[str(john), str(lemon), str(orange)])
    (deal,) = made(bob, "deals")
    assert associated_ids(bob, deal, "deal", "contact") == [john]
    assert associated_ids(bob, deal, "deal", "company") == sorted([orange, lemon], reverse=True)
    assert primary_company_id(bob, deal, "deal") == lemon


def test_without_script_a_search_keeps_what_was_typed_and_ticked(browser: FlaskClient, bob: Viewer) -> None:
    orange, lemon = make_company(bob, "Orange Inc"), make_company(bob, "Lemon Ltd")
    sent = {"dealname": "Peel", "link_q": "orange", "associate_with": str(lemon)}
    for then in ("find", "enter"):
        page = browser.post("/objects/deals/new", data=sent | {"then": then})
        form = read(page.text).one(id="record-form")
        assert page.status_code == 200
        assert form.fields()["dealname"] == "Peel"
        boxes = [(int(one["value"]), "checked" in one) for one in form.all("input", name="associate_with")]
        assert boxes == [(lemon, True), (orange, False)]
    assert made(bob, "deals") == []
    browser.post("/objects/deals/new", data=sent | {"then": "enter", "link_q_shown": "orange"})
    assert len(made(bob, "deals")) == 1


def test_what_may_not_be_seen_cannot_be_linked(browser: FlaskClient, bob: Viewer, charlie: Viewer) -> None:
    hidden = make_company(charlie, "Zanz Works")
    for wrong in (hidden, 999_999):
        answer = browser.post("/objects/deals/new", data={"dealname": "Peel", "associate_with": str(wrong)})
        assert answer.status_code == 404
        assert browser.get(f"/objects/deals/new?associate_with={wrong}").status_code == 404
    assert made(bob, "deals") == []


def test_a_lead_is_about_a_contact_or_a_company(browser: FlaskClient, bob: Viewer) -> None:
    deal, john = make_deal(bob), make_contact(bob, "John Doe")
    answer = create(browser, "leads", hs_lead_name="Fair", associate_with=str(deal))
    assert answer.status_code == 422
    assert "Choose at least one contact or company" in answer.text
    assert "checked" in read(answer.text).one("input", name="associate_with")
    assert made(bob, "leads") == []
    assert create(browser, "leads", hs_lead_name="Fair", associate_with=str(john)).status_code == 200
    (lead,) = made(bob, "leads")
    assert associated_ids(bob, lead, "lead", "contact") == [john]


def test_who_gives_the_record_away_as_it_is_made_sees_no_link_to_it(
    browser: FlaskClient, client_of: Callable[[Viewer], FlaskClient], alice: Viewer, bob: Viewer
) -> None:
    mate = client_of(alice)
    answer = create(mate, "deals", dealname="Peel", hubspot_owner_id=str(bob.user_id))
    assert "Go to record" in answer.text
    assert len(made(bob, "deals")) == 1


def test_db_08_and_db_09_john_doe_at_orange_inc_with_a_deal_and_a_ticket(browser: FlaskClient, bob: Viewer) -> None:
    """The example of SPEC 2.1, made by hand: both the deal and the ticket are on the contact and its company."""
    create(browser, "companies", name="Orange Inc", domain="orange.example")
    (orange,) = made(bob, "companies")
    create(browser, "contacts", firstname="John", lastname="Doe", email="JohnDoe@email.com", associate_with=str(orange))
    (john,) = made(bob, "contacts")
    assert get_record(bob, john).values["email"] == "johndoe@email.com"
    assert associated_ids(bob, john, "contact", "company") == [orange]
    both = [str(john), str(orange)]
    create(browser, "deals", dealname="Returnable crates", associate_with=both)
    create(browser, "tickets", subject="Crates arrive wet", associate_with=both)
    (deal,), (ticket,) = made(bob, "deals"), made(bob, "tickets")
    for record, kind in ((john, "contact"), (orange, "company")):
        end_read()
        assert associated_ids(bob, record, kind, "deal") == [deal]
        assert associated_ids(bob, record, kind, "ticket") == [ticket]
        page = browser.get(f"/records/{record}?tab=overview").text
        assert "Returnable crates" in page
        assert "Crates arrive wet" in page


def test_db_30_three_contacts_stand_on_the_card_of_one_company(browser: FlaskClient, bob: Viewer) -> None:
    orange = make_company(bob, "Orange Inc")
    for name in ("Ada", "Eva", "Mia"):
        create(browser, "contacts", firstname=name, associate_with=str(orange))
    card = read(browser.get(f"/records/{orange}?tab=overview").text).one(id="card-linked-contacts")
    assert {one.text for one in card.all("a", css="association-name")} == {"Ada", "Eva", "Mia"}
    assert card.one("span", css="count").text == "3"


def test_the_stages_follow_the_pipeline(browser: FlaskClient) -> None:
    sent = panel(browser, "deals").one("form").fields() | {"dealname": "Peel", "then": "refresh"}
    form = read(browser.post("/objects/deals/new", data=sent, fragment=True).text).one("form")
    assert form.fields()["dealname"] == "Peel"
    pipeline = schema().object_type("deal").pipelines[0]
    stages = [one["value"] for one in form.one(id="new-dealstage").all("option")]
    assert [one for one in stages if one] == [stage.name for stage in pipeline.stages]


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/objects/contacts/new", 5),
        ("/objects/deals/new?associate_with={record}", 6),
        ("/objects/contacts/new/known?email=nr1@example.com", 5),
        ("/objects/deals/new/links?link_q=nr", 6),
        ("/activities/new?kind=task", 6),
        ("/records/{record}/addresses", 6),
    ],
)
def test_query_counts_are_the_same_for_five_and_fifty_records(
    browser: FlaskClient, bob: Viewer, path: str, most: int
) -> None:
    counts = []
    record = make_contact(bob, "Nr Zero")
    for amount in (5, 45):
        for _ in range(amount):
            make_record(bob, "company", name="Nr company")
        end_read()
        browser.get(path.format(record=record), fragment=True)
        with count_queries() as queries:
            assert browser.get(path.format(record=record), fragment=True).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= most


def test_what_is_needed_and_not_open_to_this_person_is_said_above_the_form(
    browser: FlaskClient, alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    only_others = Editors(team_ids=frozenset({charlie.team_id or 0}))
    content = replace(content_of(schema().object_type("deal").property("dealname")), editors=only_others)
    end_read()
    with unit_of_work():
        change_property(alice, "deal", "dealname", content)
    said = "Nothing was created yet. Only some people may write Deal name, and you are not one of them."
    answer = create(browser, "deals", amount="5")
    assert answer.status_code == 422
    assert read(answer.text).one("p", css="notice").text == said
    john = make_contact(bob, "John Doe")
    picked = browser.post(f"/records/{john}/associations/deals/add", data={"tab": "new", "amount": "5"}, fragment=True)
    assert picked.status_code == 422
    assert read(picked.text).one("p", css="notice").text == said


def test_a_new_deal_starts_with_a_close_date_of_whole_minutes(browser: FlaskClient) -> None:
    with time_machine.travel(datetime(2026, 3, 11, 12, 4, 28, 151_000, tzinfo=UTC), tick=False):
        assert panel(browser, "deals").one(id="new-closedate")["value"] == "2026-03-31T12:04"


def test_a_lead_says_from_the_start_that_it_is_about_somebody(browser: FlaskClient, bob: Viewer) -> None:
    orange = make_company(bob, "Orange Inc")
    links = panel(browser, "leads", f"?associate_with={orange}").one("fieldset", css="form-links")
    assert links["data-needs"] == "contact company"
    assert "Choose at least one contact or company" in links.text
    assert links.one("input", name="associate_with")["data-object"] == "company"
    assert "data-needs" not in panel(browser, "deals").one("fieldset", css="form-links")


def test_who_may_create_nothing_has_no_menu_for_it(
    browser: FlaskClient, client_of: Callable[[Viewer], FlaskClient], dana: Viewer
) -> None:
    menus = [
        read(one.get("/objects/deals").text).one("header", css="topbar").all("summary", **{"data-hotkey": "c"})
        for one in (browser, client_of(dana))
    ]
    assert [len(found) for found in menus] == [1, 0]
