"""Past activity comes onto a record, and goes again (SPEC 6.8)."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from crm.activities import linking
from crm.activities.models import ActivityLink
from crm.activities.operations import archive_activity, link, unlink
from crm.activities.types import activity_types
from crm.bulk import operations as bulk
from crm.bulk.models import RunState
from crm.bulk.queries import Run, get_run
from crm.bulk.registry import bulk_kinds
from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.derived.recomputing import recompute
from crm.messages import InvalidValue
from crm.past_activity import selection
from crm.past_activity.carrying import CARRY_OVER, add_past_activity
from crm.past_activity.wanted import NAMES, PERIODS, Source, Wanted, period, wanted
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.operations import archive_record
from crm.records.queries import get_record
from crm.timeline.queries import page
from tests.factories import make_activity, make_company, make_contact, make_deal, make_note, make_ticket
from tests.factories.merging import make_merge, undo_merge
from tests.support.queries import count_queries

pytestmark = pytest.mark.usefixtures("clock")


def ask(record_id: int, *source_ids: int, how_far: str = "30", kinds: Collection[str] = NAMES) -> Wanted:
    """All kinds from these records in a period."""
    return wanted(record_id, [Source(one, period(how_far).since()) for one in source_ids], kinds)


def carry(actor: Viewer, asked: Wanted) -> Run:
    """Begin it, in a unit of its own."""
    end_read()
    with unit_of_work():
        return add_past_activity(actor, asked)


def undo(actor: Viewer, run: Run) -> Run:
    """Take it back."""
    end_read()
    with unit_of_work():
        return bulk.undo(actor, run.id)


def links(record_id: int) -> dict[int, tuple[str, str]]:
    """Why each activity is on a record, hidden and deleted ones too."""
    end_read()
    columns = (ActivityLink.activity_id, ActivityLink.source, ActivityLink.source_detail)
    found = sa.select(*columns).where(ActivityLink.record_id == record_id)
    rows = db.session.execute(unguarded(found, "a test looks")).tuples()
    return {activity_id: (source, detail) for activity_id, source, detail in rows}


def note_of(actor: Viewer, record_id: int, days: float, **more: Any) -> int:
    """A note of so many days ago, on this record alone."""
    return make_note(actor, record_id, activity_date=now() - timedelta(days=days), also_on=[], **more)


def do(operation: Callable[..., Any], *arguments: Any) -> Any:
    """One operation in a unit of its own."""
    end_read()
    with unit_of_work():
        return operation(*arguments)


@pytest.fixture
def firm(bob: Viewer) -> int:
    """A company of bob."""
    return make_company(bob, "Orange Inc")


@pytest.fixture
def batches_of_two(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """So that little is enough to have a job do the rest."""
    kind = bulk_kinds.get(CARRY_OVER)
    assert kind is not None
    monkeypatch.setitem(bulk_kinds._kinds, CARRY_OVER, replace(kind, batch=2))
    return


@pytest.mark.parametrize("make", [make_deal, make_ticket, make_contact])
def test_asc_36_what_is_31_days_old_is_left_out_until_the_period_is_widened(
    bob: Viewer, firm: int, make: Callable[[Viewer], int]
) -> None:
    record = make(bob)
    young, old = note_of(bob, firm, 29), note_of(bob, firm, 31)
    run = carry(bob, ask(record, firm))
    assert (run.state, run.changed) == (RunState.DONE, 1)
    assert links(record) == {young: (CARRY_OVER, f"{run.id}:{firm}")}
    wider = carry(bob, ask(record, firm, how_far="60"))
    assert links(record)[old] == (CARRY_OVER, f"{wider.id}:{firm}")
    end_read()
    assert [one.activity_id for one in page(bob, record).entries if one.activity_id] == [young, old]


def test_asc_36_the_periods_reach_as_far_as_they_say(bob: Viewer, firm: int) -> None:
    deal = make_deal(bob)
    for days in (29, 59, 89, 364, 4_000):
        note_of(bob, firm, days)
    end_read()
    assert [selection.count(bob, ask(deal, firm, how_far=one.name)) for one in PERIODS] == [1, 2, 3, 4, 5]


def test_asc_37_only_calls_emails_notes_meetings_and_tasks_are_added(bob: Viewer, firm: int) -> None:
    deal, moment = make_deal(bob), now() - timedelta(days=1)
    more: dict[str, Any] = {"meeting": {"ends_at": None}}
    made = {
        kind.name: make_activity(bob, kind.name, firm, [], activity_date=moment, **more.get(kind.name, {}))
        for kind in activity_types
    }
    assert len(made) == 9
    carry(bob, ask(deal, firm, kinds=[*NAMES, "sms", "postal_mail"]))
    assert set(links(deal)) == {made[name] for name in ("call", "email", "note", "meeting", "task")}
    assert recompute().values == 0


def test_what_is_still_to_come_is_not_past(bob: Viewer, firm: int) -> None:
    deal = make_deal(bob)
    make_activity(bob, "task", firm, also_on=[])
    end_read()
    assert selection.count(bob, ask(deal, firm, how_far="all")) == 0


def test_asc_34_what_is_on_two_chosen_records_comes_once(bob: Viewer, firm: int) -> None:
    john, deal = make_contact(bob, "John Doe"), make_deal(bob)
    both = make_note(bob, john, also_on=[firm])
    own, there = note_of(bob, john, 1), make_note(bob, firm, also_on=[deal])
    asked = ask(deal, john, firm)
    end_read()
    assert selection.count(bob, asked) == 2
    run = carry(bob, asked)
    assert (run.total, run.changed) == (2, 2)
    assert links(deal) == {
        both: (CARRY_OVER, f"{run.id}:{john}"),
        own: (CARRY_OVER, f"{run.id}:{john}"),
        there: ("person", ""),
    }
    with pytest.raises(InvalidValue, match="nothing new"):
        carry(bob, asked)


def test_undo_takes_off_what_it_made_and_nothing_that_a_person_linked(
    bob: Viewer, firm: int, batches_of_two: None, work: Callable[[], None]
) -> None:
    deal = make_deal(bob)
    notes = [note_of(bob, firm, days) for days in range(1, 6)]
    before = note_of(bob, deal, 1)
    run = carry(bob, ask(deal, firm))
    assert run.is_busy
    work()
    end_read()
    assert (get_run(bob, run.id).state, get_run(bob, run.id).changed) == (RunState.DONE, 5)
    assert recompute().values == 0
    do(unlink, bob, notes[0], deal)
    do(link, bob, notes[0], deal)
    do(unlink, bob, notes[1], deal)
    undo(bob, run)
    work()
    end_read()
    assert get_run(bob, run.id).state == RunState.UNDONE
    assert links(deal).keys() == {before, notes[0]}
    assert all(firm in [record for record in (firm,) if one in links(record)] for one in notes)
    assert get_record(bob, deal).values["num_notes"] == 2
    assert recompute().values == 0


def test_a_run_can_be_undone_for_90_days(bob: Viewer, firm: int, clock: time_machine.Traveller) -> None:
    deal = make_deal(bob)
    note_of(bob, firm, 1)
    run = carry(bob, ask(deal, firm))
    clock.shift(timedelta(days=91))
    with pytest.raises(InvalidValue):
        undo(bob, run)
    assert len(links(deal)) == 1


def test_hidden_activities_are_neither_counted_nor_added(bob: Viewer, charlie: Viewer, firm: int) -> None:
    hidden = make_company(charlie, "Zanz Works")
    note_of(charlie, hidden, 1)
    shared = make_note(bob, firm, activity_date=now() - timedelta(days=1), also_on=[])
    foreign = make_activity(charlie, "note", hidden, also_on=[])
    do(linking.link_many, bob, [linking.NewLink(foreign, firm, "bulk", "1")])
    deal = make_deal(bob)
    end_read()
    assert selection.count(bob, ask(deal, firm, hidden)) == 1
    carry(bob, ask(deal, firm, hidden))
    assert set(links(deal)) == {shared}


def test_a_record_that_the_person_may_not_change_gets_nothing(
    bob: Viewer, charlie: Viewer, dana: Viewer, firm: int
) -> None:
    note_of(bob, firm, 1)
    with pytest.raises(Forbidden):
        carry(dana, ask(make_deal(bob), firm))
    with pytest.raises(NotFound):
        carry(bob, ask(make_deal(charlie), firm))


def test_what_is_deleted_in_between_is_left_out(
    bob: Viewer, firm: int, batches_of_two: None, work: Callable[[], None]
) -> None:
    deal, notes = make_deal(bob), [note_of(bob, firm, days) for days in range(1, 5)]
    run = carry(bob, ask(deal, firm))
    do(archive_activity, bob, notes[2])
    work()
    assert set(links(deal)) == {notes[0], notes[1], notes[3]}
    assert get_run(bob, run.id).changed == 3


def test_who_loses_the_record_meanwhile_does_not_go_on(
    alice: Viewer, bob: Viewer, firm: int, batches_of_two: None, work: Callable[[], None]
) -> None:
    deal = make_deal(bob)
    for days in range(1, 5):
        note_of(bob, firm, days)
    run = carry(bob, ask(deal, firm))
    do(archive_record, alice, deal)
    work()
    end_read()
    found = get_run(bob, run.id)
    assert (found.state, found.changed) == (RunState.FAILED, 2)
    undo(alice, run)
    assert links(deal) == {}


def test_an_activity_on_as_many_records_as_it_can_be_on_is_said(
    bob: Viewer, firm: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, free = make_note(bob, firm, also_on=[make_contact(bob)]), note_of(bob, firm, 1)
    monkeypatch.setattr(linking, "MOST_LINKS", 2)
    deal = make_deal(bob)
    run = carry(bob, ask(deal, firm))
    assert set(links(deal)) == {free}
    assert full not in links(deal)
    assert (run.skipped, [str(one) for one in run.problems]) == (
        1,
        ["One activity was left out: it is on 10,000 records already."],
    )


def test_undo_reaches_what_merges_made_of_the_record(alice: Viewer) -> None:
    firm, deal, other = make_company(alice), make_deal(alice, "Crates"), make_deal(alice, "Boxes")
    note, own = note_of(alice, firm, 1), note_of(alice, other, 1)
    run = carry(alice, ask(deal, firm))
    merged = make_merge(alice, deal, other)
    assert set(links(merged.record_id)) == {note, own}
    undo(alice, run)
    assert set(links(merged.record_id)) == {own}
    assert recompute().values == 0
    undo_merge(alice, merged.merge_id)
    assert links(deal) == {}


def test_a_crowded_record_is_walked_in_the_same_order(bob: Viewer, firm: int, monkeypatch: pytest.MonkeyPatch) -> None:
    deal, john = make_deal(bob), make_contact(bob, "John Doe")
    notes = [note_of(bob, one, days) for one, days in ((firm, 3), (john, 1), (firm, 40), (firm, 2), (john, 5))]
    asked = ask(deal, firm, john)
    expected = [notes[0], notes[1], notes[3], notes[4]]
    for most in (2_000, 1):
        monkeypatch.setattr(selection, "SORTED", most)
        end_read()
        assert selection.next_ids(bob, asked, 0, 10) == expected
        assert selection.next_ids(bob, asked, 0, 2) == expected[:2]
        assert selection.next_ids(bob, asked, notes[1], 10) == expected[2:]


def test_a_batch_takes_as_many_statements_for_fifty_as_for_five(bob: Viewer, firm: int) -> None:
    john, counts = make_contact(bob, "John Doe"), []
    for amount in (5, 45):
        for _ in range(amount):
            note_of(bob, firm, 1)
        deal = make_deal(bob)
        end_read()
        with count_queries() as queries:
            carry(bob, ask(deal, firm, john))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 60
