"""Transactions that want the same rows wait for each other, never in a circle."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.associations.operations import set_primary_company
from crm.associations.primary import live_primaries
from crm.db import db, end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.operations import archive_record, restore_record, update_record
from tests.durability.invariants import broken
from tests.durability.snapshot import Snapshot
from tests.factories import make_company, make_contact, relate
from tests.support.program import until

WAITING = sa.text(
    "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE datname = current_database() AND NOT granted"
)


def somebody_waits() -> bool:
    """Whether a transaction waits for another one; SQLite cannot tell, and there nobody waits in the middle of one."""
    return db.engine.dialect.name != "postgresql" or bool(db.session.scalar(WAITING))


@pytest.mark.parametrize("change", [archive_record, restore_record])
def test_a_company_may_go_and_come_back_while_somebody_makes_it_primary(
    app: Flask, alice: Viewer, change: object
) -> None:
    contact = make_contact(alice)
    first, second = make_company(alice, "First"), make_company(alice, "Second")
    relate(alice, contact, first, second)
    if change is restore_record:
        with unit_of_work():
            archive_record(alice, first)
    end_read()
    contact_is_locked = threading.Event()

    def choose() -> None:
        with app.app_context(), unit_of_work():
            update_record(alice, contact, {"jobtitle": "Buyer"})
            contact_is_locked.set()
            until(somebody_waits, "the other transaction")
            set_primary_company(alice, contact, second)

    def come_or_go() -> None:
        contact_is_locked.wait()
        with app.app_context(), unit_of_work():
            change(alice, first)  # type: ignore[operator]

    with ThreadPoolExecutor(2) as pool:
        for ended in [pool.submit(Context().run, work) for work in (choose, come_or_go)]:
            ended.result()
    end_read()
    assert live_primaries("contact", [contact]) == {contact: second}
    end_read()
    assert not broken(Snapshot())
