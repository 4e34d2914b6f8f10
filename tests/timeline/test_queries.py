"""Pages of a timeline: order, the upcoming block, the pin, and paging without loss or repeat (SPEC 1.6, DESIGN 5)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from werkzeug.datastructures import MultiDict

from crm.activities.operations import archive_activity, pin, restore_activity, unlink, update_activity
from crm.db import end_read, unit_of_work
from crm.messages import InvalidValue
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.records.page_keys import encode_key
from crm.timeline.queries import Page, entry_of_activity, glance, page
from crm.timeline.selection import Selection
from tests.factories import make_call, make_company, make_contact, make_note, make_task
from tests.factories.activities import make_activity
from tests.support.queries import count_queries

pytestmark = pytest.mark.usefixtures("clock")
NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)


def look(viewer: Viewer, record_id: int, query: str = "", pinned: int | None = None, **options: object) -> Page:
    end_read()
    selection = Selection.parse(MultiDict(pair.split("=") for pair in query.split("&") if pair))
    return page(viewer, record_id, selection, pinned, **options)  # type: ignore[arg-type]


def past(found: Page) -> list[int]:
    """The activities of the past; system entries are left out."""
    return [one.activity_id for one in found.entries if one.activity_id]


def upcoming(found: Page) -> list[int]:
    return [one.activity_id for one in found.upcoming if one.activity_id]


@pytest.fixture
def contact(alice: Viewer) -> int:
    """A contact with nothing on its timeline but that it was created."""
    return make_contact(alice)


def walk(viewer: Viewer, record_id: int, limit: int, pinned: int | None = None) -> list[int]:
    """All entries of the past, page by page."""
    found: list[int] = []
    key = None
    for _ in range(50):
        one = look(viewer, record_id, pinned=pinned, before=key, limit=limit)
        found += [entry.id for entry in one.entries]
        key = one.next_key
        if key is None:
            return found
    raise AssertionError("the pages find no end")


def test_newest_come_first(alice: Viewer, contact: int) -> None:
    days = [3, 40, 1, 400, 2]
    notes = {day: make_note(alice, contact, activity_date=NOON - timedelta(days=day)) for day in days}
    assert past(look(alice, contact)) == [notes[day] for day in sorted(days)]


def test_an_open_task_is_upcoming_however_late_it_is(alice: Viewer, contact: int) -> None:
    late = make_task(alice, contact, activity_date=NOON - timedelta(days=30))
    soon = make_task(alice, contact, activity_date=NOON + timedelta(days=1))
    assert upcoming(look(alice, contact)) == [late, soon]


def test_a_finished_task_is_past(alice: Viewer, contact: int) -> None:
    task = make_task(alice, contact)
    with unit_of_work():
        update_activity(alice, task, {"status": "COMPLETED"})
    found = look(alice, contact)
    assert (upcoming(found), past(found)) == ([], [task])


def test_a_meeting_is_upcoming_until_it_begins(alice: Viewer, contact: int, clock: time_machine.Traveller) -> None:
    meeting = make_activity(alice, "meeting", contact)
    assert upcoming(look(alice, contact)) == [meeting]
    clock.shift(timedelta(days=1, seconds=1))
    found = look(alice, contact)
    assert (upcoming(found), past(found)) == ([], [meeting])


def test_a_canceled_meeting_is_not_upcoming(alice: Viewer, contact: int) -> None:
    meeting = make_activity(alice, "meeting", contact, outcome="CANCELED")
    found = look(alice, contact)
    assert (upcoming(found), past(found)) == ([], [meeting])


def test_upcoming_ones_go_nearest_first(alice: Viewer, contact: int) -> None:
    days = [5, 1, 3]
    tasks = {day: make_task(alice, contact, activity_date=NOON + timedelta(days=day)) for day in days}
    assert upcoming(look(alice, contact)) == [tasks[1], tasks[3], tasks[5]]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_equal_moments_are_paged_without_loss_or_repeat(alice: Viewer, contact: int, limit: int) -> None:
    made = [make_note(alice, contact, activity_date=NOON) for _ in range(6)]
    entries = walk(alice, contact, limit)
    assert len(entries) == len(set(entries)) == len(made) + 1


def test_an_entry_written_meanwhile_repeats_nothing(alice: Viewer, contact: int) -> None:
    for _ in range(4):
        make_note(alice, contact)
    first = look(alice, contact, limit=2)
    make_note(alice, contact)
    second = look(alice, contact, before=first.next_key, limit=10)
    assert not {one.id for one in first.entries} & {one.id for one in second.entries}
    assert len(second.entries) == 3


def test_upcoming_ones_are_paged_whole(alice: Viewer, contact: int) -> None:
    made = [make_task(alice, contact, activity_date=NOON + timedelta(days=1)) for _ in range(17)]
    first = look(alice, contact)
    second = look(alice, contact, upcoming_after=first.next_upcoming_key)
    assert upcoming(first) + upcoming(second) == made
    assert second.next_upcoming_key is None
    assert second.entries == []


def test_the_pin_stands_on_top_and_nowhere_else(alice: Viewer, contact: int) -> None:
    notes = [make_note(alice, contact, activity_date=NOON - timedelta(days=day)) for day in range(5)]
    with unit_of_work():
        pin(alice, contact, notes[4])
    first = look(alice, contact, pinned=notes[4], limit=2)
    assert first.pinned is not None
    assert first.pinned.activity_id == notes[4]
    entries = walk(alice, contact, 2, pinned=notes[4])
    assert first.pinned.id not in entries
    assert len(entries) == 5


def test_a_pinned_task_is_not_among_the_upcoming_too(alice: Viewer, contact: int) -> None:
    task = make_task(alice, contact)
    found = look(alice, contact, pinned=task)
    assert found.pinned is not None
    assert upcoming(found) == []


def test_a_filter_shows_the_pinned_one_in_its_place(alice: Viewer, contact: int) -> None:
    note = make_note(alice, contact)
    found = look(alice, contact, "kind=note", pinned=note)
    assert (found.pinned, past(found)) == (None, [note])


def test_the_pin_of_something_deleted_is_no_pin(alice: Viewer, contact: int) -> None:
    note = make_note(alice, contact)
    with unit_of_work():
        archive_activity(alice, note)
    assert look(alice, contact, pinned=note).pinned is None


def test_deleted_and_restored_activities_go_and_come_back_in_their_place(alice: Viewer, contact: int) -> None:
    old = make_note(alice, contact, activity_date=NOON - timedelta(days=2))
    new = make_note(alice, contact)
    with unit_of_work():
        archive_activity(alice, old)
    assert past(look(alice, contact)) == [new]
    end_read()
    with unit_of_work():
        restore_activity(alice, old)
    assert past(look(alice, contact)) == [new, old]


def test_a_new_moment_moves_an_activity(alice: Viewer, contact: int) -> None:
    first, second = make_note(alice, contact), make_call(alice, contact)
    with unit_of_work():
        update_activity(alice, second, {"activity_date": NOON - timedelta(days=5)})
    assert past(look(alice, contact)) == [first, second]


def test_an_activity_is_on_every_record_it_is_linked_to(alice: Viewer, contact: int) -> None:
    company = make_company(alice)
    note = make_note(alice, contact, also_on=[company])
    assert past(look(alice, company)) == [note]
    with unit_of_work():
        unlink(alice, note, company)
    assert past(look(alice, company)) == []
    assert past(look(alice, contact)) == [note]


def test_only_activities_the_viewer_may_see_are_shown_and_counted(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    contact = make_contact(bob)
    mine = make_note(bob, contact)
    make_note(alice, contact, hubspot_owner_id=charlie.user_id)
    make_task(alice, contact, hubspot_owner_id=charlie.user_id)
    found = look(bob, contact)
    assert (past(found), upcoming(found)) == ([mine], [])
    assert [one.activity_id for one in glance(bob, contact, 5)[0]] == [mine]


def test_counts_are_of_what_the_viewer_may_see(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    contact, hidden = make_contact(bob), make_contact(charlie)
    note = make_note(alice, contact, also_on=[hidden], hubspot_owner_id=bob.user_id)
    end_read()
    assert entry_of_activity(bob, contact, note).counts.links == 1
    assert entry_of_activity(alice, contact, note).counts.links == 2


def test_an_entry_of_another_record_is_not_found(alice: Viewer, contact: int) -> None:
    note = make_note(alice, make_contact(alice))
    with pytest.raises(NotFound):
        entry_of_activity(alice, contact, note)


BAD_KEYS = [
    "x", "é", "=", "A" * 3000, encode_key("x", 1), encode_key(NOON, 10**30), encode_key(NOON.replace(tzinfo=None), 1),
    encode_key("0001-01-01T00:00:00+14:00", 1),
]  # fmt: skip


def test_a_key_that_is_none_is_refused(alice: Viewer, contact: int) -> None:
    for name in ("before", "upcoming_after"):
        for key in BAD_KEYS:
            with pytest.raises(InvalidValue):
                look(alice, contact, **{name: key})


def test_the_past_and_the_upcoming_are_not_continued_at_once(alice: Viewer, contact: int) -> None:
    key = encode_key(NOON, 1)
    with pytest.raises(InvalidValue):
        look(alice, contact, before=key, upcoming_after=key)


@pytest.mark.parametrize("make", [make_note, make_call, make_task])
def test_a_page_costs_the_same_for_few_and_for_many_entries(
    alice: Viewer, bob: Viewer, contact: int, make: Callable[..., int]
) -> None:
    costs = []
    for _ in range(2):
        for _ in range(6):
            make(bob, contact)
        with count_queries() as queries:
            look(alice, contact)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 4
