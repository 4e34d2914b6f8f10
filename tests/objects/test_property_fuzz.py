"""What people type about properties changes no statement and no schema beyond the one column asked for."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crm.db import db, end_read, unit_of_work
from crm.derived.formulas import calculated_settings
from crm.messages import InvalidValue
from crm.objects import groups, options
from crm.objects.definitions.base import OptionDefinition
from crm.objects.properties import change_property, define_property
from crm.objects.property_content import PropertyContent
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.properties.types.cleaning import clean_line
from crm.records.operations import create_record
from tests.support.queries import count_queries

NASTY = (
    "'; DROP TABLE record; --",
    '" ; DELETE FROM property; --',
    "x); ALTER TABLE object_contact ADD COLUMN evil TEXT; --",
    "%(name)s %s :name ? {0} $1",
    "a\x00b",
    "\u202egnirts\u2066",
    "\ud800 lone",
    "ﷺ" * 200,
    "A" * 5_000,
    "select",
    "record_id",
    "archived_at",
    "\\'; --",
    "名前 ✨ Ąę",
)
texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=60), st.text("'\";-%:\\()ax ", max_size=20))
FEW = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
NUMBER = re.compile(r"\d+")


COLUMNS = {
    "sqlite": "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'",
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'",
}


def shape() -> set[tuple[str, str]]:
    """Every column of every table there is."""
    end_read()
    connection = db.session.connection()
    return {(row[0], row[1]) for row in connection.execute(sa.text(COLUMNS[connection.dialect.name]))}


@contextmanager
def undone() -> Iterator[None]:
    """A unit of work that leaves nothing behind."""
    end_read()

    class Enough(Exception):
        pass

    try:
        with unit_of_work():
            yield
            raise Enough
    except Enough:
        end_read()


def statements(work: Callable[[], Any]) -> list[str] | None:
    """The texts of the statements of `work`, the names of new columns and savepoints left out; None when refused."""
    with count_queries() as queries:
        try:
            with undone():
                work()
        except InvalidValue:
            return None
    return [_template(text) for text in queries]


def _template(text: str) -> str:
    text = re.sub(r"(ADD COLUMN |ADD COLUMN ')\S+", r"\1new", " ".join(text.split()))
    text = re.sub(r"(ix_object_contact_|object_contact \()\w+", r"\1new", text)
    # Lists are as long as what is looked for: how many columns there are, how many options are written.
    return NUMBER.sub("#", re.sub(r"\([^()]*\)", "()", text))


@pytest.fixture
def usual(alice: Viewer, app: Flask) -> set[str]:
    """The statements of making an ordinary property."""
    found = statements(lambda: _define(alice, "Shoe size", "European", "41", "Small"))
    assert found
    return set(found)


@pytest.fixture
def calculated(alice: Viewer, app: Flask) -> set[str]:
    """The statements of making a calculated property, and a record that has it."""
    found = statements(lambda: _calculated(alice, 'concat(jobtitle, "x")'))
    number = statements(lambda: _calculated(alice, "2 * 3"))
    assert found
    assert number
    return {*found, *number}


def _define(actor: Viewer, label: str, description: str, default: str, option: str) -> None:
    content = PropertyContent(label, "contact", description=description, default=default)
    define_property(actor, "contact", "text", content)
    chosen = PropertyContent(f"{label} too", "contact")
    define_property(actor, "contact", "dropdown", chosen, [OptionDefinition("", option), OptionDefinition("z", "Z z")])


MARK = "zqxj"


def literals(queries: list[str], allowed: str) -> list[str]:
    """The statements that hold what somebody typed, but for the internal name that was made of it."""
    return [text for text in queries if MARK in text.replace(allowed, "").lower()]


@pytest.mark.parametrize("nasty", NASTY)
def test_nothing_that_people_type_stands_in_a_statement(alice: Viewer, nasty: str) -> None:
    """Each text is marked, and the mark is looked for: a text pasted into a statement would show it."""
    typed = f"{MARK}{nasty[:60]}{MARK}"
    with count_queries() as queries, undone():
        content = PropertyContent(typed, "contact", description=typed, default=typed)
        made = define_property(alice, "contact", "text", content)
        assert not literals(queries, made.column_name)
        content = PropertyContent("Chosen", "contact", default="", settings={})
        chosen = define_property(alice, "contact", "dropdown", content, [OptionDefinition("", typed)])
        options.add_option(alice, "contact", chosen.name, OptionDefinition(f"{MARK}, too", "Two", None, typed))
        groups.create_group(alice, "contact", typed)
        values = {made.name: clean_line(typed), chosen.name: chosen.options[0].value}
        create_record(alice, "contact", {"firstname": "Ann"} | values)
    assert not literals(list(queries), made.column_name)
    assert sum("INSERT INTO" in text for text in queries) > 5


def _calculated(actor: Viewer, formula: str) -> None:
    settings = calculated_settings(schema().object_type("contact"), formula)
    define_property(actor, "contact", "calculation", PropertyContent("Sum", "contact", settings=settings))
    create_record(actor, "contact", {"firstname": "Ann", "jobtitle": "Buyer"})


FORMULA_LITERALS = st.text(st.characters(codec="utf-8", exclude_characters='"\\'), max_size=40)


@FEW
@given(text=FORMULA_LITERALS)
@example(text="'; DROP TABLE record; --")
@example(text="%(name)s :name ? {0} $1")
def test_what_stands_in_a_formula_is_computed_and_never_part_of_a_statement(
    alice: Viewer, calculated: set[str], text: str
) -> None:
    found = statements(lambda: _calculated(alice, f'concat(jobtitle, "{text}")'))
    if found is not None:
        assert set(found) <= calculated


@FEW
@given(formula=st.one_of(texts, st.text("jobtle ()+-*/\"'<>=,1&|[]{}", max_size=40)))
@example(formula="1 + 1")
@example(formula="1); DROP TABLE record; --")
@example(formula="__import__('os')")
def test_a_formula_that_is_none_is_refused_and_one_that_is_makes_one_column(
    alice: Viewer, calculated: set[str], formula: str
) -> None:
    found = statements(lambda: _calculated(alice, formula))
    if found is not None:
        assert set(found) <= calculated


@FEW
@given(name=texts)
@example(name="shoe_size")
@example(name='x" TEXT); DROP TABLE record; --')
@example(name="record_id")
@example(name="ctid")
def test_an_internal_name_people_choose_is_the_name_of_the_column_or_refused(
    alice: Viewer, usual: set[str], name: str
) -> None:
    def make() -> None:
        made = define_property(alice, "contact", "text", PropertyContent("Of no harm", "contact"), name=name)
        assert re.fullmatch("[a-z][a-z0-9_]*", made.column_name)
        assert clean_line(name) in ("", made.column_name)

    found = statements(make)
    if found is not None:
        assert set(found) - usual == set()


@FEW
@given(label=texts, description=texts, default=texts, option=texts)
@example(label=NASTY[0], description=NASTY[1], default=NASTY[2], option=NASTY[3])
@example(label="a" + NASTY[4], description=NASTY[4], default=NASTY[4], option="b" + NASTY[4])
@example(label=NASTY[5] + "x", description=NASTY[6], default=NASTY[7], option=NASTY[8])
def test_making_a_property_runs_the_same_statements_whatever_it_is_called(
    alice: Viewer, usual: set[str], label: str, description: str, default: str, option: str
) -> None:
    found = statements(lambda: _define(alice, label, description, default, option))
    if found is not None:
        assert set(found) <= usual


@FEW
@given(label=texts, option=texts)
def test_only_the_column_asked_for_is_new(alice: Viewer, label: str, option: str) -> None:
    before = shape()
    try:
        with unit_of_work():
            made = define_property(
                alice,
                "contact",
                "dropdown",
                PropertyContent(label, "contact"),
                [OptionDefinition(option, option)],
            )
    except InvalidValue:
        assert shape() == before
        return
    assert shape() - before == {("object_contact", made.column_name)}
    assert before <= shape()


@FEW
@given(text=texts)
def test_labels_options_and_groups_are_values_and_nothing_else(alice: Viewer, text: str) -> None:
    before = shape()

    def everything(said: str) -> None:
        content = PropertyContent(said, "contact", description=said)
        change_property(alice, "contact", "jobtitle", content)
        options.add_option(alice, "contact", "lifecyclestage", OptionDefinition(said, said, None, said))
        groups.create_group(alice, "contact", said)

    ordinary, found = statements(lambda: everything("Of no harm")), statements(lambda: everything(text))
    assert ordinary is not None
    if found is not None:
        assert set(found) <= set(ordinary)
    assert shape() == before
