"""Last activity, last contact and next activity of a record follow its timeline (SPEC 2.7)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from crm.activities.operations import archive_activity, link, restore_activity, unlink, update_activity
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.queries import get_record
from tests.factories import make_call, make_contact, make_note
from tests.factories.activities import make_activity
from tests.timeline.conftest import NOON

NAMES = ("notes_last_updated", "notes_last_contacted", "notes_next_activity_date")


def days(number: int) -> datetime:
    return NOON + timedelta(days=number)


def dates(viewer: Viewer, record_id: int) -> tuple[Any, ...]:
    end_read()
    values = get_record(viewer, record_id).values
    return tuple(values[name] for name in NAMES)


@pytest.fixture
def talk(alice: Viewer, contact: int) -> int:
    """A call five days ago, a note two days ago and a meeting in three days; the call."""
    call = make_call(alice, contact, activity_date=days(-5))
    make_note(alice, contact, activity_date=days(-2))
    make_activity(alice, "meeting", contact, activity_date=days(3), ends_at=None)
    return call


def test_a_new_record_has_none(alice: Viewer, contact: int) -> None:
    assert dates(alice, contact) == (None, None, None)


def test_notes_are_activity_but_no_contact_and_meetings_come_next(alice: Viewer, contact: int, talk: int) -> None:
    assert dates(alice, contact) == (days(-2), days(-5), days(3))


def test_an_older_contact_does_not_replace_a_newer_one(alice: Viewer, contact: int, talk: int) -> None:
    make_call(alice, contact, activity_date=days(-9))
    assert dates(alice, contact) == (days(-2), days(-5), days(3))


def test_they_follow_a_change_a_deletion_and_its_undoing(alice: Viewer, contact: int, talk: int) -> None:
    with unit_of_work():
        update_activity(alice, talk, {"activity_date": days(-1)})
    assert dates(alice, contact) == (days(-1), days(-1), days(3))
    with unit_of_work():
        archive_activity(alice, talk)
    assert dates(alice, contact) == (days(-2), None, days(3))
    with unit_of_work():
        restore_activity(alice, talk)
    assert dates(alice, contact) == (days(-1), days(-1), days(3))


def test_a_record_the_activity_left_forgets_it(alice: Viewer, contact: int) -> None:
    call = make_call(alice, contact, activity_date=days(-5))
    other = make_contact(alice, "Other Person")
    with unit_of_work():
        link(alice, call, other)
    assert dates(alice, other) == (days(-5), days(-5), None)
    with unit_of_work():
        unlink(alice, call, other)
    assert dates(alice, other) == (None, None, None)
