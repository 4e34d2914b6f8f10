"""Editing one property where it stands, for each type of property (REC-01, REC-05, SPEC 1.5)."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.objects.definitions.base import OptionDefinition
from crm.objects.properties import create_property
from crm.permissions.viewer import Viewer
from crm.records.queries import get_record
from tests.factories import make_contact, make_deal
from tests.support.html import Element, read

TWO = (OptionDefinition("a", "Apple"), OptionDefinition("b", "Banana"))
# type: what is typed, what is stored, what is shown
TYPED: dict[str, tuple[Any, Any, str]] = {
    "text": ("  Large  ", "Large", "Large"),
    "multi_line": ("one\r\ntwo", "one\ntwo", "one two"),
    "rich_text": ("<p>Hi <script>x</script><b>you</b></p>", None, "Hi you"),
    "number": ("1,234.5", Decimal("1234.5"), "1,234.5"),
    "currency": ("99.90", Decimal("99.90"), "99.90"),
    "date": ("2026-05-01", date(2026, 5, 1), "1 May 2026"),
    "date_time": ("2026-05-01T08:30", datetime(2026, 5, 1, 8, 30, tzinfo=UTC), "1 May 2026, 08:30"),
    "dropdown": ("b", "b", "Banana"),
    "checkboxes": (["a", "b"], None, "Apple"),
    "checkbox": ("true", True, "Yes"),
    "email": ("ADA@Example.com", "ada@example.com", "ada @example.com"),
    "phone": ("+47 22 33 44 55", None, "22 33 44 55"),
    "url": ("example.com/a", None, "example.com/a"),
}
NONSENSE: dict[str, Any] = {
    "text": "x" * 70_000,
    "multi_line": "x" * 70_000,
    "rich_text": "x" * 1_000_001,
    "number": "many",
    "currency": "1.2.3",
    "date": "2026-02-31",
    "date_time": "tomorrow",
    "dropdown": "c",
    "checkboxes": ["a", "c"],
    "checkbox": "perhaps",
    "email": "no address",
    "phone": "call me",
    "url": "javascript:alert(1)",
}


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


def make_property(kind: str) -> str:
    """A property of contacts of this type; returns its name."""
    end_read()
    options = TWO if kind in ("dropdown", "checkboxes") else ()
    with unit_of_work():
        return create_property("contact", f"My {kind}", kind, "contact", options).name


def path_of(record_id: int, name: str) -> str:
    return f"/records/{record_id}/properties/{name}"


def edit_form(browser: FlaskClient, record_id: int, name: str) -> Element:
    return read(browser.get(f"{path_of(record_id, name)}/edit", fragment=True).text).one("form")


def value(viewer: Viewer, record_id: int, name: str) -> Any:
    end_read()
    return get_record(viewer, record_id).values[name]


@pytest.mark.parametrize("kind", TYPED)
def test_rec_01_a_value_of_each_type_is_typed_saved_shown_and_emptied(
    browser: FlaskClient, alice: Viewer, kind: str
) -> None:
    name, contact = make_property(kind), make_contact(alice)
    typed, stored, shown = TYPED[kind]
    form = edit_form(browser, contact, name)
    answer = browser.post(form["hx-post"], data=form.fields() | {name: typed}, fragment=True)
    assert answer.status_code == 200
    assert shown in read(answer.text).one("div", css="property-value").text
    assert stored is None or value(alice, contact, name) == stored
    again = edit_form(browser, contact, name)
    answer = browser.post(again["hx-post"], data={"version": again.fields()["version"], name: ""}, fragment=True)
    assert answer.status_code == 200
    assert value(alice, contact, name) in (None, False, "")


@pytest.mark.parametrize("kind", TYPED)
def test_an_opened_form_sent_back_changes_nothing(browser: FlaskClient, alice: Viewer, kind: str) -> None:
    name, contact = make_property(kind), make_contact(alice)
    browser.post(path_of(contact, name), data={name: TYPED[kind][0], "version": "1"})
    before = value(alice, contact, name)
    form = edit_form(browser, contact, name)
    sent = form.fields()
    if kind == "checkboxes":
        sent[name] = [one["value"] for one in form.all("input", type_="checkbox") if "checked" in one]
    assert browser.post(form["hx-post"], data=sent, fragment=True).status_code == 200
    assert value(alice, contact, name) == before
    end_read()
    assert get_record(alice, contact).version == 2


@pytest.mark.parametrize("kind", NONSENSE)
def test_what_cannot_be_taken_stands_in_the_form_with_a_message(browser: FlaskClient, alice: Viewer, kind: str) -> None:
    name, contact = make_property(kind), make_contact(alice)
    form = edit_form(browser, contact, name)
    answer = browser.post(form["hx-post"], data=form.fields() | {name: NONSENSE[kind]}, fragment=True)
    assert answer.status_code == 422
    again = read(answer.text)
    assert again.one("p", css="field-error").text
    if kind not in ("dropdown", "checkboxes", "checkbox"):
        assert again.one("form").fields()[name] == NONSENSE[kind]
    assert value(alice, contact, name) is None


def test_a_user_is_chosen_by_name(browser: FlaskClient, alice: Viewer, bob: Viewer) -> None:
    contact = make_contact(alice)
    form = edit_form(browser, contact, "hubspot_owner_id")
    options = {one.text: one["value"] for one in form.one("select").all("option")}
    assert list(options) == ["--", "Alice Berg", "Bob Stone", "Charlie Reed", "Dana Holm"]
    sent = form.fields() | {"hubspot_owner_id": options["Bob Stone"]}
    assert "Bob Stone" in browser.post(form["hx-post"], data=sent, fragment=True).text
    assert value(alice, contact, "hubspot_owner_id") == bob.user_id


def test_a_stage_is_chosen_from_its_pipeline(browser: FlaskClient, alice: Viewer) -> None:
    deal = make_deal(alice)
    form = edit_form(browser, deal, "dealstage")
    answer = browser.post(form["hx-post"], data=form.fields() | {"dealstage": "closedwon"}, fragment=True)
    assert "Closed won" in answer.text


def test_a_choice_nobody_made_stays_unmade(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    form = edit_form(browser, contact, "hs_lead_status")
    assert browser.post(form["hx-post"], data=form.fields(), fragment=True).status_code == 200
    assert value(alice, contact, "hs_lead_status") is None


def test_rec_05_a_new_name_shows_in_the_header_and_in_the_index(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice, "Ada Berg")
    form = edit_form(browser, contact, "lastname")
    answer = browser.post(form["hx-post"], data=form.fields() | {"lastname": "Lund"}, fragment=True)
    assert answer.headers["HX-Trigger"] == "record-updated, lastname-changed"
    header = read(browser.get(f"/records/{contact}/header", fragment=True).text)
    assert header.one("h1").text == "Ada Lund"
    assert "Ada Lund" in browser.get("/objects/contacts").text


def test_without_htmx_the_form_is_a_page_and_saving_leads_back(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    page = read(browser.get(f"{path_of(contact, 'jobtitle')}/edit").text)
    form = page.one("main").one("form", css="property-form")
    answer = browser.post(form["action"], data=form.fields() | {"jobtitle": "Buyer"})
    assert (answer.status_code, answer.location) == (303, f"/records/{contact}")
    assert value(alice, contact, "jobtitle") == "Buyer"


def test_the_fragment_of_an_error_is_the_part_of_the_page(browser: FlaskClient, alice: Viewer) -> None:
    contact = make_contact(alice)
    sent = {"email": "no address", "version": "1"}
    page = browser.post(path_of(contact, "email"), data=sent)
    assert page.status_code == 422
    fragment = browser.post(path_of(contact, "email"), data=sent, fragment=True)
    shown = [read(answer.text).one("p", css="field-error").text for answer in (page, fragment)]
    assert shown[0] == shown[1]


def test_an_address_of_another_contact_is_refused_where_it_was_typed(browser: FlaskClient, alice: Viewer) -> None:
    make_contact(alice, email="ada@example.com")
    contact = make_contact(alice)
    sent = {"email": "ada@example.com", "version": "1"}
    answer = browser.post(path_of(contact, "email"), data=sent, fragment=True)
    assert answer.status_code == 422
    assert read(answer.text).one("p", css="field-error").text == "Ada Berg already has this Email. Open it"


@pytest.mark.parametrize("name", ["createdate", "lastmodifieddate", "hs_object_id", "notes_last_contacted"])
def test_what_the_program_keeps_cannot_be_edited(browser: FlaskClient, alice: Viewer, name: str) -> None:
    contact = make_contact(alice)
    assert browser.get(f"{path_of(contact, name)}/edit").status_code == 403
    assert browser.post(path_of(contact, name), data={name: "1", "version": "1"}).status_code == 403


def test_a_visible_record_that_may_not_be_edited_is_403(
    client_of: Callable[[Viewer], FlaskClient], dana: Viewer, bob: Viewer
) -> None:
    contact, browser = make_contact(bob), client_of(dana)
    assert browser.get(path_of(contact, "email"), fragment=True).status_code == 200
    assert browser.get(f"{path_of(contact, 'email')}/edit").status_code == 403
    assert browser.post(path_of(contact, "email"), data={"email": "", "version": "1"}).status_code == 403
