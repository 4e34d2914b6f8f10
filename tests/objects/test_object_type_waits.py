"""Objects made and removed while others work: nobody waits for long, nobody writes into what is gone (SPEC 2.10)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.db import db, end_read, unit_of_work
from crm.objects import storage
from crm.objects.object_content import InvalidObject
from crm.objects.queries import schema
from crm.objects.removal import remove_object_type
from crm.permissions.viewer import Viewer
from tests.factories import make_contact
from tests.factories.objects import make_object
from tests.objects.test_schema_waits import just_before
from tests.support.databases import only_on

READ = sa.text("SELECT count(*) FROM record")
WRITE = sa.text("UPDATE record SET version = version")


def remove(actor: Viewer, name: str) -> None:
    end_read()
    with unit_of_work():
        remove_object_type(actor, name)


@contextmanager
def somebody_does(statement: sa.TextClause, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Another connection in the middle of a transaction, which it ends as soon as somebody pauses for it."""
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        with db.engine.connect() as third:
            third.execute(sa.text("SET LOCAL lock_timeout = 50"))
            third.execute(statement)
        other.rollback()

    end_read()
    monkeypatch.setattr("crm.objects.storage.time.sleep", pause)
    with db.engine.connect() as other:
        other.execute(statement)
        yield pauses


@only_on("postgres")
def test_db_03_removing_an_object_lets_those_through_who_read_records(
    app: Flask, alice: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL drops a table with a foreign key only when nobody reads the table it refers to."""
    name = make_object(alice)
    with somebody_does(READ, monkeypatch) as pauses:
        remove(alice, name)
    assert len(pauses) == 1
    end_read()
    assert name not in schema().types


@only_on("postgres")
def test_db_03_making_an_object_lets_those_through_who_read_records(
    app: Flask, alice: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_contact(alice)
    with somebody_does(READ, monkeypatch) as pauses:
        name = make_object(alice)
    assert pauses == []
    end_read()
    assert name in schema().types


@only_on("postgres")
def test_db_03_an_object_that_cannot_be_made_or_removed_now_is_said_to_be_busy(
    app: Flask, alice: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = make_object(alice)
    monkeypatch.setattr("crm.objects.storage.HOLD_TRIES", 1)
    end_read()
    another = sa.create_engine(db.engine.url)
    with another.begin() as other:
        other.execute(WRITE)
        with pytest.raises(InvalidObject, match="worked on"):
            remove(alice, name)
        with pytest.raises(InvalidObject, match="worked on"):
            make_object(alice, "Engine", "Engines")
    another.dispose()
    end_read()
    assert name in schema().types
    assert "engine" not in schema().types
    assert storage.existing_columns("engine") == frozenset()


@only_on("postgres")
@pytest.mark.parametrize("address", ["/objects/machines", "/objects/machines/new"])
def test_db_03_a_page_of_an_object_that_goes_in_that_moment_is_not_found(
    app: Flask, alice: Viewer, client_of: Callable[[Viewer], FlaskClient], address: str
) -> None:
    name = make_object(alice)
    browser = client_of(alice)

    def removed() -> None:
        with app.app_context(), unit_of_work():
            remove_object_type(alice, name)

    is_next = address.endswith("new")
    with just_before(lambda statement: "object_machine" in statement or is_next, removed) as done:
        answer = browser.get(address)
    assert done
    assert answer.status_code == 404


@only_on("postgres")
def test_db_03_a_record_of_an_object_that_goes_in_that_moment_is_not_made(
    app: Flask, alice: Viewer, client_of: Callable[[Viewer], FlaskClient]
) -> None:
    name = make_object(alice)
    browser = client_of(alice)
    before = db.session.scalar(READ)
    end_read()

    def removed() -> None:
        with app.app_context(), unit_of_work():
            remove_object_type(alice, name)

    with just_before(lambda statement: statement.startswith("INSERT INTO record"), removed) as done:
        answer = browser.post("/objects/machines/new", data={"serial_number": "M-1"})
    assert done
    assert answer.status_code == 404
    end_read()
    assert db.session.scalar(READ) == before
