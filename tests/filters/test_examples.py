"""The questions that the mission names, asked as people ask them (SPEC 9.2)."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.filters.compiling import compile_filter
from crm.filters.tree import Eyes
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.operations import create_record
from tests.factories import make_call

NOT_CONTACTED = ("notes_last_contacted:more_ago:90|days", "or", "notes_last_contacted:unknown")


def contacts(viewer: Viewer, *texts: str) -> set[str]:
    """The first names of the contacts that a filter holds for."""
    kind = schema().object_type("contact")
    test = compile_filter(kind, texts, Eyes.of(viewer, ZoneInfo("UTC")))
    names = sa.select(kind.column("firstname")).where(kind.table.c.archived_at.is_(None), test)
    return set(db.session.scalars(unguarded(names, "a test compares")))


@pytest.fixture
def people(alice: Viewer) -> None:
    """Contacts of two states, called now, long ago, or never."""
    end_read()
    with unit_of_work():
        made = {
            name: create_record(alice, "contact", {"firstname": name, "state": state})
            for name, state in (("Now", "Texas"), ("Edge", "Texas"), ("Long", "Texas"), ("Never", "Utah"),
                                ("There", "Utah"))
        }  # fmt: skip
    for name, days in (("Now", 1), ("Edge", 90), ("Long", 91), ("There", 3)):
        make_call(alice, made[name], outcome="CONNECTED", activity_date=now() - timedelta(days=days))


@pytest.mark.usefixtures("clock", "people")
def test_db_23_contacts_not_contacted_in_the_last_90_days(alice: Viewer) -> None:
    assert contacts(alice, *NOT_CONTACTED) == {"Long", "Never"}
    assert contacts(alice, NOT_CONTACTED[0]) == {"Long"}


@pytest.mark.usefixtures("clock", "people")
def test_db_34_by_state_and_last_engagement(alice: Viewer) -> None:
    assert contacts(alice, "state:equal_any:texas", "hs_last_sales_activity_timestamp:last:30|days") == {"Now"}
    assert contacts(alice, "state:equal_any:Utah|Texas", "activity.call.activity_date:last:30|days") == {"Now", "There"}

