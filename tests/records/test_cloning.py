"""Copying a record (SPEC 1.3, REC-11)."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.accounts.models import PermissionGrant
from crm.accounts.queries import STAMP
from crm.associations import cloning
from crm.associations.cloning import associated_ids
from crm.associations.operations import set_primary_company
from crm.associations.queries import primary_company_id
from crm.db import db, end_read, touch, unit_of_work
from crm.objects.queries import schema
from crm.permissions.actions import Scope, Verb
from crm.permissions.viewer import Viewer
from crm.records.queries import RecordRow, get_record
from crm.records.views import clone as clone_views
from tests.factories import make_company, make_contact, make_deal, make_lead, make_note, make_ticket, relate
from tests.support.html import read

ClientOf = Callable[[Viewer], FlaskClient]


@pytest.fixture
def browser(client_of: ClientOf, alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


def copy(browser: FlaskClient, record_id: int, **form: str) -> int:
    """Copy by the form as it stands, with what is given instead; returns the id of the copy."""
    page = read(browser.get(f"/records/{record_id}/clone").text).one("form", id="clone")
    sent = {one["name"]: one.attributes.get("value", "") for one in page.all("input") if one["name"] != "csrf_token"}
    answer = browser.post(f"/records/{record_id}/clone", data=sent | form)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["Location"].rpartition("/")[2])


def read_record(viewer: Viewer, record_id: int) -> RecordRow:
    end_read()
    return get_record(viewer, record_id)


def test_rec_11_a_cloned_deal_has_the_same_editable_values_and_a_new_id(browser: FlaskClient, alice: Viewer) -> None:
    values = {
        "amount": Decimal("12.5"),
        "closedate": datetime(2026, 5, 1, 8, tzinfo=UTC),
        "dealstage": "qualifiedtobuy",
        "hs_priority": "high",
        "description": "one\ntwo",
        "dealtype": "newbusiness",
    }
    deal = make_deal(alice, "Oranges", **values)
    clone = copy(browser, deal)
    assert clone != deal
    made = read_record(alice, clone)
    assert made.title == "Copy of Oranges"
    editable = [prop.name for prop in schema().object_type("deal").properties.values() if not prop.read_only]
    before = read_record(alice, deal).values
    assert {name: made.values[name] for name in editable if name != "dealname"} == {
        name: before[name] for name in editable if name != "dealname"
    }
    assert values.items() <= made.values.items()
    assert made.values["hs_object_id"] == clone


@pytest.mark.parametrize(("make", "name"), [(make_ticket, "subject"), (make_lead, "hs_lead_name")])
def test_tickets_and_leads_are_copied_too(
    browser: FlaskClient, alice: Viewer, make: Callable[..., int], name: str
) -> None:
    made = read_record(alice, copy(browser, make(alice, "Wet crates"), **{name: "Wetter crates"}))
    assert made.values[name] == "Wetter crates"


@pytest.mark.parametrize("make", [make_contact, make_company])
def test_people_and_firms_are_not(browser: FlaskClient, alice: Viewer, make: Callable[..., int]) -> None:
    record = make(alice)
    assert browser.get(f"/records/{record}/clone").status_code == 403
    assert browser.post(f"/records/{record}/clone").status_code == 403
    assert "/clone" not in browser.get(f"/records/{record}/tools").text


def test_associations_are_copied_if_the_box_is_ticked(browser: FlaskClient, alice: Viewer) -> None:
    deal, first, second, contact = make_deal(alice), make_company(alice), make_company(alice, "Pear Inc"), 0
    contact = make_contact(alice)
    relate(alice, deal, first, second, contact)
    with unit_of_work():
        set_primary_company(alice, deal, second)
    note = make_note(alice, deal)
    linked = copy(browser, deal)
    alone = copy(browser, deal, associations="")
    end_read()
    assert set(associated_ids(alice, linked)) == {first, second, contact}
    assert primary_company_id(alice, linked, "deal") == second
    assert associated_ids(alice, alone) == []
    assert f"/activities/{note}" not in browser.get(f"/records/{linked}/timeline").text


def test_hidden_associations_are_not_copied(client_of: ClientOf, alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    deal = make_deal(charlie)
    mine, hidden = make_contact(charlie), make_contact(bob)
    relate(alice, deal, mine, hidden)
    clone = copy(client_of(charlie), deal)
    end_read()
    assert associated_ids(alice, clone) == [mine]


def test_of_a_colleagues_deal_the_copy_is_associated_only_by_who_may_edit_it(
    client_of: ClientOf, alice: Viewer, bob: Viewer
) -> None:
    deal = make_deal(alice)
    relate(alice, deal, make_contact(alice))
    end_read()
    with unit_of_work():
        grant = PermissionGrant.object_type == "deal", PermissionGrant.verb == Verb.EDIT
        db.session.execute(sa.update(PermissionGrant).where(*grant).values(scope=Scope.OWN))
        touch(STAMP)
    browser = client_of(bob)
    clone = copy(browser, deal)
    end_read()
    assert read_record(alice, clone).owner_id == alice.user_id
    assert associated_ids(alice, clone) == []
    own = make_deal(bob)
    relate(alice, own, make_contact(bob))
    clone = copy(browser, own)
    end_read()
    assert len(associated_ids(alice, clone)) == 1


def test_more_associations_than_one_transaction_takes_are_not_offered_and_refused(
    browser: FlaskClient, alice: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (cloning, clone_views):
        monkeypatch.setattr(module, "MOST_LINKS", 1)
    deal = make_deal(alice)
    relate(alice, deal, make_contact(alice), make_contact(alice))
    page = read(browser.get(f"/records/{deal}/clone").text).one("form", id="clone")
    assert not page.all("input", name="associations")
    assert "more than 1 records" in page.text
    refused = browser.post(f"/records/{deal}/clone", data={"dealname": "Copy", "associations": "1"})
    assert refused.status_code == 422
    assert read(browser.get("/objects/deals").text).text.count("Copy") == 0
    assert associated_ids(alice, copy(browser, deal)) == []


def test_a_double_click_makes_one_copy(browser: FlaskClient, alice: Viewer) -> None:
    deal = make_deal(alice)
    page = read(browser.get(f"/records/{deal}/clone").text).one("form", id="clone")
    form = {"key": page.one("input", name="key")["value"], "dealname": "Twice"}
    places = {browser.post(f"/records/{deal}/clone", data=form).headers["Location"] for _ in range(2)}
    assert len(places) == 1


def test_a_copy_without_a_name_is_refused_and_keeps_what_was_typed(browser: FlaskClient, alice: Viewer) -> None:
    deal = make_deal(alice)
    answer = browser.post(f"/records/{deal}/clone", data={"dealname": "  ", "associations": "1"})
    assert answer.status_code == 422
    page = read(answer.text).one("form", id="clone")
    assert "required" in page.one("p", css="field-error").text
    assert "checked" in page.one("input", name="associations")


def test_the_copy_says_in_its_history_where_it_is_from(browser: FlaskClient, alice: Viewer) -> None:
    clone = copy(browser, make_deal(alice))
    assert "CRM UI, cloned" in browser.get(f"/records/{clone}/history").text


def test_the_right_to_create_is_asked_for(client_of: ClientOf, alice: Viewer, dana: Viewer, charlie: Viewer) -> None:
    deal = make_deal(alice)
    for person, status in ((dana, 403), (charlie, 404)):
        browser = client_of(person)
        assert browser.get(f"/records/{deal}/clone").status_code == status
        assert browser.post(f"/records/{deal}/clone", data={"dealname": "Mine"}).status_code == status
    assert "/clone" not in client_of(dana).get(f"/records/{deal}/tools").text
