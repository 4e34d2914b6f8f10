"""Groups and options of properties, archiving, restoring, removal, and other types (SPEC 2.3, 2.4)."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.objects import archiving, groups, options, storage
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.definitions.base import OptionDefinition
from crm.objects.maintenance import remove_due_properties
from crm.objects.properties import change_property, content_of, create_property
from crm.objects.property_names import LONGEST_NAME
from crm.objects.queries import schema
from crm.objects.retyping import Outlook, outlook, plan
from crm.objects.retyping_values import AT_ONCE, retype
from crm.objects.schema import Editors, Property
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyHistoryRow
from crm.records.operations import archive_record, update_record
from crm.records.option_moving import begin_moving
from crm.records.queries import get_record
from crm.search.find_records import find_records
from tests.factories import make_contact

Work = Callable[[], None]
RED_GREEN = (OptionDefinition("red", "Red"), OptionDefinition("green", "Green"), OptionDefinition("blue", "Blue"))


def create(label: str, type: str = "text", wanted: tuple[OptionDefinition, ...] = ()) -> str:
    end_read()
    with unit_of_work():
        return create_property("contact", label, type, "contact", wanted).name


def contact_property(name: str) -> Property:
    end_read()
    return schema().object_type("contact").property(name)


def value(viewer: Viewer, record_id: int, name: str) -> object:
    end_read()
    return get_record(viewer, record_id).values[name]


def do(operation: Callable[..., object], *arguments: object) -> None:
    end_read()
    with unit_of_work():
        operation(*arguments)


def test_groups_are_made_renamed_put_in_order_and_deleted_empty(alice: Viewer, app: Flask) -> None:
    do(groups.create_group, alice, "contact", "Shoes")
    do(groups.rename_group, alice, "contact", "shoes", "Shoes and boots")
    do(groups.move_group, alice, "contact", "shoes", -100)
    end_read()
    first = groups.groups_of("contact")[0]
    assert (first.name, first.label, first.count) == ("shoes", "Shoes and boots", 0)
    do(groups.delete_group, alice, "contact", "shoes")
    end_read()
    assert "shoes" not in [group.name for group in groups.groups_of("contact")]


def test_a_group_with_properties_or_of_the_program_stays(alice: Viewer, app: Flask) -> None:
    do(groups.create_group, alice, "contact", "Shoes")
    end_read()
    with unit_of_work():
        create_property("contact", "Size", "text", "shoes")
    for name in ("shoes", "contact"):
        with pytest.raises(InvalidDefinition):
            do(groups.delete_group, alice, "contact", name)
    do(archiving.archive_property, alice, "contact", "size")
    with pytest.raises(InvalidDefinition):
        do(groups.delete_group, alice, "contact", "shoes")


def test_properties_are_put_in_order_within_their_group(alice: Viewer) -> None:
    first, second = create("Aaa"), create("Bbb")
    do(groups.move_property, alice, "contact", second, -1)
    end_read()
    order = [name for name in schema().object_type("contact").properties if name in (first, second)]
    assert order == [second, first]


def test_options_are_added_renamed_coloured_and_put_in_order(alice: Viewer) -> None:
    name = create("Mood", "dropdown", RED_GREEN)
    do(options.add_option, alice, "contact", name, OptionDefinition("", "Złoty", "yellow"))
    wanted = OptionDefinition("", "Crimson", "red", "Very", in_forms=False)
    do(options.change_option, alice, "contact", name, "red", wanted)
    do(options.move_option, alice, "contact", name, "zloty", -2)
    found = contact_property(name).options
    assert [one.value for one in found] == ["red", "zloty", "green", "blue"]
    assert (found[0].label, found[0].color, found[0].is_offered) == ("Crimson", "red", False)
    do(options.sort_options, alice, "contact", name)
    assert [one.value for one in contact_property(name).options] == ["blue", "red", "green", "zloty"]


@pytest.mark.parametrize(
    "wanted",
    [
        OptionDefinition("", "RED"),
        OptionDefinition("", "!"),
        OptionDefinition("a;b", "A or b"),
        OptionDefinition("", "Teal", "teal"),
        OptionDefinition("", "Long", None, "x" * 3_000),
        OptionDefinition("red", "Another"),
    ],
)
def test_an_option_that_cannot_be_is_refused(alice: Viewer, wanted: OptionDefinition) -> None:
    name = create("Mood", "dropdown", RED_GREEN)
    with pytest.raises(InvalidDefinition):
        do(options.add_option, alice, "contact", name, wanted)
    assert len(contact_property(name).options) == 3


def test_an_option_no_record_has_is_deleted_and_one_that_records_have_is_not(alice: Viewer) -> None:
    name = create("Mood", "dropdown", RED_GREEN)
    make_contact(alice, **{name: "red"})
    do(options.delete_option, alice, "contact", name, "green")
    with pytest.raises(InvalidDefinition) as refused:
        do(options.delete_option, alice, "contact", name, "red")
    assert "move_to" in refused.value.errors
    assert [one.value for one in contact_property(name).options] == ["red", "blue"]


@pytest.mark.parametrize(
    ("type", "before", "after"), [("dropdown", "red", "blue"), ("checkboxes", "red;green", "green;blue")]
)
def test_records_move_to_another_option_and_the_first_goes(
    alice: Viewer, work: Work, type: str, before: str, after: str
) -> None:
    name = create("Mood", type, RED_GREEN)
    first, deleted = make_contact(alice, **{name: before}), make_contact(alice, "Eva Lind", **{name: before})
    do(archive_record, alice, deleted)
    do(begin_moving, alice, "contact", name, "red", "blue")
    prop = contact_property(name)
    assert [one.value for one in prop.options if one.is_offered] == ["green", "blue"]
    end_read()
    work()
    assert value(alice, first, name) == after
    assert "red" not in contact_property(name).labels
    column = schema().object_type("contact").column(name)
    held = unguarded(sa.select(column).where(column.is_not(None)), "a test")
    assert set(db.session.scalars(held)) == {after}


def test_standard_options_are_hidden_but_not_deleted(alice: Viewer, app: Flask) -> None:
    with pytest.raises(InvalidDefinition):
        do(options.delete_option, alice, "contact", "lifecyclestage", "evangelist")
    wanted = OptionDefinition("", "Fan", in_forms=False)
    do(options.change_option, alice, "contact", "lifecyclestage", "evangelist", wanted)
    found = options.option_called(contact_property("lifecyclestage"), "evangelist")
    assert (found.label, found.in_forms) == ("Fan", False)


def test_an_archived_property_is_nowhere_and_comes_back_with_its_values(alice: Viewer, work: Work) -> None:
    name = create("Second address", "email")
    contact = make_contact(alice, **{name: "zebra@stripes.example"})
    end_read()
    assert [one.record_id for one in find_records(alice, "zebra@stripes.example")] == [contact]
    do(archiving.archive_property, alice, "contact", name)
    work()
    end_read()
    assert name not in get_record(alice, contact).values
    assert not find_records(alice, "zebra@stripes.example")
    history = sa.select(PropertyHistoryRow.new).where(PropertyHistoryRow.property_name == name)
    assert db.session.scalars(unguarded(history, "a test")).all() == ["zebra@stripes.example"]
    do(archiving.restore_property, alice, "contact", name)
    work()
    assert value(alice, contact, name) == "zebra@stripes.example"
    assert [one.record_id for one in find_records(alice, "zebra@stripes.example")] == [contact]


def test_standard_properties_and_those_in_use_are_not_archived(alice: Viewer, bob: Viewer) -> None:
    with pytest.raises(InvalidDefinition):
        do(archiving.archive_property, alice, "contact", "salutation")
    name = create("Mood")
    with pytest.raises(Forbidden):
        do(archiving.archive_property, bob, "contact", name)
    assert archiving.uses_of(schema().object_type("contact"), contact_property("email"))


def test_a_column_goes_after_ninety_days_its_name_never_again(alice: Viewer) -> None:
    name = create("Mood")
    contact = make_contact(alice, **{name: "good"})
    do(archiving.archive_property, alice, "contact", name)
    assert remove_due_properties() == 0
    with time_machine.travel(now() + archiving.KEPT + archiving.KEPT / 90, tick=False):
        end_read()
        assert remove_due_properties() == 1
        end_read()
        assert name not in storage.existing_columns("contact")
        with pytest.raises(NotFound):
            archiving.archived_row("contact", name)
        assert create("Mood") == "mood_2"
        end_read()
        assert value(alice, contact, "mood_2") is None


def test_a_unique_property_is_archived_without_its_index(alice: Viewer) -> None:
    end_read()
    name = create("Badge")
    with unit_of_work():
        storage.add_index("contact", name, unique=True)
    do(archiving.archive_property, alice, "contact", name)
    make_contact(alice)


def look(actor: Viewer, name: str, type: str) -> Outlook:
    end_read()
    owner = schema().object_type("contact")
    return outlook(actor, plan(actor, owner, owner.property(name), type))


@pytest.mark.parametrize(
    ("type", "held", "to", "becomes"),
    [
        ("text", "12.5", "number", Decimal("12.5")),
        ("text", "many", "number", None),
        ("number", Decimal("12.5"), "text", "12.5"),
        ("text", "Red", "dropdown", "red"),
        ("dropdown", "red", "text", "Red"),
        ("dropdown", "red", "radio", "red"),
        ("checkboxes", "red;blue", "text", "Red, Blue"),
        ("email", "a@b.example", "text", "a@b.example"),
        ("text", "nobody", "email", None),
        ("checkbox", True, "text", "Yes"),
        ("text", "one", "multi_line", "one"),
        ("multi_line", "one\ntwo", "rich_text", "<p>one<br>two</p>"),
    ],
)
def test_another_type_keeps_what_it_can_and_tells_before(
    alice: Viewer, type: str, held: object, to: str, becomes: object
) -> None:
    name = create("Mood", type, RED_GREEN if type in ("dropdown", "checkboxes") else ())
    contact = make_contact(alice, **{name: held})
    assert (look(alice, name, to).total, look(alice, name, to).lost) == (1, 1 if becomes is None else 0)
    do(retype, alice, "contact", name, to)
    assert contact_property(name).type == to
    assert value(alice, contact, name) == becomes
    do(update_record, alice, contact, {name: None})


def test_what_another_type_loses_stands_in_the_history_and_in_the_archived_column(alice: Viewer) -> None:
    name = create("Mood")
    contact = make_contact(alice, **{name: "many"})
    do(retype, alice, "contact", name, "number")
    end_read()
    history = PropertyHistoryRow
    rows = sa.select(history.old, history.new).where(history.property_name == name).order_by(history.id)
    assert db.session.execute(unguarded(rows, "a test")).all() == [(None, "many"), ("many", None)]
    do(archiving.restore_property, alice, "contact", "mood_before")
    assert value(alice, contact, "mood_before") == "many"


def test_many_values_are_carried_over_by_a_job_and_none_of_those_changed_meanwhile_is_lost(
    alice: Viewer, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.objects.retyping_values.AT_ONCE", 2)
    assert AT_ONCE > 2
    name = create("Mood")
    contacts = [make_contact(alice, **{name: str(number)}) for number in range(5)]
    do(retype, alice, "contact", name, "number")
    assert contact_property(name).type == "text"
    end_read()
    work()
    assert contact_property(name).type == "number"
    assert [value(alice, one, name) for one in contacts] == [Decimal(number) for number in range(5)]


@pytest.mark.parametrize(
    "to", ["date", "date_time", "calculation", "rollup", "score", "property_sync", "text", "nothing"]
)
def test_types_a_property_cannot_become(alice: Viewer, to: str) -> None:
    name = create("Mood")
    with pytest.raises(InvalidDefinition):
        do(retype, alice, "contact", name, to)
    assert contact_property(name).type == "text"


def test_the_type_of_standard_and_unique_properties_stays(alice: Viewer) -> None:
    with pytest.raises(InvalidDefinition):
        do(retype, alice, "contact", "jobtitle", "number")


def test_examples_of_what_another_type_loses_are_for_those_who_see_all_records(alice: Viewer) -> None:
    name = create("Mood")
    make_contact(alice, **{name: "secret-7"})
    assert look(alice, name, "number").examples == ["secret-7"]
    halfway = Viewer(user_id=alice.user_id, name="H", account_rights=frozenset({"edit_properties"}))  # type: ignore[arg-type]
    assert look(halfway, name, "number") == Outlook(1, 1, [], is_exact=True)


def test_a_property_with_the_longest_name_gets_another_type_and_what_it_was_stays_for_its_people(
    alice: Viewer, bob: Viewer
) -> None:
    name = create("M" * LONGEST_NAME)
    content = replace(content_of(contact_property(name)), is_sensitive=True, editors=Editors(frozenset({bob.user_id})))
    do(change_property, alice, "contact", name, content)
    do(retype, alice, "contact", name, "number")
    before = f"{name[:-7]}_before"
    do(archiving.restore_property, alice, "contact", before)
    assert contact_property(before).is_sensitive
    assert contact_property(before).editors == Editors(frozenset({bob.user_id}))
