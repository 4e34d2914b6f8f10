"""Object types made, changed and removed while the program runs (SPEC 2.10)."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from crm.accounts.operations import EVERYTHING, SALES_TEAM, VIEW_ONLY, permission_set_id
from crm.accounts.queries import directory
from crm.associations import operations as associations
from crm.associations.object_types import connect_objects, connected_objects, disconnect_objects
from crm.associations.operations import associate
from crm.associations.queries import association_types, primary_company
from crm.audit.models import AuditEntry
from crm.db import db, end_read, unit_of_work
from crm.messages import InvalidValue
from crm.objects import operations, storage
from crm.objects.names import FALLBACK, LONGEST_NAME, RESERVED, name_from
from crm.objects.object_content import DisplayProperty, InvalidObject, NewObject, ObjectChange
from crm.objects.object_types import change_object_type, create_object_type
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.objects.removal import reasons_to_keep, remove_object_type
from crm.permissions.actions import Scope, Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from crm.records.errors import InvalidInput
from crm.records.operations import archive_record
from crm.records.queries import get_record
from crm.search.find_records import find_records
from tests.factories import make_company, make_contact, make_record, relate
from tests.factories.objects import make_object

MACHINE = NewObject("Machine", "Machines", DisplayProperty("Serial number"))


def change_of(name: str, **more: object) -> ObjectChange:
    """A change that changes nothing, but for `more`."""
    kind = schema().object_type(name)
    change = ObjectChange(
        label=kind.label,
        plural_label=kind.plural_label,
        description=kind.description,
        icon=kind.icon,
        activities=kind.activities,
        primary=kind.layout.primary_display[0],
        secondary=kind.layout.secondary_display if kind.is_custom else (),
        required=frozenset(name for group in kind.layout.required for name in group),
    )
    return replace(change, **more)  # type: ignore[arg-type]


def change(actor: Viewer, name: str, **more: object) -> None:
    wanted = change_of(name, **more)
    end_read()
    with unit_of_work():
        change_object_type(actor, name, wanted)


def errors_of(actor: Viewer, new: NewObject) -> dict[str, str]:
    end_read()
    with pytest.raises(InvalidObject) as refused, unit_of_work():
        create_object_type(actor, new)
    return {field: str(message) for field, message in refused.value.errors.items()}


def test_db_02_standard_objects_are_contacts_companies_deals_tickets_and_leads(app: Flask) -> None:
    names = [kind.plural_name for kind in schema().record_types]
    assert names == ["contacts", "companies", "deals", "tickets", "leads"]


def test_db_04_activities_are_objects_with_properties_and_a_table_like_all_others(app: Flask) -> None:
    kinds = {kind.name: kind for kind in schema().activity_types}
    assert {"note", "call", "email", "meeting", "task"} <= set(kinds)
    for kind in kinds.values():
        assert kind.properties
        held = storage.existing_columns(kind.name)
        assert {prop.column_name for prop in kind.properties.values()} <= held | set(storage.BASE_COLUMNS)
        assert db.session.execute(sa.select(sa.func.count()).select_from(sa.table(kind.table.name))).scalar() == 0


def test_db_03_a_custom_object_has_table_properties_associations_and_rights_at_once(alice: Viewer) -> None:
    name = make_object(
        alice,
        primary=DisplayProperty("Serial number", "text", is_unique=True),
        secondary=(DisplayProperty("Model", "text", is_required=True), DisplayProperty("Weight", "number")),
        has_pipeline=True,
        description="  What  customers run ",
    )
    kind = schema().object_type(name)
    assert (kind.name, kind.plural_name, kind.is_custom, kind.description) == (
        "machine",
        "machines",
        True,
        "What customers run",
    )
    assert kind.layout.primary_display == ("serial_number",)
    assert kind.layout.secondary_display == ("model", "weight")
    assert kind.layout.required == (("serial_number",), ("model",))
    assert kind.property("serial_number").unique
    assert kind.property("serial_number").is_custom
    assert kind.pipelines[0].label == "Machines"
    assert {stage.is_closed for stage in kind.pipelines[0].stages} == {True, False}
    assert {prop.column_name for prop in kind.properties.values()} <= storage.existing_columns(name)
    types = association_types()
    for other in ("contact", "company", "deal", "ticket"):
        assert types.between(name, other)
        assert types.between(other, name)
    assert types.primary(name, "company")
    assert types.primary("company", name)
    assert types.between(name, "lead") is None


def test_db_06_a_record_of_a_custom_object_holds_values_and_is_found(alice: Viewer) -> None:
    name = make_object(alice, secondary=(DisplayProperty("Model"),))
    record_id = make_record(alice, name, serial_number="KX-2000 Łódź", model="Press")
    record = get_record(alice, record_id)
    assert (record.title, record.values["model"]) == ("KX-2000 Łódź", "Press")
    assert [hit.record_id for hit in find_records(alice, "lodz")] == [record_id]


def test_db_30_the_first_company_of_a_custom_record_becomes_its_primary_one(alice: Viewer) -> None:
    name = make_object(alice)
    record_id, company = make_record(alice, name, serial_number="1"), make_company(alice)
    relate(alice, record_id, company)
    assert primary_company(alice, record_id, name).record_id == company  # type: ignore[union-attr]


def test_what_is_required_is_asked_for(alice: Viewer) -> None:
    name = make_object(alice, secondary=(DisplayProperty("Model", is_required=True),))
    with pytest.raises(InvalidInput) as refused:
        make_record(alice, name, serial_number="1")
    assert list(refused.value.errors) == ["model"]


def test_permission_sets_say_of_a_new_object_what_they_say_of_deals(alice: Viewer, bob: Viewer) -> None:
    name = make_object(alice)
    for set_name in (EVERYTHING, SALES_TEAM, VIEW_ONLY):
        scopes = directory().permission_sets[permission_set_id(set_name)].scopes
        for verb in Verb:
            assert scopes.get((name, verb), Scope.NONE) is scopes.get(("deal", verb), Scope.NONE)


def test_what_a_set_was_told_of_a_new_object_survives_the_next_start(alice: Viewer) -> None:
    from crm.accounts.operations import sync_defaults

    name = make_object(alice)
    before = dict(directory().permission_sets[permission_set_id(VIEW_ONLY)].scopes)
    end_read()
    with unit_of_work():
        sync_defaults(schema().types)
    assert dict(directory().permission_sets[permission_set_id(VIEW_ONLY)].scopes) == before
    assert name in {object_type for object_type, _verb in before}


def test_only_super_admins_make_change_and_remove_objects(alice: Viewer, bob: Viewer) -> None:
    with pytest.raises(Forbidden):
        make_object(bob)
    name = make_object(alice)
    with pytest.raises(Forbidden):
        change(bob, name, label="Engine")
    end_read()
    with pytest.raises(Forbidden), unit_of_work():
        remove_object_type(bob, name)


def test_all_that_is_wrong_is_told_field_by_field(alice: Viewer) -> None:
    wrong = NewObject(
        "",
        "Deals",
        DisplayProperty("", "text"),
        (DisplayProperty("Create date"), DisplayProperty("Photo", "file")),
        name="Drop Table",
        icon="../x",
        associated=("call",),
        activities=frozenset({"deal"}),
        after="call",
        description="x" * 501,
    )
    assert set(errors_of(alice, wrong)) == {
        "label",
        "plural_label",
        "primary",
        "secondary_1",
        "secondary_2",
        "name",
        "icon",
        "associated",
        "activities",
        "after",
        "description",
    }
    assert "machine" not in schema().types


@pytest.mark.parametrize(
    "name", ["type", "new", "a_to_b", "company_primary", "to", "1st", "Ärger", "a b", 'x"', "a" * 41]
)
def test_internal_names_that_would_clash_or_harm_are_refused(alice: Viewer, name: str) -> None:
    assert set(errors_of(alice, replace(MACHINE, name=name))) == {"name"}


@pytest.mark.parametrize("name", ["contact", "contacts", "deal", "note", "calls"])
def test_internal_names_of_other_objects_are_refused(alice: Viewer, name: str) -> None:
    assert "already" in errors_of(alice, replace(MACHINE, name=name))["name"]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Type", "type_2"),
        ("New", "new_2"),
        ("Road to Rome", "road_rome"),
        ("Company primary", "company_2"),
        ("客服", FALLBACK),
        ("Łódź", "lodz"),
        ("3D printer", "d_printer"),
        ('"; DROP TABLE record; --', "drop_table_record"),
    ],
)
def test_a_name_is_made_of_any_label(alice: Viewer, label: str, name: str) -> None:
    assert make_object(alice, label, f"{label} (all)") == name
    assert make_record(alice, name, serial_number="1")


@given(st.text(max_size=80), st.sets(st.text(alphabet="ab_", max_size=4)))
def test_names_made_of_labels_are_safe_and_free(label: str, taken: set[str]) -> None:
    name = name_from(label, taken)
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
    assert len(name) <= LONGEST_NAME
    assert name not in taken | RESERVED
    assert not {"to", "primary"} & set(name.split("_"))


def test_singular_and_plural_may_be_one_word(alice: Viewer) -> None:
    assert make_object(alice, "Sheep", "Sheep") == "sheep"
    assert schema().by_plural("sheep").name == "sheep"


def test_the_longest_name_has_room_for_its_table_and_indexes(alice: Viewer) -> None:
    label = "Extraordinarily long name of an object that"
    name = make_object(alice, label, f"{label}s", has_pipeline=True)
    assert make_record(alice, name, serial_number="1")


def test_an_object_that_was_not_committed_is_gone_whole(alice: Viewer) -> None:
    end_read()
    with pytest.raises(RuntimeError, match="stop"), unit_of_work():
        create_object_type(alice, MACHINE)
        raise RuntimeError("stop")
    assert "machine" not in schema().types
    assert not storage.existing_columns("machine")
    assert make_object(alice) == "machine"


def test_labels_of_standard_objects_are_changed_and_survive_the_next_start(alice: Viewer) -> None:
    change(alice, "company", label="Account", plural_label="Accounts", after="")
    end_read()
    with unit_of_work():
        operations.sync()
        associations.sync()
    kind = schema().record_types[0]
    assert (kind.name, kind.plural_name) == ("company", "companies")
    assert (kind.label, kind.plural_label) == ("Account", "Accounts")


def test_syncing_brings_custom_objects_what_all_of_them_have(alice: Viewer) -> None:
    name = make_object(alice)
    with unit_of_work():
        db.session.execute(sa.text("DELETE FROM property WHERE object_type = 'machine' AND name = 'num_notes'"))
        db.session.execute(sa.text("ALTER TABLE object_machine DROP COLUMN num_notes"))
        operations.touch(operations.STAMP)
    assert "num_notes" not in schema().object_type(name).properties
    end_read()
    with unit_of_work():
        operations.sync()
    assert "num_notes" in schema().object_type(name).properties
    assert "num_notes" in storage.existing_columns(name)


def test_another_name_property_renames_every_record(alice: Viewer, work: Callable[[], None]) -> None:
    name = make_object(alice, secondary=(DisplayProperty("Model"),))
    record_id = make_record(alice, name, serial_number="KX", model="Press")
    change(alice, name, primary="model", secondary=("serial_number",))
    end_read()
    work()
    assert get_record(alice, record_id).title == "Press"
    assert [hit.record_id for hit in find_records(alice, "press")] == [record_id]
    assert schema().object_type(name).layout.required_groups == (("model",), ("serial_number",))


def test_activities_that_were_not_chosen_are_not_taken(alice: Viewer) -> None:
    name = make_object(alice, activities=frozenset({"note", "call"}))
    kind = schema().object_type(name)
    assert kind.takes("note")
    assert not kind.takes("task")
    change(alice, name, activities=None)
    assert schema().object_type(name).takes("task")


def test_an_object_in_use_is_not_removed_and_says_why(alice: Viewer) -> None:
    name = make_object(alice)
    record_id = make_record(alice, name, serial_number="1")
    relate(alice, record_id, make_contact(alice))
    end_read()
    with pytest.raises(InvalidObject), unit_of_work():
        remove_object_type(alice, name)
    assert [str(use.text) for use in reasons_to_keep(schema().object_type(name))] == ["1 records: delete them first"]
    end_read()
    with unit_of_work():
        archive_record(alice, record_id)
    end_read()
    with pytest.raises(InvalidObject), unit_of_work():
        remove_object_type(alice, name)
    assert storage.existing_columns(name)


def test_a_removed_object_leaves_nothing_behind(alice: Viewer) -> None:
    make_object(alice, has_pipeline=True, secondary=(DisplayProperty("Price", "currency"),))
    end_read()
    with unit_of_work():
        create_property("machine", "Colour", "text", "details")
    end_read()
    with unit_of_work():
        remove_object_type(alice, "machine")
    assert "machine" not in schema().types
    assert not storage.existing_columns("machine")
    assert association_types().between("machine", "contact") is None
    for table, column in (
        ("property", "object_type"),
        ("property_group", "object_type"),
        ("pipeline", "object_type"),
        ("permission_grant", "object_type"),
        ("association_type", "from_object"),
        ("association_type", "to_object"),
    ):
        query = sa.select(sa.func.count()).select_from(sa.table(table)).where(sa.column(column) == "machine")
        assert db.session.execute(query).scalar() == 0, table
    assert make_object(alice) == "machine"


def test_standard_objects_stay(alice: Viewer) -> None:
    end_read()
    with pytest.raises(NotFound), unit_of_work():
        remove_object_type(alice, "lead")


def test_objects_are_associated_and_parted_while_no_record_is(alice: Viewer) -> None:
    name = make_object(alice, associated=())
    contact, record_id = make_contact(alice), make_record(alice, name, serial_number="1")
    end_read()
    with pytest.raises(InvalidValue, match="cannot be associated"), unit_of_work():
        associate(alice, record_id, contact)
    end_read()
    with unit_of_work():
        connect_objects(alice, name, "contact")
        connect_objects(alice, "company", name)
    assert [kind.name for kind in connected_objects(schema().object_type(name))] == ["contact", "company"]
    assert association_types().primary(name, "company")
    relate(alice, record_id, contact)
    end_read()
    with pytest.raises(InvalidValue, match="are associated"), unit_of_work():
        disconnect_objects(alice, "contact", name)
    end_read()
    with unit_of_work():
        disconnect_objects(alice, name, "company")
    assert association_types().primary(name, "company") is None
    end_read()
    with pytest.raises(InvalidValue, match="Standard objects"), unit_of_work():
        disconnect_objects(alice, "contact", "company")


def test_what_was_done_to_objects_is_in_the_audit_log(alice: Viewer) -> None:
    name = make_object(alice)
    change(alice, name, label="Engine")
    end_read()
    with unit_of_work():
        remove_object_type(alice, name)
    actions = list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions[-3:] == ["object_created", "object_changed", "object_removed"]
