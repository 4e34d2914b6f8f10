"""/settings/objects/<objects>/properties: lists, forms, options, groups and files of properties."""

import csv
import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.objects.definitions.base import OptionDefinition
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.objects.schema import Property
from crm.permissions.viewer import Viewer
from tests.factories import make_contact
from tests.support.html import Element, read
from tests.support.queries import count_queries

Sign = Callable[[Viewer], FlaskClient]
BASE = "/settings/objects/contacts/properties"
COLORS = (OptionDefinition("red", "Red"), OptionDefinition("green", "Green"))


def create(label: str, type: str = "text", options: tuple[OptionDefinition, ...] = ()) -> str:
    end_read()
    with unit_of_work():
        return create_property("contact", label, type, "contact", options).name


def prop(name: str) -> Property:
    end_read()
    return schema().object_type("contact").property(name)


def form_to(page: Element, action: str) -> dict[str, str]:
    return next(one for one in page.all("form") if one.attributes.get("action") == action).fields()


def names(page: Element) -> list[str]:
    return [row.one("a")["href"].rpartition("/")[2] for row in page.one("tbody").all("th", scope="row")]


def test_db_12_a_property_is_made_once_by_its_form(client_of: Sign, alice: Viewer) -> None:
    browser = client_of(alice)
    sent = form_to(read(browser.get(f"{BASE}/new?type=dropdown").text), f"{BASE}/new")
    sent |= {"label": "Shoe size", "options": "41\n42\n43", "default": "42", "in_forms": "true"}
    assert browser.post(f"{BASE}/new", data=sent).location == f"{BASE}/shoe_size"
    assert browser.post(f"{BASE}/new", data=sent).location == f"{BASE}/shoe_size"
    made = prop("shoe_size")
    assert [one.value for one in made.options] == ["41", "42", "43"]
    assert made.default == "42"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"label": ""}, "label"),
        ({"label": "Shoe size", "name": "Shoe size"}, "name"),
        ({"label": "Shoe size", "default": "large"}, "default"),
        ({"label": "Shoe size", "description": "x" * 1_001}, "description"),
        ({"label": "Email", "confirmed": "Email"}, "label"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    client_of: Sign, alice: Viewer, said: dict[str, str], field: str
) -> None:
    answer = client_of(alice).post(f"{BASE}/new", data={"type": "number", "group": "contact"} | said)
    assert answer.status_code == 422
    page = read(answer.text)
    assert page.one(id=f"{field}-hint").attributes["class"] == "field-error"
    assert page.one("input", id="label")["value"] == said["label"]
    assert "shoe_size" not in schema().object_type("contact").properties


def test_a_similar_name_is_asked_about_once(client_of: Sign, alice: Viewer) -> None:
    browser = client_of(alice)
    said = {"label": "Job titel", "type": "text", "group": "contact"}
    answer = browser.post(f"{BASE}/new", data=said)
    assert answer.status_code == 422
    page = read(answer.text)
    assert f"{BASE}/jobtitle" in page.one(id="similar").links()
    assert browser.post(f"{BASE}/new", data=said | {"confirmed": "Job titel"}).status_code == 303


def test_the_list_is_searched_and_filtered(client_of: Sign, alice: Viewer) -> None:
    name = create("Zodiac sign", "dropdown", COLORS)
    browser = client_of(alice)
    for query, found in (
        ("q=zodiac", True),
        ("q=sign+ZODIAC", True),
        ("q=zodiac&type=text", False),
        ("q=zodiac&group=sales", False),
        ("state=archived", False),
    ):
        page = read(browser.get(f"{BASE}?{query}").text)
        assert (name in names(page) if page.all("tbody") else False) is found, query


def test_a_property_is_changed_and_a_label_nobody_touched_stays_the_programs(client_of: Sign, alice: Viewer) -> None:
    browser = client_of(alice)
    sent = form_to(read(browser.get(f"{BASE}/jobtitle").text), f"{BASE}/jobtitle")
    assert browser.post(f"{BASE}/jobtitle", data=sent | {"description": "On the card"}).location == f"{BASE}/jobtitle"
    assert (prop("jobtitle").label, prop("jobtitle").description) == ("Job title", "On the card")


def test_archived_in_use_restored_and_copied(client_of: Sign, alice: Viewer) -> None:
    name, browser = create("Zodiac sign"), client_of(alice)
    assert browser.post(f"{BASE}/{name}/copy", data={"label": "Moon sign"}).location == f"{BASE}/moon_sign"
    assert browser.post(f"{BASE}/email/archive").status_code == 422
    assert browser.post(f"{BASE}/{name}/archive").location == BASE
    assert "Restore" in browser.get(f"{BASE}/{name}").text
    assert name in names(read(browser.get(f"{BASE}?state=archived").text))
    assert browser.get(f"{BASE}/{name}/uses").status_code == 404
    assert browser.post(f"{BASE}/{name}/restore").location == f"{BASE}/{name}"
    assert prop(name).label == "Zodiac sign"


def test_options_groups_and_types_by_plain_forms(client_of: Sign, alice: Viewer) -> None:
    name, browser = create("Mood", "dropdown", COLORS), client_of(alice)
    at = f"{BASE}/{name}"
    assert browser.post(f"{at}/options", data={"label": "Blue", "color": "blue", "in_forms": "true"}).status_code == 303
    assert browser.post(f"{at}/options", data={"label": "BLUE"}).status_code == 422
    assert browser.post(f"{at}/options/order", data={"value": "blue", "to": "up"}).status_code == 303
    assert browser.post(f"{at}/option", data={"value": "red", "label": "Crimson"}).status_code == 303
    assert browser.post(f"{at}/option/removal", data={"value": "green"}).status_code == 303
    assert [(one.value, one.label, one.in_forms) for one in prop(name).options] == [
        ("red", "Crimson", False),
        ("blue", "Blue", True),
    ]
    assert browser.get(f"{at}/option?value=green").status_code == 404
    assert browser.get(f"{at}/type?type=text").status_code == 200
    assert browser.post(f"{at}/type", data={"type": "date"}).status_code == 422
    assert browser.post(f"{at}/type", data={"type": "text"}).location == at
    assert prop(name).type == "text"
    groups = "/settings/objects/contacts/groups"
    assert browser.post(groups, data={"label": "Shoes"}).location == f"{groups}/shoes"
    assert browser.post(f"{groups}/shoes", data={"label": ""}).status_code == 422
    assert browser.post(f"{groups}/contact/removal").status_code == 422
    assert browser.post(f"{groups}/shoes/removal").location == groups


def test_definitions_and_histories_are_files(client_of: Sign, alice: Viewer) -> None:
    name = create("Mood", "dropdown", COLORS)
    contact = make_contact(alice, "=Ada Berg", **{name: "red"})
    browser = client_of(alice)
    lines = list(csv.reader(io.StringIO(browser.post(f"{BASE}/export").text.lstrip("\ufeff"))))
    mine = next(line for line in lines if line[1] == name)
    assert (mine[0], mine[5]) == ("Mood", "red=Red; green=Green")
    history = list(csv.reader(io.StringIO(browser.post(f"{BASE}/{name}/history").text.lstrip("\ufeff"))))
    assert history[1][1:5] == [str(contact), "'=Ada Berg", "", "red"]


def test_files_ask_for_the_right_to_export_and_show_no_hidden_record(
    client_of: Sign, alice: Viewer, charlie: Viewer, bob: Viewer
) -> None:
    name = create("Mood")
    make_contact(charlie, "Carl Hidden", **{name: "secret"})
    assert client_of(bob).post(f"{BASE}/{name}/history").status_code == 403
    assert client_of(bob).get(BASE).status_code == 403
    assert "secret" in client_of(alice).post(f"{BASE}/{name}/history").text


def test_a_list_of_many_properties_asks_as_little_as_one_of_few(client_of: Sign, alice: Viewer) -> None:
    browser = client_of(alice)
    browser.get(BASE)
    with count_queries() as few:
        browser.get(BASE)
    for number in range(20):
        create(f"Fact {number} of many")
    browser.get(BASE)
    with count_queries() as many:
        browser.get(BASE)
    assert len(many) == len(few)


def test_a_person_who_may_not_write_a_property_gets_no_form_for_it(
    client_of: Sign, alice: Viewer, bob: Viewer
) -> None:
    name = create("Credit limit", "number")
    browser = client_of(alice)
    sent = form_to(read(browser.get(f"{BASE}/{name}").text), f"{BASE}/{name}")
    assert browser.post(f"{BASE}/{name}", data=sent | {"access": "chosen"}).status_code == 303
    contact = make_contact(bob)
    assert client_of(bob).get(f"/records/{contact}/properties/{name}/edit").status_code == 403
    answer = client_of(bob).post(f"/records/{contact}/properties/{name}", data={name: "5", "version": "1"})
    assert answer.status_code == 403
    assert client_of(alice).get(f"/records/{contact}/properties/{name}/edit").status_code == 200
