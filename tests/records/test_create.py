"""Creating a record by its form (SPEC 3)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.db import end_read
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.records.queries import get_record
from tests.factories import make_contact
from tests.support.html import Element, read
from tests.support.links import associated_ids
from tests.support.records import find_by_value

ENOUGH = {
    "contacts": {"email": "mia@example.com"},
    "companies": {"name": "Lemon Ltd"},
    "deals": {"dealname": "Lemons"},
    "tickets": {"subject": "Sour"},
    "leads": {"hs_lead_name": "Fair"},
}


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


def form_of(browser: FlaskClient, plural: str, query: str = "") -> Element:
    page = read(browser.get(f"/objects/{plural}/new{query}").text)
    return next(one for one in page.one("main").all("form") if one.attributes.get("action") == f"/objects/{plural}/new")


def count(viewer: Viewer, plural: str) -> int:
    end_read()
    name = schema().by_plural(plural).name
    return len(find_by_value(viewer, name, "hubspot_owner_id", viewer.user_id))


@pytest.mark.parametrize("plural", ENOUGH)
def test_the_form_as_it_opens_with_a_name_makes_a_record(browser: FlaskClient, bob: Viewer, plural: str) -> None:
    about = f"?associate_with={make_contact(bob)}" if plural == "leads" else ""
    form = form_of(browser, plural, about)
    answer = browser.post(form["action"], data=form.fields() | ENOUGH[plural])
    assert answer.status_code == 303
    record = get_record(bob, int(answer.location.removeprefix("/records/")))
    by_itself = {"closedate", "createdate", "lastmodifieddate", "hs_object_id"}
    chosen = {"hubspot_owner_id", *ENOUGH[plural], *by_itself}
    kind = record.type
    staged = {prop.name for prop in (kind.pipeline_property, kind.stage_property) if prop}
    extra = {name for name, value in record.values.items() if value is not None} - chosen - staged
    assert {name for name in extra if not kind.property(name).read_only} == set()
    assert record.owner_id == bob.user_id


@pytest.mark.parametrize("plural", ENOUGH)
def test_an_empty_form_says_what_is_missing(browser: FlaskClient, bob: Viewer, plural: str) -> None:
    form = form_of(browser, plural)
    answer = browser.post(form["action"], data=form.fields())
    assert answer.status_code == 422
    assert "required" in read(answer.text).one("p", css="field-error").text
    assert count(bob, plural) == 0


def test_what_cannot_be_taken_comes_back_with_everything_typed(browser: FlaskClient, bob: Viewer) -> None:
    form = form_of(browser, "deals")
    typed = {"dealname": "Lemons", "amount": "much", "closedate": "2026-02-31T10:00", "hs_priority": "high"}
    answer = browser.post(form["action"], data=form.fields() | typed)
    assert answer.status_code == 422
    page = read(answer.text).one("main")
    assert len(page.all("p", css="field-error")) == 2
    again = next(one for one in page.all("form") if one.attributes.get("action") == "/objects/deals/new")
    assert {name: again.fields()[name] for name in typed} == typed
    assert count(bob, "deals") == 0


def test_sending_the_form_twice_makes_one_record(browser: FlaskClient, bob: Viewer) -> None:
    form = form_of(browser, "deals")
    sent = form.fields() | {"dealname": "Lemons"}
    places = [browser.post(form["action"], data=sent).location for _ in range(2)]
    assert places[0] == places[1]
    assert count(bob, "deals") == 1


def test_a_form_that_was_corrected_makes_one_record(browser: FlaskClient, bob: Viewer) -> None:
    form = form_of(browser, "deals")
    answer = browser.post(form["action"], data=form.fields())
    again = next(one for one in read(answer.text).all("form") if one.attributes.get("action") == form["action"])
    assert browser.post(form["action"], data=again.fields() | {"dealname": "Lemons"}).status_code == 303
    assert count(bob, "deals") == 1


def test_a_record_can_be_made_for_another_and_linked(browser: FlaskClient, bob: Viewer) -> None:
    contact = make_contact(bob)
    form = form_of(browser, "deals", f"?associate_with={contact}")
    answer = browser.post(form["action"], data=form.fields() | {"dealname": "Lemons"})
    deal = int(answer.location.removeprefix("/records/"))
    end_read()
    assert associated_ids(bob, contact, "contact", "deal") == [deal]


def test_an_address_that_is_taken_is_said_at_its_field(browser: FlaskClient, bob: Viewer) -> None:
    make_contact(bob, email="mia@example.com")
    form = form_of(browser, "contacts")
    answer = browser.post(form["action"], data=form.fields() | {"email": "MIA@example.com"})
    assert answer.status_code == 422
    assert read(answer.text).one("p", css="field-error").text == "Ada Berg already has this Email. Open it"


def test_a_new_record_is_found_in_the_index_and_by_the_search(browser: FlaskClient) -> None:
    form = form_of(browser, "companies")
    place = browser.post(form["action"], data=form.fields() | {"name": "Lemon Ltd"}).location
    assert place in read(browser.get("/objects/companies?q=lem").text).links()
    assert place in read(browser.get("/search/suggestions?q=lem", fragment=True).text).links()


def test_who_may_not_create_gets_no_form(client_of: Callable[[Viewer], FlaskClient], dana: Viewer) -> None:
    browser = client_of(dana)
    assert browser.get("/objects/contacts/new").status_code == 403
    assert "/objects/contacts/new" not in read(browser.get("/objects/contacts").text).one("main").links()


def test_a_name_without_a_letter_is_a_name(browser: FlaskClient) -> None:
    assert browser.post("/objects/contacts/new", data={"firstname": "[]"}).status_code == 303
