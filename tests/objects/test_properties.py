"""Properties people make: what is said of them, who may write them, and what they are unique in (SPEC 2.3-2.5)."""

from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.queries import directory
from crm.accounts.teams import create_team, delete_team
from crm.db import db, end_read, unit_of_work
from crm.messages import InvalidValue
from crm.objects import changing, operations, storage
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.definitions.base import OptionDefinition
from crm.objects.limits import UNIQUE_PROPERTIES
from crm.objects.properties import change_property, clone_property, content_of, define_property
from crm.objects.property_content import PropertyContent
from crm.objects.queries import schema
from crm.objects.schema import Editors, Property
from crm.objects.similar import similar_properties
from crm.permissions.errors import Forbidden
from crm.permissions.viewer import SYSTEM, Viewer
from crm.properties.types import property_types
from crm.properties.types.base import Context
from crm.records.errors import InvalidInput
from crm.records.operations import create_record, update_record
from crm.records.queries import get_record
from tests.factories import make_contact, make_record
from tests.support.queries import count_queries

GROUP = "contact"


def define(actor: Viewer, label: str = "Shoe size", type: str = "text", **said: object) -> Property:
    end_read()
    options = said.pop("options", ())
    name = str(said.pop("name", ""))
    with unit_of_work():
        content = PropertyContent(label, GROUP, **said)  # type: ignore[arg-type]
        return define_property(actor, "contact", type, content, options, name)  # type: ignore[arg-type]


def change(actor: Viewer, name: str, **said: object) -> Property:
    end_read()
    prop = schema().object_type("contact").property(name)
    content = content_of(prop)
    end_read()
    with unit_of_work():
        return change_property(actor, "contact", name, type(content)(**{**vars(content), **said}))


def value(viewer: Viewer, record_id: int, name: str) -> object:
    end_read()
    return get_record(viewer, record_id).values[name]


TYPED = {
    "text": "one line",
    "multi_line": "one\ntwo",
    "rich_text": "<p>one</p>",
    "number": "7",
    "currency": "7",
    "date": "2026-03-11",
    "date_time": "2026-03-11T12:00",
    "dropdown": "red",
    "radio": "red",
    "checkboxes": "red",
    "checkbox": "true",
    "user": "alice@example.com",
    "users": "alice@example.com",
    "email": "a@b.example",
    "phone": "+48221234567",
    "url": "https://b.example",
}


@pytest.mark.parametrize("kind", TYPED)
def test_db_13_every_type_can_be_made_and_holds_a_value(alice: Viewer, kind: str) -> None:
    type = property_types.get(kind)
    assert type is not None
    options = (OptionDefinition("", "Red"), OptionDefinition("", "Green")) if type.has_options else ()
    prop = define(alice, "What it is", kind, options=options)
    meant = type.parse(TYPED[kind], prop, Context(users=directory().users))
    assert meant is not None
    assert value(alice, make_contact(alice, **{prop.name: meant}), prop.name) == meant


def test_db_12_what_is_said_of_a_property_is_kept(alice: Viewer) -> None:
    prop = define(alice, description="In European sizes", in_forms=False, is_sensitive=True, default="42")
    assert (prop.description, prop.default) == ("In European sizes", "42")
    assert (prop.in_forms, prop.is_sensitive) == (False, True)
    after = change(alice, prop.name, label="Size of shoes", description="", in_forms=True, default="")
    assert (after.label, after.name, after.description, after.default) == ("Size of shoes", "shoe_size", "", None)


def test_only_who_may_edit_property_settings_makes_them(bob: Viewer, app: Flask) -> None:
    with pytest.raises(Forbidden):
        define(bob)
    assert "shoe_size" not in storage.existing_columns("contact")


@pytest.mark.parametrize("label", ["Пол", "客戶等級", "Größe", "مقاس", "✨ 7"])
def test_any_script_names_a_property(alice: Viewer, label: str) -> None:
    first, second = define(alice, label), define(alice, f"{label} 2")
    assert (first.label, second.label) == (label, f"{label} 2")
    assert first.name != second.name


def test_a_label_twice_is_refused_with_the_way_to_the_first(alice: Viewer) -> None:
    define(alice)
    with pytest.raises(InvalidDefinition) as refused:
        define(alice, "SHOE  size")
    assert refused.value.errors["label"].url == "/settings/objects/contacts/properties/shoe_size"


def test_similar_names_are_found_whatever_the_order_of_words(alice: Viewer) -> None:
    define(alice, "Customer tier")
    contact = schema().object_type("contact")
    for label in ("Costumer tier", "Tier of customer", "customer-tier"):
        assert "customer_tier" in [prop.name for prop in similar_properties(contact, label)] or label.startswith("Tier")
    assert [prop.name for prop in similar_properties(contact, "tier customer")] == ["customer_tier"]
    assert similar_properties(contact, "Zodiac sign") == []


def test_a_clone_has_the_settings_and_no_values(alice: Viewer) -> None:
    options = (OptionDefinition("", "Red", "red", "Stop"), OptionDefinition("g", "Green", in_forms=False))
    model = define(alice, "Mood", "dropdown", options=options, default="Red", description="Today")
    contact = make_contact(alice, **{model.name: "red"})
    end_read()
    with unit_of_work():
        copy = clone_property(alice, "contact", model.name, "Mood tomorrow")
    assert (copy.options, copy.default, copy.description) == (model.options, "red", "Today")
    assert value(alice, contact, copy.name) is None
    assert copy.name == "mood_tomorrow"


def test_a_default_fills_what_nobody_named_and_not_what_was_left_empty(alice: Viewer) -> None:
    name = define(alice, "Discount", "number", default="5").name
    assert value(alice, make_contact(alice), name) == Decimal(5)
    assert value(alice, make_contact(alice, **{name: None}), name) is None
    assert value(alice, make_contact(alice, **{name: Decimal(7)}), name) == Decimal(7)


@pytest.mark.parametrize(("type", "text"), [("number", "many"), ("email", "nobody"), ("checkbox", "perhaps")])
def test_a_default_that_is_no_value_is_refused_at_its_field(alice: Viewer, type: str, text: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        define(alice, type=type, default=text)
    assert set(refused.value.errors) == {"default"}


def test_a_default_keeps_the_rules_of_its_property_and_is_formatted_by_it(alice: Viewer) -> None:
    rules = {"length": {"max": 3}}
    with pytest.raises(InvalidDefinition) as refused:
        define(alice, "Badge", default="too long", settings={"rules": rules})
    assert set(refused.value.errors) == {"default"}
    name = define(alice, "Badge", default="ab", settings={"formatting": ["upper_case"]}).name
    assert schema().object_type("contact").property(name).default == "AB"
    with pytest.raises(InvalidDefinition) as refused:
        change(alice, name, settings={"rules": {"length": {"min": 3}}})
    assert set(refused.value.errors) == {"default"}
    assert value(alice, make_contact(alice), name) == "AB"


def test_unique_names_the_doubles_and_is_kept_by_the_database(alice: Viewer) -> None:
    name = define(alice, "Badge number").name
    first = make_contact(alice, **{name: "7"})
    make_contact(alice, "Eva Lind", **{name: "7"})
    with pytest.raises(InvalidDefinition, match="“7” \\(2\\)"):
        change(alice, name, is_unique=True)
    with unit_of_work():
        update_record(alice, first, {name: "8"})
    assert change(alice, name, is_unique=True).unique
    with pytest.raises(InvalidInput):
        make_contact(alice, **{name: "7"})
    with pytest.raises(sa.exc.IntegrityError), unit_of_work():
        db.session.execute(sa.text(f"UPDATE object_contact SET {name} = '8'"))
    end_read()
    assert not change(alice, name, is_unique=False).unique
    make_contact(alice, **{name: "7"})


def test_doubles_are_not_told_to_who_does_not_see_all_records(alice: Viewer) -> None:
    name = define(alice, "Badge number").name
    for _ in range(2):
        make_contact(alice, **{name: "secret-7"})
    halfway = Viewer(user_id=alice.user_id, name="H", account_rights=frozenset({"edit_properties"}))  # type: ignore[arg-type]
    with pytest.raises(InvalidDefinition) as refused:
        change(halfway, name, is_unique=True)
    assert "secret-7" not in str(refused.value)


def test_ten_properties_of_an_object_are_unique_and_no_more(alice: Viewer) -> None:
    there = sum(prop.unique for prop in schema().object_type("contact").properties.values())
    for number in range(UNIQUE_PROPERTIES - there):
        define(alice, f"Badge {number}", is_unique=True)
    with pytest.raises(InvalidDefinition) as refused:
        define(alice, "Badge eleven", is_unique=True)
    assert set(refused.value.errors) == {"is_unique"}
    name = define(alice, "Badge eleven").name
    with pytest.raises(InvalidDefinition):
        change(alice, name, is_unique=True)


def test_only_chosen_people_and_teams_write_a_property(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    contact = make_contact(bob)
    name = define(alice, "Credit limit", "number", editors=Editors(team_ids=frozenset({charlie.team_id or 0}))).name
    end_read()
    with pytest.raises(InvalidInput, match="Credit limit"), unit_of_work():
        update_record(bob, contact, {name: Decimal(1)})
    with pytest.raises(InvalidInput), unit_of_work():
        create_record(bob, "contact", {"firstname": "Eva", name: Decimal(1)})
    with unit_of_work():
        update_record(alice, contact, {name: Decimal(1)})
    change(alice, name, editors=Editors(user_ids=frozenset({bob.user_id or 0})))
    end_read()
    with unit_of_work():
        update_record(bob, contact, {name: Decimal(2)})
    assert value(bob, contact, name) == Decimal(2)


def test_a_default_is_written_for_those_who_may_not(alice: Viewer, bob: Viewer) -> None:
    name = define(alice, "Credit limit", "number", default="100", editors=Editors()).name
    assert value(bob, make_contact(bob), name) == Decimal(100)
    assert value(bob, make_contact(bob, **{name: Decimal(100)}), name) == Decimal(100)


def test_a_later_team_does_not_inherit_what_an_earlier_one_might(alice: Viewer, app: Flask) -> None:
    with unit_of_work():
        team_id = create_team(alice, "Passing")
    name = define(alice, "Credit limit", editors=Editors(team_ids=frozenset({team_id}))).name
    end_read()
    with unit_of_work():
        delete_team(alice, team_id, None)
    end_read()
    assert schema().object_type("contact").property(name).editors == Editors()


def test_db_11_what_people_change_of_standard_properties_survives_syncing(alice: Viewer) -> None:
    change(alice, "jobtitle", label="Role", description="What it says on the card")
    change(alice, "firstname", settings={"max_length": 80})
    end_read()
    with unit_of_work():
        operations.sync()
    contact = schema().object_type("contact")
    assert (contact.property("jobtitle").label, contact.property("jobtitle").description) == (
        "Role",
        "What it says on the card",
    )
    assert contact.property("firstname").settings["max_length"] == 80
    assert contact.property("lastname").label == "Last name"


def test_whether_a_standard_property_is_unique_stays(alice: Viewer) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        change(alice, "email", is_unique=False)
    assert set(refused.value.errors) == {"is_unique"}


def test_what_is_refused_changes_nothing(alice: Viewer) -> None:
    before = storage.existing_columns("contact")
    for said in ({"label": ""}, {"label": "x" * 121}, {"type": "telepathy"}, {"name": "Shoe size"}, {"name": "email"}):
        with pytest.raises(InvalidValue):
            define(alice, **said)  # type: ignore[arg-type]
    assert storage.existing_columns("contact") == before


def test_an_internal_name_can_be_chosen(alice: Viewer) -> None:
    assert define(alice, name="size_eu").name == "size_eu"


def test_properties_of_every_object_can_be_made(alice: Viewer) -> None:
    for kind in schema().record_types:
        end_read()
        with unit_of_work():
            group = next(iter(kind.properties.values())).group
            made = define_property(SYSTEM, kind.name, "text", PropertyContent("Nickname", group))
        assert made.object_type == kind.name
    end_read()
    company = make_record(alice, "company", name="Orange Inc", nickname="The orchard")
    assert value(alice, company, "nickname") == "The orchard"


def test_the_column_of_a_new_property_is_the_last_thing_its_unit_writes(alice: Viewer, app: Flask) -> None:
    """On PostgreSQL nobody reads the object from there until the unit is committed."""
    end_read()
    with count_queries() as statements, unit_of_work():
        define_property(alice, "contact", "number", PropertyContent("Shoe size", GROUP))
    added = next(place for place, one in enumerate(statements) if one.startswith("ALTER TABLE"))
    assert [one for one in statements[added + 1 :] if not one.startswith("RELEASE")] == []


def test_a_change_of_the_schema_reads_anew_only_what_changed(alice: Viewer, app: Flask) -> None:
    define(alice)
    end_read()
    before = schema()
    end_read()
    with unit_of_work():
        assert changing.begin_change("contact") is before.object_type("contact")
        changing.end_change()
        assert schema() is not before
