"""Bringing objects into the database, and adding properties while the program runs (DESIGN 4)."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from crm.associations import operations as associations
from crm.db import Base, db, end_read, unit_of_work
from crm.messages import InvalidValue
from crm.objects import operations, storage
from crm.objects.definitions.base import OptionDefinition
from crm.objects.properties import create_property
from crm.objects.property_names import clean_label, internal_name
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.types import property_types
from crm.records.queries import get_record
from tests.factories import make_contact

GROUP = "contact"
DEFINITIONS = ("object_type", "pipeline", "stage", "property", "property_group", "property_option", "association_type")


def rows(names: tuple[str, ...]) -> dict[str, list[Any]]:
    tables = [Base.metadata.tables[name] for name in names]
    return {table.name: sorted(map(repr, db.session.execute(sa.select(table)))) for table in tables}


def columns() -> dict[str, frozenset[str]]:
    return {name: storage.existing_columns(name) for name in schema().types}


def create(label: str, type: str = "text", **more: Any) -> str:
    """A property of contacts, in a unit of its own; returns its internal name."""
    end_read()
    with unit_of_work():
        return create_property("contact", label, type, GROUP, **more).name


def test_syncing_twice_changes_nothing(app: Flask) -> None:
    before = (rows((*DEFINITIONS, "stamp")), columns())
    end_read()
    with unit_of_work():
        operations.sync()
        associations.sync()
    assert (rows((*DEFINITIONS, "stamp")), columns()) == before


def test_syncing_keeps_the_properties_people_added(app: Flask) -> None:
    name = create("Shoe size", "number")
    with unit_of_work():
        operations.sync()
    assert schema().object_type("contact").property(name).label == "Shoe size"


def test_syncing_brings_a_missing_column_back(app: Flask) -> None:
    with unit_of_work():
        db.session.execute(sa.text("ALTER TABLE object_contact DROP COLUMN salutation"))
    with unit_of_work():
        operations.sync()
    assert "salutation" in storage.existing_columns("contact")


@pytest.mark.parametrize(
    "kind", ["text", "number", "date", "date_time", "checkbox", "rich_text", "email", "phone", "url"]
)
def test_a_new_property_is_a_column_that_can_be_used_at_once(alice: Viewer, kind: str) -> None:
    name = create("Extra", kind)
    wanted = property_types.get(kind)
    assert wanted is not None
    assert isinstance(schema().object_type("contact").column(name).type, type(wanted.column_type()))
    assert get_record(alice, make_contact(alice)).values[name] is None


def test_a_new_property_takes_and_gives_values(alice: Viewer) -> None:
    name = create("Shoe size", "text")
    contact = make_contact(alice, **{name: "42 ½"})
    end_read()
    assert get_record(alice, contact).values[name] == "42 ½"


def test_another_session_uses_the_new_column(app: Flask, alice: Viewer) -> None:
    """Another process has the old tables in its cache; the stamp tells it."""
    assert "shoe_size" not in schema().object_type("contact").properties
    name = create("Shoe size")
    contact = make_contact(alice, **{name: "43"})
    with db.engine.connect() as other:
        column = sa.literal_column('"shoe_size"')
        statement = sa.select(column).select_from(sa.table("object_contact")).where(sa.column("record_id") == contact)
        assert other.execute(statement).scalar() == "43"


def test_a_property_that_was_not_committed_is_gone(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="stop"), unit_of_work():
        create_property("contact", "Shoe size", "text", GROUP)
        raise RuntimeError("stop")
    assert "shoe_size" not in schema().object_type("contact").properties
    assert "shoe_size" not in storage.existing_columns("contact")


def test_options_are_kept_in_order(app: Flask) -> None:
    options = (OptionDefinition("b", "Big"), OptionDefinition("a", "Any"))
    name = create("Size", "dropdown", options=options)
    assert [one.label for one in schema().object_type("contact").property(name).options] == ["Big", "Any"]


@pytest.mark.parametrize(
    "label",
    ["E-mail address", "Email", "email", "Record ID", "Owner ID", "Created at", "Archived at", "archived_at", "Phone"],
)
def test_a_name_that_is_taken_is_refused_with_a_message(app: Flask, label: str) -> None:
    create("E-mail address")
    before = columns()
    with pytest.raises(InvalidValue):
        create(label)
    assert columns() == before


@pytest.mark.parametrize("label", ["", "  ", "!!!", "-", "'", '";--', "\u202e"])
def test_a_label_without_letters_to_name_it_is_refused(app: Flask, label: str) -> None:
    with pytest.raises(InvalidValue):
        internal_name(label)


@pytest.mark.parametrize("label", ["select", "Order", "group by", "rowid", "table", "null", "oid", "ctid", "xmin"])
def test_words_of_sql_are_names_like_others(alice: Viewer, label: str) -> None:
    name = create(label)
    contact = make_contact(alice, **{name: "yes"})
    end_read()
    assert get_record(alice, contact).values[name] == "yes"


@given(st.text(max_size=120))
def test_internal_names_are_safe_whatever_the_label(label: str) -> None:
    try:
        name = internal_name(label)
    except InvalidValue:
        return
    assert re.fullmatch(r"[a-z][a-z0-9_]{0,61}", name)
    assert storage.check_name(name) == name


@given(st.text(max_size=80))
def test_no_other_name_reaches_the_database(name: str) -> None:
    if re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
        assert storage.check_name(name) == name
        return
    with pytest.raises(storage.UnsafeName):
        storage.check_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "A", "1a", "_a", "a b", "a;", 'a"', "a'", "a--", "a\n", "a" * 64, "ä", "a\x00", "ａ", "drop table record"],
)
def test_unsafe_names_are_refused(name: str) -> None:
    for use in (storage.check_name, storage.table_name):
        if use is storage.table_name and name in ("", "1a", "_a"):
            continue  # behind the prefix these are harmless
        with pytest.raises(storage.UnsafeName):
            use(name)
    with pytest.raises(storage.UnsafeName):
        storage.table_for("contact", [(name, sa.Text())])


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(label=st.text(min_size=1, max_size=60), value=st.text(max_size=40).filter(lambda text: "\x00" not in text))
def test_any_label_makes_a_property_or_a_message(alice: Viewer, label: str, value: str) -> None:
    assume(not re.search(r"[\x00\ud800-\udfff]", label + value))
    try:
        name = create(label)
    except InvalidValue:
        return
    contact = make_contact(alice, **{name: value})
    end_read()
    assert get_record(alice, contact).values[name] == value
    assert schema().object_type("contact").property(name).label == clean_label(label)


def test_an_unknown_type_of_property_is_refused(app: Flask) -> None:
    with pytest.raises(InvalidValue, match="no such type"):
        create("Mood", "telepathy")
    assert "mood" not in storage.existing_columns("contact")


def test_a_unique_property_is_indexed_for_live_records_only(app: Flask) -> None:
    indexes = sa.inspect(db.session.connection()).get_indexes("object_contact")
    unique = [index["column_names"] for index in indexes if index["unique"]]
    assert unique == [["email"]]


def test_stages_and_owners_are_indexed(app: Flask) -> None:
    indexes = sa.inspect(db.session.connection()).get_indexes("object_deal")
    indexed = {column for index in indexes for column in index["column_names"]}
    assert {"owner_id", "created_at", "updated_at", "dealstage"} <= indexed


def test_definitions_are_read_once_and_kept(app: Flask) -> None:
    schema()
    assert schema() is schema()
    statement = unguarded(sa.select(sa.func.count()).select_from(schema().object_type("deal").table), "a test")
    assert db.session.scalar(statement) == 0


def test_threads_that_read_the_same_columns_have_the_same_table() -> None:
    wide = [(f"column_{number}", sa.Text()) for number in range(600)]
    start = threading.Barrier(6)

    def make(_number: int) -> sa.Table:
        start.wait()
        return storage.table_for("read_by_many", wide)

    with ThreadPoolExecutor(6) as pool:
        first, *others = pool.map(make, range(6))
    assert all(one is first for one in others)
