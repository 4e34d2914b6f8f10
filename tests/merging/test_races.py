"""Merges and other changes of the same records at the same moment: one wins, nobody waits for ever, nothing is half."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import sqlalchemy as sa
from flask import Flask

from crm.activities.operations import create_activity, link, unlink
from crm.associations.operations import associate
from crm.db import db, end_read, unit_of_work
from crm.files.operations import attach
from crm.files.queries import attachments_of
from crm.files.storage import FileStore
from crm.merging.errors import CannotUnmerge, Outdated
from crm.merging.latecomers import bring_along
from crm.merging.operations import merge, unmerge
from crm.merging.planning import MergePlan, plan
from crm.permissions.errors import NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.records.queries import current_id, get_record
from crm.timeline import queries as timeline
from tests.durability.invariants import broken
from tests.durability.snapshot import Snapshot
from tests.factories import make_company, make_contact, make_note, make_ticket, relate
from tests.factories.activities import sample_values
from tests.factories.merging import make_merge, undo_merge

REFUSALS = (Outdated, CannotUnmerge, NotFound)


def answers(app: Flask, *acts: Callable[[], object]) -> list[object]:
    """What came of acts that all begin at the same moment: what they returned, or the refusal they raised."""
    end_read()
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        with app.app_context():
            start.wait(30)
            try:
                with unit_of_work():
                    return act()
            except REFUSALS as error:
                return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def planned(app: Flask, actor: Viewer, first: int, second: int) -> MergePlan:
    end_read()
    return plan(actor, first, second)


def test_same_record_is_merged_once(app: Flask, alice: Viewer) -> None:
    for _ in range(5):
        one, two, three = make_contact(alice), make_contact(alice), make_contact(alice)
        relate(alice, one, make_company(alice))
        plans = [planned(app, alice, *pair) for pair in ((one, two), (three, one), (two, one))]
        found = answers(app, *(lambda plan=plan: merge(alice, plan) for plan in plans))
        refused = [one for one in found if isinstance(one, Outdated)]
        assert len(refused) == 2
        assert all("merged or deleted in the meantime" in str(one) for one in refused)
    end_read()
    assert broken(Snapshot()) == []


def test_merge_is_undone_once(app: Flask, alice: Viewer) -> None:
    made = make_merge(alice, make_contact(alice), make_contact(alice))
    found = answers(app, *(lambda: unmerge(alice, made.merge_id) for _ in range(3)))
    assert sum(isinstance(one, tuple) for one in found) == 1
    assert sum(isinstance(one, CannotUnmerge) for one in found) == 2


def test_links_and_notes_of_the_same_moment_are_not_lost(app: Flask, alice: Viewer) -> None:
    """Whoever is first: a link or a note is on what the record has become, or was refused."""
    for _ in range(5):
        first, second = make_company(alice), make_company(alice)
        contact, ticket = make_contact(alice), make_ticket(alice)
        relate(alice, contact, first)
        merging = planned(app, alice, first, second)
        found = answers(
            app,
            lambda merging=merging: merge(alice, merging),
            lambda second=second, ticket=ticket: associate(alice, ticket, second),
            lambda first=first: create_activity(alice, "note", sample_values("note"), first),
            lambda contact=contact, second=second: associate(alice, contact, second),
        )
        end_read()
        assert not isinstance(found[0], Exception)
        new = current_id(alice, first)
        assert get_record(alice, new).id == new
    end_read()
    assert broken(Snapshot()) == []


def test_note_that_came_in_the_moment_of_the_merge_is_brought_along(app: Flask, alice: Viewer) -> None:
    first, second = make_contact(alice), make_contact(alice)
    made = make_merge(alice, first, second)
    late = _logged_on_what_is_gone(alice, first)
    assert bring_along(made.merge_id) == 1
    assert bring_along(made.merge_id) == 0
    end_read()
    assert [entry.activity_id for entry in timeline.glance(alice, made.record_id, 5)[0]] == [late]
    assert get_record(alice, made.record_id).values["num_notes"] == 1
    assert broken(Snapshot()) == []
    undo_merge(alice, made.merge_id)
    end_read()
    assert [entry.activity_id for entry in timeline.glance(alice, first, 5)[0]] == [late]
    assert broken(Snapshot()) == []


def test_note_taken_off_right_after_the_merge_is_not_brought_along(alice: Viewer) -> None:
    first, second, other = make_contact(alice), make_contact(alice), make_contact(alice)
    note = make_note(alice, first)
    end_read()
    with unit_of_work():
        link(alice, note, other)
    made = make_merge(alice, first, second)
    with unit_of_work():
        unlink(alice, note, made.record_id)
    assert bring_along(made.merge_id) == 0


def test_file_attached_in_the_moment_of_a_merge_is_on_the_merged_record_or_refused(app: Flask, alice: Viewer) -> None:
    config = app.config["KARTOTEK"]
    store = FileStore.in_data_dir(config.data_dir, config.max_upload_mb)
    for _ in range(5):
        first, second = make_contact(alice), make_contact(alice)
        deposit = store.store(io.BytesIO(b"an offer"), "offer.txt", "text/plain")
        merging = planned(app, alice, first, second)
        found = answers(
            app,
            lambda merging=merging: merge(alice, merging),
            lambda first=first, deposit=deposit: attach(alice, first, deposit),
        )
        end_read()
        new = current_id(alice, first)
        is_there = bool(attachments_of(alice, [new]).get(new))
        assert is_there != isinstance(found[1], NotFound)


def _logged_on_what_is_gone(actor: Viewer, record_id: int) -> int:
    """A note as another transaction writes it that has seen the record before it was merged."""
    record = Record.__table__
    mine = sa.update(record).where(record.c.id == record_id)
    end_read()
    gone = db.session.scalar(unguarded(sa.select(record.c.archived_at).where(record.c.id == record_id), "a test looks"))
    end_read()
    with unit_of_work():
        db.session.execute(mine.values(archived_at=None))
        note = create_activity(actor, "note", sample_values("note"), record_id)
        db.session.execute(mine.values(archived_at=gone))
    return note
