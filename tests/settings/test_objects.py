"""/settings/objects: made, changed, associated and removed; who may; what is wrong is told beside its field."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.associations.object_types import connected_objects
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from tests.factories import make_contact, make_record, relate
from tests.factories.objects import make_object
from tests.support.html import read
from tests.support.queries import count_queries

Sign = Callable[[Viewer], FlaskClient]
NEW = "/settings/objects/new"
MACHINE = {
    "label": "Machine",
    "plural_label": "Machines",
    "description": "What customers run",
    "icon": "gear",
    "name": "",
    "primary": "Serial number",
    "primary_type": "text",
    "primary_unique": "true",
    "secondary_1": "Model",
    "secondary_1_type": "text",
    "secondary_1_required": "true",
    "secondary_2": "",
    "secondary_2_type": "number",
    "associated": ["contact", "company"],
    "activities": ["note", "call"],
    "has_pipeline": "true",
    "after": "deal",
}


def test_db_03_an_object_is_made_in_the_settings_once_and_used_at_once(client_of: Sign, alice: Viewer) -> None:
    browser = client_of(alice)
    form = MACHINE | {"key": read(browser.get(NEW).text).one("input", name="key")["value"]}
    location = browser.post(NEW, data=form).location
    assert location == "/settings/objects/machines"
    assert browser.post(NEW, data=form).location == location
    kind = schema().by_plural("machines")
    assert (kind.icon, kind.description, kind.activities) == ("gear", "What customers run", frozenset({"note", "call"}))
    assert [one.name for one in schema().record_types].index("machine") == 3
    for path in (location, "/objects/machines", "/objects/machines/new", "/settings/objects", "/settings/data-model"):
        assert "Machine" in browser.get(path).text


def test_db_03_a_record_of_it_is_made_and_opened_in_the_browser(client_of: Sign, alice: Viewer) -> None:
    make_object(alice, activities=frozenset({"note"}))
    browser = client_of(alice)
    record_url = browser.post("/objects/machines/new", data={"serial_number": "KX-2000"}).location
    page = browser.get(record_url).text
    assert "KX-2000" in page
    assert "log-note" in page
    assert "log-call" not in page
    assert browser.get(f"{record_url}/activities/new?kind=call").status_code == 404
    assert "KX-2000" in browser.get("/objects/machines").text
    assert f'href="{record_url}"' in browser.get("/search?q=kx").text


def test_all_that_is_wrong_stands_beside_its_field_and_what_was_typed_stays(client_of: Sign, alice: Viewer) -> None:
    wrong = MACHINE | {"label": "Deal", "name": "Bad Name", "secondary_1": "", "secondary_2": "Owner", "icon": "x"}
    answer = client_of(alice).post(NEW, data=wrong)
    assert answer.status_code == 422
    page = read(answer.text)
    assert page.one("input", id="label")["value"] == "Deal"
    assert page.one("input", id="secondary_2")["value"] == "Owner"
    for field in ("label", "name", "secondary_2", "icon"):
        assert page.one(id=f"{field}-hint").text
    assert "machine" not in schema().types


@pytest.mark.parametrize("field", ["label", "plural_label", "primary", "name", "description", "after", "icon"])
@pytest.mark.parametrize("text", ["", "\x00", "x" * 5000, "‮", "'; DROP TABLE record; --", "<script>"])
def test_no_text_of_a_new_object_breaks_anything(client_of: Sign, alice: Viewer, field: str, text: str) -> None:
    assert client_of(alice).post(NEW, data=MACHINE | {field: text}).status_code in (303, 400, 422)
    assert "contact" in schema().types


def test_labels_of_a_standard_object_are_personalised(client_of: Sign, alice: Viewer) -> None:
    browser = client_of(alice)
    activities = [kind.name for kind in schema().activity_types]
    form = {"label": "Account", "plural_label": "Accounts", "activities": activities, "after": ""}
    assert browser.post("/settings/objects/companies", data=form).status_code == 303
    assert "Accounts" in read(browser.get("/objects/companies").text).one("h1").text
    assert browser.post("/settings/objects/companies", data=form | {"label": "Deal"}).status_code == 422


def test_setup_of_a_custom_object_changes_its_display(client_of: Sign, alice: Viewer) -> None:
    make_object(alice)
    form = {"label": "Machine", "plural_label": "Machines", "icon": "truck", "named_by": "serial_number"}
    form |= {"shown_1": "hubspot_owner_id", "required": "serial_number", "after": "lead"}
    assert client_of(alice).post("/settings/objects/machines", data=form).status_code == 303
    kind = schema().object_type("machine")
    assert (kind.icon, kind.layout.secondary_display) == ("truck", ("hubspot_owner_id",))
    assert kind.activities == frozenset()
    answer = client_of(alice).post("/settings/objects/machines", data=form | {"named_by": "createdate"})
    assert answer.status_code == 422


def test_objects_are_associated_and_parted_in_the_settings(client_of: Sign, alice: Viewer) -> None:
    make_object(alice, associated=())
    browser, path = client_of(alice), "/settings/objects/machines/associated"
    assert browser.post(path, data={"object_type": "contact"}).status_code == 303
    assert [one.name for one in connected_objects(schema().object_type("machine"))] == ["contact"]
    assert browser.post(path, data={"object_type": "note"}).status_code == 422
    relate(alice, make_record(alice, "machine", serial_number="1"), make_contact(alice))
    answer = browser.post(f"{path}/removal", data={"object_type": "contact"})
    assert answer.status_code == 422
    assert "are associated" in answer.text
    assert browser.post(f"{path}/removal", data={"object_type": "deal"}).status_code == 404


def test_an_object_in_use_says_why_it_stays_and_an_unused_one_goes(client_of: Sign, alice: Viewer) -> None:
    make_object(alice)
    record_id = make_record(alice, "machine", serial_number="1")
    browser, path = client_of(alice), "/settings/objects/machines"
    assert browser.post(f"{path}/removal").status_code == 422
    assert "1 records: delete them first" in read(browser.get(path).text).text
    make_object(alice, "Boat", "Boats")
    assert browser.post("/settings/objects/boats/removal").location == "/settings/objects"
    assert browser.get("/objects/boats").status_code == 404
    assert browser.get(f"/records/{record_id}").status_code == 200
    assert browser.post("/settings/objects/contacts/removal").status_code == 404
    assert browser.post(f"/records/{record_id}/deletion").status_code == 303
    page = read(browser.get(path).text)
    assert "1 deleted records: they go for good" in page.text
    assert "/objects/machines/bin" in page.links()
    assert browser.get("/objects/machines/bin").status_code == 200


@pytest.mark.parametrize("path", ["/settings/objects/new", "/settings/objects/contacts", "/settings/data-model"])
def test_objects_are_for_super_admins(client_of: Sign, bob: Viewer, path: str) -> None:
    assert client_of(bob).get(path).status_code == 403


def test_an_activity_type_has_no_setup(client_of: Sign, alice: Viewer) -> None:
    assert client_of(alice).get("/settings/objects/notes").status_code == 404


@pytest.mark.parametrize("path", ["/settings/objects", "/settings/data-model", "/settings/limits"])
def test_number_of_queries_does_not_grow_with_objects(client_of: Sign, alice: Viewer, path: str) -> None:
    browser = client_of(alice)
    make_object(alice)
    browser.get(path)
    with count_queries() as few:
        browser.get(path)
    for number in range(4):
        make_object(alice, f"Thing {number}", f"Things {number}")
    browser.get(path)
    with count_queries() as many:
        browser.get(path)
    assert len(many) == len(few), many
