"""Caches that several threads share."""

import threading
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.associations import queries
from crm.associations.queries import neighbourhoods
from crm.caches import StampedCache
from crm.db import Stamp, db, end_read, remember_stamps, touch, unit_of_work
from crm.permissions.viewer import Viewer
from crm.statements import Statements, among, one_of
from tests.factories import make_contact
from tests.support.databases import only_on


def test_threads_that_load_new_values_at_the_same_moment_do_not_disturb_each_other(app: Flask) -> None:
    cache: StampedCache[str] = StampedCache("words", lambda: token_hex(4), keep=1)
    start = threading.Barrier(4)

    def load(_number: int) -> int:
        start.wait()
        with app.app_context():
            for _ in range(300):
                token = token_hex(8)
                remember_stamps({"words": token})
                assert cache.get() == cache.get()
        return 1

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(load, range(4))) == 4


def test_a_statement_is_built_once_for_each_shape() -> None:
    statements, built = Statements(), []
    for shape in ("a", "b", "a"):
        statements.get(shape, lambda shape=shape: built.append(shape) or shape)
    assert built == ["a", "b"]


def test_statements_about_links_are_built_anew_when_the_types_of_links_change(app: Flask, alice: Viewer) -> None:
    contact = make_contact(alice)

    def kept() -> int:
        neighbourhoods(alice, contact, "contact", {"company": 5, "deal": 5})
        return len(queries._statements._kept)

    assert kept() == kept()
    before = kept()
    with unit_of_work():
        touch(queries.STAMP)
    assert kept() == before + 1


def test_a_transaction_is_read_only_before_and_after_a_unit_of_work(app: Flask) -> None:
    """The connection is the same one: what it may do is said anew whenever that changes, and only then."""
    for _ in range(2):
        end_read()
        with pytest.raises(sa.exc.DBAPIError):
            touch("words")
        end_read()
        with unit_of_work():
            touch("words")
    end_read()
    with pytest.raises(ZeroDivisionError), unit_of_work():
        raise ZeroDivisionError
    with pytest.raises(sa.exc.DBAPIError):
        touch("words")
    end_read()


def test_a_kept_statement_finds_lists_of_every_length(app: Flask) -> None:
    names = ("first", "second", "third")
    with unit_of_work():
        for name in names:
            touch(name)
    length = sa.func.length(Stamp.name)
    of_lengths = sa.select(Stamp.name).where(among(length, "lengths"), one_of(Stamp.name, names)).order_by(Stamp.name)
    for lengths, found in (([], []), ([5], ["first", "third"]), ([6, 5, 99], ["first", "second", "third"])):
        assert db.session.scalars(of_lengths, {"lengths": lengths}).all() == found
    end_read()


def test_one_of_no_values_is_nothing(app: Flask) -> None:
    assert db.session.scalars(sa.select(Stamp.name).where(one_of(Stamp.name, []))).all() == []
    end_read()


@only_on("sqlite")
def test_what_a_unit_of_work_prepared_is_kept_for_the_next(app: Flask) -> None:
    """Reading and writing have connections of their own: neither throws away the statements of the other.

    PostgreSQL says with each transaction whether it only reads.
    """
    switched: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "query_only" in statement:
            switched.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        for _ in range(3):
            end_read()
            db.session.scalar(sa.select(sa.func.count()).select_from(Stamp))
            with unit_of_work():
                touch("words")
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
        end_read()
    assert len(switched) <= 2


def test_a_disposed_engine_has_no_connection_left(app: Flask) -> None:
    with unit_of_work():
        touch("words")
    end_read()
    pool = db.engine.pool
    db.engine.dispose()
    assert getattr(pool, "_writers", None) is None
    with unit_of_work():
        touch("words")


@only_on("sqlite")
def test_who_writes_without_a_pause_lets_others_write_in_between(app: Flask) -> None:
    """SQLite has no queue for its lock: whoever waits looks from time to time, and must find it free."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000)"
    work = sa.text(f"{numbers} SELECT max(i) FROM n")
    begun, done = threading.Event(), threading.Event()

    def write_without_pause() -> int:
        units = 0
        with app.app_context():
            while not done.is_set() and units < 150:
                with unit_of_work():
                    db.session.execute(work)
                    begun.set()
                units += 1
        return units

    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(write_without_pause)
        begun.wait()
        with unit_of_work():
            touch("words")
        done.set()
        assert busy.result() <= 4
