"""What changed is written with the change, in the order of commits, and kept for a week (DESIGN 8.2)."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from time_machine import Traveller

from crm.activities.operations import create_activity, update_activity
from crm.clock import now
from crm.db import db, end_read, touch, unit_of_work
from crm.permissions.viewer import Viewer
from crm.search import outbox
from crm.search.models import SearchDead, SearchOutbox
from crm.search.queries import search
from tests.factories import make_contact, make_note
from tests.support.databases import only_on

pytestmark = only_on("sqlite")


def kept() -> list[int]:
    end_read()
    return list(db.session.scalars(sa.select(SearchOutbox.activity_id).order_by(SearchOutbox.seq)))


def test_a_transaction_writes_one_row_for_an_activity_it_touches_often(alice: Viewer) -> None:
    note = make_note(alice, make_contact(alice))
    before = outbox.newest()
    with unit_of_work():
        outbox.enqueue([note, note])
        update_activity(alice, note, {"body": "<p>changed</p>"})
    assert outbox.newest() == before + 1


def test_a_transaction_that_fails_leaves_nothing_to_index(alice: Viewer) -> None:
    make_contact(alice)
    with pytest.raises(ZeroDivisionError), unit_of_work():
        outbox.enqueue([1])
        raise ZeroDivisionError
    with unit_of_work():
        touch("anything")
    assert outbox.newest() == 0


def test_a_savepoint_that_fails_loses_nothing_noted_before_it(alice: Viewer) -> None:
    """As in storing a file another transaction stores in the same moment: the unit goes on without the savepoint."""
    with unit_of_work():
        outbox.enqueue([1])
        with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
            db.session.add(SearchDead(activity_id=5, error="", moment=now()))
            db.session.add(SearchDead(activity_id=5, error="twice", moment=now()))
        with db.session.begin_nested():
            outbox.enqueue([2])
    assert kept() == [1, 2]


def test_what_was_noted_in_a_savepoint_that_was_undone_is_harmless(alice: Viewer, catch_up: Callable[[], None]) -> None:
    contact = make_contact(alice)
    note = make_note(alice, contact, "<p>quince</p>")
    catch_up()
    with unit_of_work():
        with pytest.raises(ZeroDivisionError), db.session.begin_nested():
            update_activity(alice, note, {"body": "<p>changed</p>"})
            gone = create_activity(alice, "note", {"body": "<p>never</p>"}, contact)
            raise ZeroDivisionError
        touch("anything")
    catch_up()
    assert kept()[-2:] == [note, gone]
    assert [hit.document.activity_id for hit in search(alice, "quince").activities] == [note]
    assert search(alice, "never").is_empty


def test_rows_are_kept_for_a_week_and_the_row_of_the_position_longer(app: Flask, clock: Traveller) -> None:
    for number in (1, 2, 3):
        with unit_of_work():
            outbox.enqueue([number])
    clock.shift(timedelta(days=6))
    with unit_of_work():
        assert outbox.delete_old(outbox.newest()) == 0
    clock.shift(timedelta(days=2))
    with unit_of_work():
        assert outbox.delete_old(outbox.newest()) == 2
    assert kept() == [3]


def test_a_reader_that_remembers_the_last_row_misses_none(app: Flask) -> None:
    """Numbers are given in the order of commits; otherwise a late commit would have a number already passed."""
    writers, each = 4, 25

    def write(first: int) -> None:
        with app.app_context():
            for number in range(first, first + each):
                with unit_of_work():
                    outbox.enqueue([number])

    threads = [threading.Thread(target=write, args=(1 + each * place,)) for place in range(writers)]
    for thread in threads:
        thread.start()
    seen: list[int] = []
    position = 0
    is_last_look = False
    while True:
        end_read()
        for row in outbox.after(position, 10):
            seen.append(row.activity_id)
            position = row.seq
        if is_last_look and position == outbox.newest():
            break
        is_last_look = not any(thread.is_alive() for thread in threads)
    assert sorted(seen) == list(range(1, writers * each + 1))
