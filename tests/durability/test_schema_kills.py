"""kill -9 in the middle of making a property or an object: afterwards all of it is there, or none (DESIGN 4.3)."""

import os
import signal
from collections.abc import Callable
from itertools import count

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.associations.queries import association_types
from crm.db import db, end_read, unit_of_work
from crm.objects import storage
from crm.objects.object_content import DisplayProperty, NewObject
from crm.objects.object_types import create_object_type
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.permissions.viewer import SYSTEM, Viewer
from tests.conftest import Installation
from tests.factories import make_contact, make_record

MACHINE = NewObject(
    "Machine",
    "Machines",
    DisplayProperty("Serial number", is_unique=True),
    (DisplayProperty("Price", "currency"),),
    associated=("contact", "company"),
    has_pipeline=True,
)
STEP = 9
"""Every so many statements of the long change somebody kills it; of the short one, at each."""


def killed_at(point: int, change: Callable[[], object]) -> bool:
    """Make a change in a process of its own that is killed after so many statements; whether it lived to its end."""
    db.session.remove()
    pid = os.fork()
    if pid == 0:
        _change_until(point, change)
    status = os.waitpid(pid, 0)[1]
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return not os.WIFSIGNALED(status)


def _change_until(point: int, change: Callable[[], object]) -> None:
    ended = 1
    try:
        db.engine.dispose(close=False)
        numbers = count(1)

        def look(*_: object) -> None:
            if next(numbers) == point:
                os.kill(os.getpid(), signal.SIGKILL)

        sa.event.listen(db.engine, "after_cursor_execute", look)
        sa.event.listen(db.engine, "commit", look)
        with unit_of_work():
            change()
        ended = 0
    finally:
        os._exit(ended)


def parts_of_machine() -> set[bool]:
    """Of each thing that belongs to the object, whether it is there."""
    end_read()
    kind = schema().types.get("machine")
    tables = {
        "property": "object_type",
        "pipeline": "object_type",
        "permission_grant": "object_type",
        "association_type": "from_object",
        "audit_entry": "action",
    }
    found = {kind is not None, bool(storage.existing_columns("machine"))}
    for table, column in tables.items():
        value = "object_created" if table == "audit_entry" else "machine"
        rows = sa.select(sa.func.count()).select_from(sa.table(table)).where(sa.column(column) == value)
        found.add(bool(db.session.execute(rows).scalar()))
    if kind is not None:
        assert {prop.column_name for prop in kind.properties.values()} <= storage.existing_columns("machine")
        assert association_types().primary("machine", "company")
    return found


@pytest.mark.timeout(600)
def test_db_03_an_object_is_made_whole_or_not_at_all(installation: Installation, app: Flask, alice: Viewer) -> None:
    installation.changed_by_others()
    point, states = 1, []
    while not killed_at(point, lambda: create_object_type(SYSTEM, MACHINE)):
        parts = parts_of_machine()
        assert len(parts) == 1, f"half an object after statement {point}"
        if parts == {True}:
            break
        states.append(point)
        point += STEP
    assert parts_of_machine() == {True}
    assert len(states) > 5
    assert make_record(alice, "machine", serial_number="KX-1")


@pytest.mark.timeout(600)
def test_db_12_a_property_is_made_whole_or_not_at_all(installation: Installation, app: Flask, alice: Viewer) -> None:
    installation.changed_by_others()
    point, group = 1, schema().object_type("contact").property("email").group
    while not killed_at(point, lambda: create_property("contact", "Shoe size", "number", group)):
        end_read()
        is_defined = "shoe_size" in schema().object_type("contact").properties
        assert is_defined is ("shoe_size" in storage.existing_columns("contact")), f"half after statement {point}"
        if is_defined:
            break
        point += 1
    assert point > 3
    assert make_contact(alice, shoe_size=43)
