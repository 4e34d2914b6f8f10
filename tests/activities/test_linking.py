"""Many activities onto records and off them at once (SPEC 6.8-6.9)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from crm.activities import linking
from crm.activities.history import changes_of_activity
from crm.activities.linking import NewLink, link_many, unlink_many
from crm.activities.operations import archive_activity, pin
from crm.activities.queries import links_of
from crm.db import db, end_read, unit_of_work
from crm.derived.recomputing import recompute
from crm.permissions.viewer import Viewer
from crm.records.queries import get_record
from crm.search.comparison import compare_all
from crm.timeline.queries import page
from tests.factories import make_activity, make_call, make_company, make_contact, make_deal, make_note, make_task
from tests.support.databases import only_on
from tests.support.queries import count_queries


def put(actor: Viewer, record_id: int, *activity_ids: int) -> linking.LinkedMany:
    """These activities onto a record, in bulk."""
    end_read()
    with unit_of_work():
        return link_many(actor, [NewLink(one, record_id, "bulk", "7") for one in activity_ids])


def take(actor: Viewer, record_id: int, *activity_ids: int) -> linking.LinkedMany:
    """These activities off a record, in bulk."""
    end_read()
    with unit_of_work():
        return unlink_many(actor, [(one, record_id) for one in activity_ids], "bulk", "7")


def on_timeline(viewer: Viewer, record_id: int) -> list[int | None]:
    """The activities on a timeline, what is to come first."""
    end_read()
    found = page(viewer, record_id)
    return [one.activity_id for one in (*found.upcoming, *found.entries) if one.activity_id]


def test_activities_come_onto_a_record_and_leave_it_with_all_that_follows(alice: Viewer) -> None:
    firm = make_company(alice, "Orange Inc")
    ada = make_contact(alice, "Ada Berg", email="ada@orange.example")
    note, call = make_note(alice, firm), make_call(alice, firm, outcome="CONNECTED")
    task = make_task(alice, firm)
    assert put(alice, ada, note, call, task).pairs == ((note, ada), (call, ada), (task, ada))
    assert on_timeline(alice, ada) == on_timeline(alice, firm) == [task, call, note]
    values = get_record(alice, ada).values
    assert (values["num_notes"], values["num_contacted_notes"]) == (3, 1)
    assert values["notes_next_activity_date"] is not None
    assert recompute().values == 0
    assert put(alice, ada, note, call).pairs == ()
    assert set(take(alice, ada, note, task).pairs) == {(note, ada), (task, ada)}
    assert on_timeline(alice, ada) == [call]
    values = get_record(alice, ada).values
    assert (values["num_notes"], values["notes_next_activity_date"]) == (1, None)
    assert recompute().values == 0


def test_the_history_of_each_activity_tells_it(alice: Viewer) -> None:
    firm, deal = make_company(alice), make_deal(alice)
    note = make_note(alice, firm)
    put(alice, deal, note)
    take(alice, deal, note)
    end_read()
    moves = [one for one in changes_of_activity(alice, note) if one.other_id == deal]
    assert [(one.is_added, one.source, one.source_detail) for one in moves] == [
        (False, "bulk", "7"),
        (True, "bulk", "7"),
    ]


def test_an_activity_stays_on_the_last_record_that_the_person_sees(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    hidden, own, other = make_contact(charlie, "Zanz"), make_contact(bob, "Ada"), make_contact(bob, "Eva")
    note = make_note(charlie, hidden)
    put(alice, own, note)
    both = make_note(bob, own, also_on=[other])
    outcome = take(bob, own, note, both)
    assert (outcome.pairs, outcome.full) == ([(both, own)], {note})
    end_read()
    assert [one.record_id for one in links_of(bob, note)] == [own]


def test_an_activity_on_the_most_records_it_can_be_on_is_left_out(
    alice: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linking, "MOST_LINKS", 2)
    ada, eva, mia = (make_contact(alice, name) for name in ("Ada", "Eva", "Mia"))
    full, free = make_note(alice, ada, also_on=[eva]), make_note(alice, ada, also_on=[])
    outcome = put(alice, mia, full, free)
    assert (outcome.pairs, outcome.full) == (((free, mia),), {full})


def test_a_pin_goes_with_its_activity_and_a_deleted_activity_is_taken_off_too(alice: Viewer) -> None:
    firm, deal = make_company(alice), make_deal(alice)
    pinned, deleted = make_note(alice, firm), make_note(alice, firm)
    put(alice, deal, pinned, deleted)
    end_read()
    with unit_of_work():
        pin(alice, deal, pinned)
        archive_activity(alice, deleted)
    assert set(take(alice, deal, pinned, deleted).pairs) == {(pinned, deal), (deleted, deal)}
    end_read()
    assert get_record(alice, deal).pinned_activity_id is None
    assert get_record(alice, deal).values["num_notes"] == 0
    assert recompute().values == 0


def test_it_takes_as_many_statements_for_fifty_as_for_five(alice: Viewer) -> None:
    firm = make_company(alice)
    notes = [make_note(alice, firm) for _ in range(55)]
    counts = []
    for some in (notes[:5], notes[5:]):
        deal = make_deal(alice)
        for step in (put, take):
            with count_queries() as queries:
                step(alice, deal, *some)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 25


def test_search_knows_at_once_on_which_records_they_are(alice: Viewer, work: Callable[[], None]) -> None:
    firm, deal = make_company(alice), make_deal(alice)
    letter = make_activity(alice, "email", firm, title="Marmalade prices")
    for step in (put, take):
        work()
        step(alice, deal, letter)
        work()
        end_read()
        assert compare_all().differences == ()


@only_on("sqlite")
def test_no_statement_reads_all_links_or_all_timelines(alice: Viewer) -> None:
    """SQLite takes no index for pairs alone, so that a batch would cost the more the more is stored."""
    firm, deal = make_company(alice), make_deal(alice)
    notes = [make_note(alice, firm) for _ in range(3)]
    asked: list[tuple[str, Any]] = []
    hear = ("before_cursor_execute", lambda _c, _cursor, text, values, *_more: asked.append((text, values)))
    sa.event.listen(db.engine, *hear)
    try:
        put(alice, deal, *notes)
        take(alice, deal, *notes)
    finally:
        sa.event.remove(db.engine, *hear)
    end_read()
    steps = [
        row.detail
        for text, values in asked
        if text.startswith(("SELECT", "UPDATE", "DELETE"))
        for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
    ]
    assert any("activity_link" in step for step in steps)
    assert [step for step in steps if re.search(r"SCAN (activity_link|timeline_entry|record)\b", step)] == []
