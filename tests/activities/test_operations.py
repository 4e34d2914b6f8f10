"""Changing, deleting, restoring, linking and pinning activities (SPEC 1.6, 6.4, 6.9)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from crm.activities import operations
from crm.activities.models import ActivityLink
from crm.activities.operations import archive_activity, link, pin, restore_activity, unlink, update_activity
from crm.activities.queries import ActivityRow, counts, get_activity, link_counts, links_of
from crm.db import db, end_read, unit_of_work
from crm.messages import InvalidValue
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyHistoryRow
from crm.records.errors import InvalidInput
from crm.records.operations import archive_record
from crm.records.queries import get_record
from crm.timeline.queries import page
from tests.factories import make_company, make_contact, make_deal, make_note, make_task
from tests.factories.activities import make_activity


def read(viewer: Viewer, activity_id: int) -> ActivityRow:
    end_read()
    return get_activity(viewer, activity_id)


def do(operation: Any, *arguments: Any) -> Any:
    """Run one operation in a unit of its own."""
    end_read()
    with unit_of_work():
        return operation(*arguments)


def linked(activity_id: int) -> set[int]:
    """All records it is on, hidden ones too."""
    end_read()
    statement = sa.select(ActivityLink.record_id).where(ActivityLink.activity_id == activity_id)
    return set(db.session.scalars(unguarded(statement, "a test looks")))


@pytest.fixture
def contact(alice: Viewer) -> int:
    """A contact of alice."""
    return make_contact(alice)


@pytest.fixture
def note(alice: Viewer, contact: int) -> int:
    """A note on it."""
    return make_note(alice, contact)


def test_a_change_is_marked_with_its_moment(alice: Viewer, clock: time_machine.Traveller, contact: int) -> None:
    note = make_note(alice, contact)
    assert read(alice, note).values["edited_at"] is None
    clock.shift(timedelta(hours=1))
    assert do(update_activity, alice, note, {"body": "<p>New</p>"}) == {"body"}
    assert read(alice, note).values["edited_at"] == datetime(2026, 3, 11, 13, tzinfo=UTC)


def test_what_did_not_change_leaves_no_mark(alice: Viewer, note: int) -> None:
    body = read(alice, note).body
    assert do(update_activity, alice, note, {"body": body}) == frozenset()
    assert read(alice, note).values["edited_at"] is None


def test_a_change_is_in_the_history(alice: Viewer, note: int) -> None:
    do(update_activity, alice, note, {"body": "<p>New</p>"})
    rows = sa.select(PropertyHistoryRow.property_name, PropertyHistoryRow.old, PropertyHistoryRow.new).where(
        PropertyHistoryRow.record_id == note
    )
    assert db.session.execute(unguarded(rows, "a test looks")).all() == [
        ("body", "<p>They like the samples.</p>", "<p>New</p>")
    ]


def test_finishing_a_task_notes_when_and_opening_it_again_forgets(
    alice: Viewer, clock: time_machine.Traveller, contact: int
) -> None:
    task = make_task(alice, contact)
    do(update_activity, alice, task, {"status": "COMPLETED"})
    assert read(alice, task).values["completed_at"] == datetime(2026, 3, 11, 12, tzinfo=UTC)
    do(update_activity, alice, task, {"status": "NOT_STARTED"})
    assert read(alice, task).values["completed_at"] is None


@pytest.mark.parametrize(
    ("kind", "changes", "name"),
    [
        ("task", {"title": None}, "title"),
        ("task", {"activity_date": None}, "activity_date"),
        ("meeting", {"activity_date": None}, "activity_date"),
        ("meeting", {"ends_at": datetime(2020, 1, 1, tzinfo=UTC)}, "ends_at"),
    ],
)
def test_what_an_activity_needs_cannot_be_taken_away(
    alice: Viewer, contact: int, kind: str, changes: dict[str, Any], name: str
) -> None:
    activity = make_activity(alice, kind, contact)
    with pytest.raises(InvalidInput) as raised:
        do(update_activity, alice, activity, changes)
    assert list(raised.value.errors) == [name]


def test_changing_needs_the_right_to_edit(bob: Viewer, charlie: Viewer, dana: Viewer) -> None:
    note = make_note(bob, make_contact(bob))
    with pytest.raises(Forbidden):
        do(update_activity, dana, note, {"body": "x"})
    with pytest.raises(NotFound):
        do(update_activity, charlie, note, {"body": "x"})


def test_deleting_needs_the_right_to_delete(bob: Viewer, charlie: Viewer, dana: Viewer) -> None:
    note = make_note(bob, make_contact(bob))
    with pytest.raises(Forbidden):
        do(archive_activity, dana, note)
    with pytest.raises(NotFound):
        do(archive_activity, charlie, note)


def test_a_deleted_activity_is_gone_and_can_be_restored_with_its_links(alice: Viewer, contact: int) -> None:
    deal = make_deal(alice)
    note = make_note(alice, contact, also_on=[deal])
    do(archive_activity, alice, note)
    with pytest.raises(NotFound):
        read(alice, note)
    do(restore_activity, alice, note)
    assert {one.record_id for one in links_of(alice, note)} == {contact, deal}


def test_an_activity_that_is_not_deleted_is_not_restored(alice: Viewer, note: int, contact: int) -> None:
    for one in (note, contact, 10**9):
        with pytest.raises(NotFound):
            do(restore_activity, alice, one)


def test_restoring_needs_the_right_to_delete_and_a_visible_record(
    alice: Viewer, bob: Viewer, charlie: Viewer, dana: Viewer
) -> None:
    note = make_note(bob, make_contact(bob))
    do(archive_activity, bob, note)
    for person in (charlie, dana):
        with pytest.raises((NotFound, Forbidden)):
            do(restore_activity, person, note)
    with pytest.raises(NotFound):
        read(alice, note)


def test_an_activity_keeps_its_moment_when_it_is_linked(
    alice: Viewer, clock: time_machine.Traveller, contact: int
) -> None:
    note, deal = make_note(alice, contact), make_deal(alice)
    before = read(alice, note).moment
    clock.shift(timedelta(days=3))
    assert do(link, alice, note, deal) is True
    assert read(alice, note).moment == before
    assert linked(note) == {contact, deal}


def test_linking_twice_is_once(alice: Viewer, note: int, contact: int) -> None:
    assert do(link, alice, note, contact) is False
    assert linked(note) == {contact}


def test_unlinking_what_is_not_linked_does_nothing(alice: Viewer, note: int, contact: int) -> None:
    assert do(unlink, alice, note, make_deal(alice)) is False
    assert linked(note) == {contact}


def test_the_last_record_cannot_be_taken_off(alice: Viewer, note: int, contact: int) -> None:
    with pytest.raises(InvalidValue, match="Delete it instead"):
        do(unlink, alice, note, contact)
    assert linked(note) == {contact}


def test_linking_needs_edit_on_the_activity_and_sight_of_the_record(
    alice: Viewer, bob: Viewer, charlie: Viewer, dana: Viewer
) -> None:
    mine, theirs = make_contact(bob), make_contact(charlie)
    note = make_note(bob, mine)
    with pytest.raises(NotFound):
        do(link, bob, note, theirs)
    with pytest.raises(Forbidden):
        do(link, dana, note, theirs)
    do(link, alice, note, theirs)
    with pytest.raises(NotFound):
        do(unlink, bob, note, theirs)


def test_an_activity_is_not_put_on_an_activity(alice: Viewer, note: int, contact: int) -> None:
    with pytest.raises(NotFound):
        do(link, alice, note, make_task(alice, contact))


def test_an_activity_is_not_put_on_a_deleted_record(alice: Viewer, note: int) -> None:
    deal = make_deal(alice)
    do(archive_record, alice, deal)
    with pytest.raises(NotFound):
        do(link, alice, note, deal)


def test_asc_05_more_records_than_the_limit_are_refused(
    alice: Viewer, contact: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert operations.MOST_LINKS == 10_000
    monkeypatch.setattr(operations, "MOST_LINKS", 3)
    deals = [make_deal(alice) for _ in range(3)]
    note = make_note(alice, contact, also_on=deals[:2])
    with pytest.raises(InvalidValue, match="at most 3 records"):
        do(link, alice, note, deals[2])
    assert linked(note) == {contact, *deals[:2]}
    with pytest.raises(InvalidInput):
        make_note(alice, contact, also_on=deals)


def test_an_activity_on_deleted_records_only_is_out_of_sight_of_all_but_super_admins(
    alice: Viewer, bob: Viewer
) -> None:
    contact = make_contact(bob)
    note = make_note(bob, contact)
    do(archive_record, bob, contact)
    with pytest.raises(NotFound):
        read(bob, note)
    assert read(alice, note).id == note
    assert counts(alice, note).links == 0


def test_counts_are_those_of_the_viewer(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    contact, hidden = make_contact(bob), make_company(charlie)
    note = make_note(alice, contact, also_on=[hidden], hubspot_owner_id=bob.user_id)
    end_read()
    assert (counts(bob, note).links, counts(alice, note).links) == (1, 2)
    assert link_counts(bob, note) == {"contact": 1}
    assert [one.record_id for one in links_of(bob, note)] == [contact]


def pinned(viewer: Viewer, record_id: int) -> int | None:
    end_read()
    return get_record(viewer, record_id).pinned_activity_id


def test_a_new_pin_takes_the_place_of_the_old(alice: Viewer, contact: int, note: int) -> None:
    second = make_note(alice, contact)
    do(pin, alice, contact, note)
    do(pin, alice, contact, second)
    assert pinned(alice, contact) == second
    do(pin, alice, contact, None)
    assert pinned(alice, contact) is None


def test_the_pin_is_of_one_record_and_for_everybody(alice: Viewer, bob: Viewer, contact: int) -> None:
    deal = make_deal(alice)
    note = make_note(alice, contact, also_on=[deal])
    do(pin, alice, contact, note)
    assert (pinned(bob, contact), pinned(bob, deal)) == (note, None)


def test_only_what_is_on_the_record_is_pinned(alice: Viewer, contact: int) -> None:
    with pytest.raises(NotFound):
        do(pin, alice, contact, make_note(alice, make_deal(alice)))


def test_pinning_needs_edit_on_the_record_and_the_activity(alice: Viewer, bob: Viewer, dana: Viewer) -> None:
    contact = make_contact(bob)
    note = make_note(bob, contact)
    with pytest.raises(Forbidden):
        do(pin, dana, contact, note)


def test_what_leaves_the_record_leaves_the_pin(alice: Viewer, contact: int) -> None:
    note = make_note(alice, contact, also_on=[make_deal(alice)])
    do(pin, alice, contact, note)
    do(unlink, alice, note, contact)
    assert pinned(alice, contact) is None


def test_an_undone_delete_brings_the_pin_back(alice: Viewer, contact: int, note: int) -> None:
    do(pin, alice, contact, note)
    do(archive_activity, alice, note)
    assert page(alice, contact, pinned_activity_id=pinned(alice, contact)).pinned is None
    do(restore_activity, alice, note)
    shown = page(alice, contact, pinned_activity_id=pinned(alice, contact)).pinned
    assert shown is not None
    assert shown.activity_id == note


def test_a_restored_activity_does_not_drive_out_the_pin_that_came_after_it(
    alice: Viewer, contact: int, note: int
) -> None:
    second = make_note(alice, contact)
    do(pin, alice, contact, note)
    do(archive_activity, alice, note)
    assert do(pin, alice, contact, second) is None
    do(restore_activity, alice, note)
    assert pinned(alice, contact) == second


def test_a_new_pin_names_the_one_it_drove_out_if_that_can_be_put_back(
    alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    contact = make_contact(bob)
    his, theirs = make_note(bob, contact), make_note(alice, contact, hubspot_owner_id=charlie.user_id)
    assert do(pin, bob, contact, his) is None
    assert do(pin, alice, contact, theirs) == his
    assert do(pin, alice, contact, theirs) is None
    assert do(pin, bob, contact, his) is None
