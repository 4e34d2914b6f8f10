"""Changing the columns of a table that others work on: nobody waits for long, no value goes astray (DESIGN 4)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import Context
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.db import db, end_read, unit_of_work
from crm.objects import storage
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.objects.retyping_values import retype
from crm.permissions.viewer import Viewer
from crm.records.queries import get_record
from tests.factories import make_contact
from tests.support.databases import only_on

LOOK = sa.text("SELECT count(*) FROM object_contact")


def create(label: str) -> str:
    end_read()
    with unit_of_work():
        return create_property("contact", label, "text", "contact").name


@contextmanager
def somebody_reads() -> Iterator[sa.Connection]:
    """Another connection in the middle of a transaction that has read the table of contacts."""
    with db.engine.connect() as other:
        other.execute(LOOK)
        yield other


@only_on("postgres")
def test_a_new_column_waits_for_who_works_on_the_table_and_lets_others_through(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        with db.engine.connect() as third:
            third.execute(sa.text("SET LOCAL lock_timeout = 50"))
            third.execute(LOOK)
        reader.rollback()

    monkeypatch.setattr("crm.objects.storage.time.sleep", pause)
    with somebody_reads() as reader:
        name = create("Shoe size")
    assert len(pauses) == 1
    end_read()
    assert name in storage.existing_columns("contact")


@only_on("postgres")
def test_a_table_that_is_never_free_is_said_to_be_busy_and_nothing_is_made(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.objects.storage.HOLD_TRIES", 2)
    with somebody_reads(), pytest.raises(InvalidDefinition, match="worked on"):
        create("Shoe size")
    end_read()
    assert "shoe_size" not in schema().object_type("contact").properties
    assert "shoe_size" not in storage.existing_columns("contact")


@contextmanager
def just_before(is_wanted: Callable[[str], bool], work: Callable[[], Any]) -> Iterator[list[str]]:
    """Run `work` in a thread of its own, once: right before the first statement that `is_wanted`."""
    done: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not done and is_wanted(statement):
            done.append(statement)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(Context().run, work).result()

    sa.event.listen(db.engine, "before_cursor_execute", listen)
    try:
        yield done
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", listen)


@only_on("postgres")
@pytest.mark.parametrize("writing", [True, False])
def test_who_read_the_schema_just_before_another_type_works_by_the_new_one(
    client_of: Callable[[Viewer], FlaskClient], app: Flask, alice: Viewer, writing: bool
) -> None:
    name = create("Shoe size")
    contact = make_contact(alice)
    browser = client_of(alice)
    address = f"/records/{contact}/properties/{name}"
    locked: list[str] = []

    def is_wanted(statement: str) -> bool:
        if writing and "FOR UPDATE" in statement:
            locked.append(statement)
        return "object_contact" in statement and bool(locked or not writing)

    def another_type() -> None:
        with app.app_context(), unit_of_work():
            retype(alice, "contact", name, "number")

    with just_before(is_wanted, another_type) as done:
        if writing:
            answer = browser.post(address, data={name: "41", "version": "1"}, fragment=True)
        else:
            answer = browser.get(address, fragment=True)
    assert done
    assert answer.status_code == 200
    end_read()
    assert get_record(alice, contact).values[name] == (Decimal(41) if writing else None)
