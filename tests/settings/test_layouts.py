"""Views of record pages in the settings: made, given to teams, edited, saved, tried on a record (SPEC 1.7, 1.8)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.accounts.managing import UserChange, change_user
from crm.accounts.permission_sets import SetContent, create_permission_set
from crm.accounts.queries import viewer_for
from crm.db import end_read, unit_of_work
from crm.layouts.cards import card_types
from crm.layouts.layout import Place, RecordLayout
from crm.layouts.stored import DEFAULT, stored_layout
from crm.objects.queries import schema
from crm.permissions.actions import AccountRight
from crm.permissions.viewer import Viewer
from tests.factories import make_contact, make_record
from tests.support.html import Element, read

Sign = Callable[[Viewer], FlaskClient]
HERE = "/settings/objects/contacts/layouts"
DEFAULT_VIEW = f"{HERE}/default"


@pytest.fixture
def admin(client_of: Sign, alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


def page(browser: FlaskClient, path: str) -> Element:
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return read(answer.text).one("main")


def titles(browser: FlaskClient, record_id: int, column: str = "record-left") -> list[str]:
    """The cards a column of a record page shows."""
    found = page(browser, f"/records/{record_id}?tab=overview").one(id=column)
    return [one["id"] for one in found.all("section", css="card")]


def saved(object_name: str = "contact") -> RecordLayout:
    end_read()
    return stored_layout(schema().object_type(object_name), DEFAULT).layout


def add(browser: FlaskClient, base: str, column: str, kind: str) -> str:
    """Add a card to the draft and return its key."""
    location = browser.post(f"{base}/columns/{column}/cards", data={"kind": kind}).location or ""
    return location.rsplit("/", 1)[1]


def test_rec_04_an_admin_adds_a_property_and_everybody_sees_it(
    admin: FlaskClient, client_of: Sign, alice: Viewer, bob: Viewer
) -> None:
    record_id, seller = make_contact(bob), client_of(bob)
    card = f"{DEFAULT_VIEW}/cards/about"
    form = page(admin, card).all("form", action=card)[0]
    names = [one["value"] for one in form.all("input", name="setting-properties")]
    sent = form.fields() | {"setting-properties": names, "act": "add:properties", "setting-properties-add": "industry"}
    assert admin.post(card, data=sent).status_code == 422
    sent["setting-properties-add"] = "jOb title"
    assert admin.post(card, data=sent).status_code == 303
    assert "Job title" not in page(seller, f"/records/{record_id}").one(id="card-about").text
    assert admin.post(f"{DEFAULT_VIEW}/draft/save").status_code == 303
    assert "Job title" in page(seller, f"/records/{record_id}").one(id="card-about").text
    assert saved().left[0].settings["properties"] == [*names, "jobtitle"]


def test_rec_37_a_card_on_the_overview_of_deals_leaves_contacts_alone(
    admin: FlaskClient, bob: Viewer, client_of: Sign
) -> None:
    contact, deal, seller = make_contact(bob), make_record(bob, "deal", dealname="Peel"), client_of(bob)
    before = titles(seller, contact, "record-middle")
    base = "/settings/objects/deals/layouts/default"
    key = add(admin, base, "overview", "property_list")
    card = f"{base}/cards/{key}"
    assert admin.post(card, data={"title": "Money", "setting-properties": ["amount"], "may_move": "true"}).location
    admin.post(f"{base}/draft/save")
    assert f"card-{key}" in titles(seller, deal, "record-middle")
    assert "Money" in seller.get(f"/records/{deal}?tab=overview").text
    assert titles(seller, contact, "record-middle") == before


def test_rec_42_the_properties_of_an_association_card_are_chosen(admin: FlaskClient) -> None:
    card = f"{DEFAULT_VIEW}/cards/linked-companies"
    assert "Industry" in [one["value"] for one in page(admin, card).all("option")]
    sent = {"setting-object": "company", "setting-number": "3", "setting-properties": ["industry", "email"]}
    assert admin.post(card, data=sent | {"may_move": "true"}).status_code == 303
    admin.post(f"{DEFAULT_VIEW}/draft/save")
    found = saved().card("linked-companies")
    assert found is not None
    assert found[1].settings == {"object": "company", "number": 3, "properties": ["industry"]}


def test_rec_47_the_library_offers_what_the_object_can_have_there(admin: FlaskClient) -> None:
    for kind in schema().record_types:
        shown = page(admin, f"/settings/objects/{kind.plural_name}/layouts/default")
        for column, place in (("left", Place.LEFT), ("overview", Place.MIDDLE), ("right", Place.RIGHT)):
            there = {card.kind for card in stored_layout(kind, DEFAULT).layout.column(column) or ()}
            offered = {one["value"] for one in shown.one(id=f"column-{column}").all("button", name="kind")}
            fitting = {one.name for one in card_types if place in one.places and one.fits(kind)}
            assert offered == {name for name in fitting if not (card_types.get(name).is_single and name in there)}  # type: ignore[union-attr]


def test_db_43_a_tool_is_taken_from_tickets_only(admin: FlaskClient) -> None:
    base = "/settings/objects/tickets/layouts/default"
    assert admin.post(f"{base}/columns/right/order", data={"remove": "linked-deals"}).status_code == 303
    admin.post(f"{base}/draft/save")
    assert saved("ticket").card("linked-deals") is None
    assert saved().card("linked-deals") is not None


def test_db_44_two_teams_see_two_layouts_of_one_record(
    admin: FlaskClient, client_of: Sign, bob: Viewer, dana: Viewer, charlie: Viewer
) -> None:
    record_id = make_contact(charlie)
    form = {"name": "South", "source": "default", "teams": [str(charlie.team_id)]}
    base = admin.post(HERE, data=form).location or ""
    key = add(admin, base, "left", "property_list")
    admin.post(f"{base}/cards/{key}", data={"title": "For the South", "setting-properties": ["city"]})
    admin.post(f"{base}/draft/save")
    assert f"card-{key}" in titles(client_of(charlie), record_id)
    assert f"card-{key}" not in titles(client_of(dana), record_id)
    assert page(client_of(charlie), f"/records/{record_id}").links()
    admin.post(f"{base}/removal")
    assert f"card-{key}" not in titles(client_of(charlie), record_id)


def test_db_41_the_preview_has_cards_of_its_own(admin: FlaskClient, bob: Viewer, client_of: Sign) -> None:
    record_id = make_contact(bob, city="Lund")
    key = add(admin, DEFAULT_VIEW, "preview", "property_list")
    admin.post(f"{DEFAULT_VIEW}/cards/{key}", data={"title": "Where", "setting-properties": ["city"]})
    admin.post(f"{DEFAULT_VIEW}/draft/save")
    preview = read(client_of(bob).get(f"/records/{record_id}/preview").text).one(id="preview")
    assert "Lund" in preview.one(id=f"card-{key}").text


def test_a_draft_is_tried_on_a_record_that_is_found(admin: FlaskClient, alice: Viewer, bob: Viewer) -> None:
    record_id = make_contact(bob, "Ida Lundin", city="Visby")
    key = add(admin, DEFAULT_VIEW, "right", "property_list")
    admin.post(f"{DEFAULT_VIEW}/cards/{key}", data={"title": "Where", "setting-properties": ["city"]})
    found = page(admin, f"{DEFAULT_VIEW}/preview?q=lundin")
    assert f"{DEFAULT_VIEW}/preview?record={record_id}&q=lundin" in found.links()
    assert "Visby" in found.one(id=f"card-{key}").text
    for tab in ("overview", "activities", "preview"):
        shown = page(admin, f"{DEFAULT_VIEW}/preview?record={record_id}&tab={tab}")
        assert "inert" in shown.one("div", css="layout-page")
    assert admin.get(f"{DEFAULT_VIEW}/preview?record={record_id}&tab=nowhere").status_code == 400
    deal = make_record(alice, "deal", dealname="Peel")
    assert admin.get(f"{DEFAULT_VIEW}/preview?record={deal}").status_code == 404


def test_a_preview_shows_what_its_reader_may_see(client_of: Sign, alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    hidden = make_contact(bob, "Hidden Person")
    browser = client_of(with_right(alice, charlie))
    assert "Hidden" not in browser.get(f"{DEFAULT_VIEW}/preview?q=hidden").text
    assert browser.get(f"{DEFAULT_VIEW}/preview?record={hidden}").status_code == 404
    assert browser.get("/settings/record-pages").status_code == 200
    assert browser.get("/settings/objects").status_code == 403


def with_right(actor: Viewer, person: Viewer) -> Viewer:
    """The person, who may now change layouts and nothing else that is new."""
    end_read()
    with unit_of_work():
        content = SetContent("Layouts", person.scopes, frozenset({AccountRight.CUSTOMIZE_LAYOUT}))
        set_id = create_permission_set(actor, content)
        change = UserChange(person.name, person.email, person.team_id, set_id)
        change_user(actor, person.user_id or 0, change)
    end_read()
    return viewer_for(person.user_id or 0)
