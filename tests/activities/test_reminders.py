"""Reminders of tasks and meetings, and tasks that repeat (SPEC 7.3, 8.2)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from crm.activities.operations import archive_activity, update_activity
from crm.activities.queries import get_activity, links_of
from crm.activities.repeating import next_due
from crm.db import end_read, unit_of_work
from crm.notifications.queries import NoticeFilter
from crm.notifications.queries import page as notices
from crm.permissions.viewer import Viewer
from tests.activities.test_composer import logged
from tests.factories import make_activity, make_company, make_contact, make_task, relate

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)


def change(actor: Viewer, activity_id: int, **values: Any) -> None:
    end_read()
    with unit_of_work():
        update_activity(actor, activity_id, values)


def reminded(viewer: Viewer) -> int:
    end_read()
    return len([one for one in notices(viewer, NoticeFilter(), 50) if one.topic.name == "reminder"])


@pytest.mark.parametrize(
    ("kind", "values", "after"),
    [
        ("task", {"reminder": "AT_TIME"}, timedelta(days=1)),
        ("task", {"reminder": "HOUR_1"}, timedelta(hours=23)),
        ("task", {"reminder": "CUSTOM", "remind_at": NOON + timedelta(hours=2)}, timedelta(hours=2)),
        ("meeting", {"reminders": "MINUTES_10;HOUR_1"}, timedelta(hours=23)),
    ],
)
def test_people_are_reminded_at_the_moment_they_chose(
    alice: Viewer,
    clock: time_machine.Traveller,
    work: Callable[[], None],
    kind: str,
    values: dict[str, Any],
    after: timedelta,
) -> None:
    make_activity(alice, kind, make_contact(alice), **values)
    clock.move_to(NOON + after - timedelta(seconds=1))
    work()
    assert reminded(alice) == 0
    clock.move_to(NOON + after)
    work()
    assert reminded(alice) == 1


def test_attendees_are_reminded_and_nobody_of_what_was_moved_done_or_deleted(
    alice: Viewer, bob: Viewer, clock: time_machine.Traveller, work: Callable[[], None]
) -> None:
    contact = make_contact(alice)
    meeting = make_activity(alice, "meeting", contact, reminders="HOUR_1", attendee_users=str(bob.user_id))
    done, gone = (make_task(alice, contact, reminder="AT_TIME") for _ in range(2))
    change(alice, meeting, activity_date=NOON + timedelta(days=2), ends_at=None)
    change(alice, done, status="COMPLETED")
    end_read()
    with unit_of_work():
        archive_activity(alice, gone)
    clock.move_to(NOON + timedelta(days=1))
    work()
    assert (reminded(alice), reminded(bob)) == (0, 0)
    clock.move_to(NOON + timedelta(days=2) - timedelta(hours=1))
    work()
    assert (reminded(alice), reminded(bob)) == (1, 1)


def test_a_completed_task_that_repeats_makes_the_next_on_the_same_records(
    alice: Viewer, bob: Viewer, clock: time_machine.Traveller
) -> None:
    contact, company = make_contact(alice), make_company(alice)
    relate(alice, contact, company)
    due = NOON + timedelta(days=1)
    first = make_task(alice, contact, activity_date=due, repeat_every=2, repeat_unit="WEEKS", reminder="DAY_1")
    for status in ("COMPLETED", "NOT_STARTED", "COMPLETED"):
        change(bob, first, status=status)
    end_read()
    [following] = [one for one in logged(alice, contact) if one != first]
    found = get_activity(alice, following)
    assert (found.heading, found.moment, found.owner_id) == ("Send prices", due + timedelta(weeks=2), alice.user_id)
    assert {name: found.values[name] for name in ("status", "reminder", "repeat_every", "repeat_unit")} == {
        "status": "NOT_STARTED",
        "reminder": "DAY_1",
        "repeat_every": 2,
        "repeat_unit": "WEEKS",
    }
    assert {one.record_id for one in links_of(alice, following)} == {contact, company}


def test_what_repeats_ends_where_dates_end(alice: Viewer, clock: time_machine.Traveller) -> None:
    contact, last = make_contact(alice), datetime(9990, 1, 1, tzinfo=UTC)
    task = make_task(alice, contact, activity_date=last, repeat_every=365, repeat_unit="YEARS")
    change(alice, task, status="COMPLETED")
    assert logged(alice, contact) == [task]


@pytest.mark.parametrize(
    ("due", "every", "unit", "after", "following"),
    [
        ("2026-01-31T07:00", 1, "MONTHS", "2026-01-31T08:00", "2026-02-28T07:00"),
        ("2024-02-29T07:00", 1, "YEARS", "2024-03-01T07:00", "2025-02-28T07:00"),
        ("2026-03-28T07:00", 1, "DAYS", "2026-03-28T08:00", "2026-03-29T06:00"),
        ("2026-03-02T07:00", 1, "WEEKS", "2026-03-20T07:00", "2026-03-23T07:00"),
        ("1990-01-01T07:00", 1, "DAYS", "2026-01-10T08:00", "2026-01-11T07:00"),
        ("2026-05-02T07:00", 3, "DAYS", "2026-05-01T07:00", "2026-05-05T07:00"),
    ],
)
def test_the_next_one_is_due_whole_steps_later_at_the_same_hour_and_never_in_the_past(
    due: str, every: int, unit: str, after: str, following: str
) -> None:
    moments = [datetime.fromisoformat(f"{text}+00:00") for text in (due, after, following)]
    assert next_due(moments[0], every, unit, moments[1], ZoneInfo("Europe/Warsaw")) == moments[2]
