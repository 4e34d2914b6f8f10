"""What pages cost in queries: within their limits, and the same for few rows and for many (QUALITY 1)."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.activities.models import ActivityLink
from crm.activities.operations import create_activity, pin
from crm.activities.origin import Origin
from crm.associations.models import Association
from crm.associations.operations import associate
from crm.db import db, end_read, unit_of_work
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.records.operations import create_record
from crm.timeline.models import TimelineEntry
from tests.factories import make_comment, make_contact, make_note
from tests.factories.activities import sample_values
from tests.support.queries import count_queries

RECORD_PAGE, TIMELINE, INDEX = 9, 6, 8
LIMITS = {
    "/records/{id}?tab=overview": RECORD_PAGE,
    "/records/{id}?tab=activities": RECORD_PAGE,
    "/records/{id}/timeline": TIMELINE,
    "/records/{id}/timeline?kind=note&kind=call&q=offer": TIMELINE + 1,
    "/records/{id}/timeline?expanded=all": TIMELINE + 1,
    "/records/{id}/preview": RECORD_PAGE,
    "/objects/contacts": INDEX,
    "/objects/contacts?q=nr&sort=lastname": INDEX,
    "/objects/deals?associated={id}": INDEX,
}
KINDS = ("note", "email", "call", "task", "meeting", "linkedin_message")
NAMES = {"contact": "lastname", "company": "name", "deal": "dealname", "ticket": "subject", "lead": "hs_lead_name"}


def fill(actor: Viewer, contact: int, amount: int) -> None:
    """So many activities and so many associated records of each object."""
    end_read()
    with unit_of_work():
        for number in range(amount):
            kind = KINDS[number % len(KINDS)]
            create_activity(actor, kind, sample_values(kind), contact, Origin(record_ids=[]))
            for object_type, name in NAMES.items():
                associate(actor, contact, create_record(actor, object_type, {name: f"Nr {number}"}))


def multiply(contact: int, amount: int) -> None:
    """So many more of each kind of record and activity the contact has, as rows and past all operations: many, soon."""
    end_read()
    with unit_of_work():
        entry, link = TimelineEntry.__table__.c, Association.__table__.c
        on_timeline = sa.select(entry.activity_id, entry.id).where(entry.record_id == contact, entry.activity_id > 0)
        shown = dict(_read(on_timeline))
        linked = sa.select(link.to_record_id).where(link.from_record_id == contact)
        there = sa.select(Record.id, Record.object_type).where(
            Record.id.in_(shown) | Record.id.in_(linked), Record.id != contact
        )
        models = {record.object_type: record for record in _read(there)}
        last = _read(sa.select(sa.func.max(Record.id)))[0][0]
        for record in models.values():
            copies = range(last + 1, last + amount + 1)
            last += amount
            _copy(Record.__table__, Record.id == record.id, [{"id": one} for one in copies])
            body = schema().object_type(record.object_type).table
            _copy(body, body.c.record_id == record.id, [{"record_id": one} for one in copies])
            for end, other in (("from_record_id", "to_record_id"), ("to_record_id", "from_record_id")):
                between = sa.and_(link[end] == record.id, link[other] == contact)
                _copy(Association.__table__, between, [{end: one} for one in copies])
            on = sa.and_(ActivityLink.activity_id == record.id, ActivityLink.record_id == contact)
            _copy(ActivityLink.__table__, on, [{"activity_id": one} for one in copies])
            if record.id in shown:
                model = entry.id == shown[record.id]
                _copy(TimelineEntry.__table__, model, [{"activity_id": one, "id": 100_000 + one} for one in copies])


def _copy(table: sa.Table, model: sa.ColumnElement[bool], changes: list[dict[str, int]]) -> None:
    rows = [row._mapping for row in _read(sa.select(table).where(model))]
    if rows:
        db.session.execute(sa.insert(table), [{**row, **change} for row in rows for change in changes])


def _read(statement: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
    return db.session.execute(unguarded(statement, "a test")).all()


@pytest.fixture
def contact(bob: Viewer) -> int:
    """A contact with five of everything, a comment and a pin."""
    made = make_contact(bob)
    fill(bob, made, 5)
    note = make_note(bob, made)
    make_comment(bob, note)
    with unit_of_work():
        pin(bob, made, note)
    return made


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser, who is no super admin: the gate takes part."""
    return client_of(bob)


def cost(browser: FlaskClient, path: str, fragment: bool = False) -> tuple[int, str]:
    """How many queries a page runs, once what is kept in the process is there."""
    browser.get(path, fragment=fragment)
    with count_queries() as queries:
        assert browser.get(path, fragment=fragment).status_code == 200
    return len(queries), str(queries)


def test_pages_keep_to_their_limits_with_five_and_with_five_hundred(browser: FlaskClient, contact: int) -> None:
    few = {path: cost(browser, path.format(id=contact)) for path in LIMITS}
    for path, limit in LIMITS.items():
        amount, queries = few[path]
        assert amount <= limit, f"{path}\n{queries}"
    multiply(contact, 495)
    assert "500" in browser.get(f"/records/{contact}").text
    for path, (amount, _) in few.items():
        many, queries = cost(browser, path.format(id=contact))
        # Fewer where none of the newest is of a kind that something more is read for.
        assert many <= amount, f"{path}\n{queries}"


def test_a_fragment_costs_no_more_than_its_page(browser: FlaskClient, contact: int) -> None:
    for path in (f"/records/{contact}/timeline", "/objects/contacts", f"/records/{contact}?tab=activities"):
        assert cost(browser, path, fragment=True)[0] <= cost(browser, path)[0]
