"""What is deleted for good goes with all that hangs on it, and nothing else does (SPEC 4.7)."""

import io
import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from crm.activities.queries import read_activity
from crm.db import Base, db, end_read, unit_of_work
from crm.files import sweeping
from crm.files.operations import attach
from crm.jobs.kinds import housekeeping
from crm.merging.operations import Merged, merge, unmerge
from crm.merging.planning import plan
from crm.objects.queries import schema
from crm.permissions.errors import NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records import purge
from crm.records.models import Record
from crm.records.operations import archive_record, restore_record, update_record
from crm.records.purge import purge_due
from crm.records.purging import hanging
from crm.web.file_store import file_store
from tests.factories import make_comment, make_company, make_contact, make_deal, make_note, relate

LONG_AGO = timedelta(days=92)
LONG_BEFORE = (0, 0)
EVERYWHERE = frozenset({"search_outbox", "search_dead", "search_document", "job", "stamp", "form_key"})


def delete(actor: Viewer, record_id: int, permanently: bool = False) -> None:
    end_read()
    with unit_of_work():
        archive_record(actor, record_id, permanently)


def exists(record_id: int) -> bool:
    end_read()
    return db.session.scalar(unguarded(sa.select(Record.id).where(Record.id == record_id), "a test looks")) is not None


def rows() -> Counter[str]:
    """How many rows each table has, those of the objects too."""
    end_read()
    tables = [table for name, table in Base.metadata.tables.items() if name not in EVERYWHERE]
    tables += [kind.table for kind in schema().types.values()]
    count = sa.select(sa.func.count())
    return Counter({
        table.name: db.session.scalar(unguarded(count.select_from(table), "a test counts")) or 0 for table in tables
    })


def test_every_foreign_key_to_a_record_is_known_to_the_purge(application: Flask) -> None:
    """A table that hangs on records gets a file in crm/records/purging, or says ON DELETE CASCADE."""
    record = Base.metadata.tables["record"]
    known = {
        (table, column)
        for family in hanging
        for columns in (family.deleted, family.emptied, family.told)
        for table, names in columns.items()
        for column in names
    }
    keys = {
        (table.name, key.parent.name)
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column is record.c.id and (key.ondelete or "").upper() != "CASCADE"
    }
    assert keys - known == set(), "give these a file in crm/records/purging"
    assert {(table, column) for table, column in known if column not in Base.metadata.tables[table].c} == set()


def test_a_permanent_deletion_leaves_no_row_behind(
    app: Flask, alice: Viewer, bob: Viewer, work: Callable[[], None]
) -> None:
    company = make_company(alice)
    before = rows()
    contact = make_contact(alice, company="Orange Inc")
    with unit_of_work():
        update_record(bob, contact, {"jobtitle": "Buyer"})
    relate(alice, contact, company)
    note = make_note(alice, contact, also_on=[])
    make_comment(alice, note)
    deposit = file_store().store(io.BytesIO(b"a contract"), "contract.pdf", "application/pdf")
    with unit_of_work():
        attach(alice, contact, deposit)
        attach(alice, note, deposit)
    assert (rows() - before).total() > 10
    delete(alice, contact, permanently=True)
    work()
    left = rows() - before
    left.pop("stored_file")  # the bytes go a week later
    left.pop("audit_entry")
    assert left == Counter()
    assert not exists(contact)
    assert not exists(note)


def test_the_audit_log_tells_of_it_without_the_name(app: Flask, alice: Viewer, client_of: Callable) -> None:
    contact = make_contact(alice, "Quercus Robur")
    delete(alice, contact, permanently=True)
    page = client_of(alice).get("/settings/audit").text
    assert "Deleted a record for good" in page
    assert f"#{contact}" in page
    assert "Robur" not in page


def test_what_others_share_stays(app: Flask, alice: Viewer, work: Callable[[], None]) -> None:
    contact, deal, other = make_contact(alice), make_deal(alice), make_contact(alice, "Ida Lund")
    relate(alice, contact, deal)
    relate(alice, other, deal)
    shared, own = make_note(alice, contact, also_on=[deal]), make_note(alice, contact, also_on=[])
    delete(alice, contact, permanently=True)
    work()
    assert [exists(one) for one in (contact, own, shared, deal, other)] == [False, False, True, True, True]
    links = Base.metadata.tables["activity_link"]
    on = sa.select(links.c.record_id).where(links.c.activity_id == shared)
    assert db.session.scalars(unguarded(on, "a test looks")).all() == [deal]


def test_a_shared_activity_is_found_without_the_record_that_went(
    app: Flask, alice: Viewer, client_of: Callable, work: Callable[[], None]
) -> None:
    contact, deal = make_contact(alice, "Quercus Robur"), make_deal(alice)
    note = make_note(alice, contact, "<p>Acorns wanted</p>", also_on=[deal])
    own = make_note(alice, contact, "<p>Acorns alone</p>", also_on=[])
    delete(alice, contact, permanently=True)
    work()
    page = client_of(alice).get("/search?q=acorns").text
    assert f"/activities/{note}" in page
    assert f"/activities/{own}" not in page


def test_the_bin_empties_itself_after_90_days_and_keeps_what_people_did(
    app: Flask, alice: Viewer, clock: time_machine.Traveller
) -> None:
    old = make_contact(alice)
    note = make_note(alice, old, also_on=[])
    delete(alice, old)
    clock.shift(timedelta(days=60))
    young = make_contact(alice)
    delete(alice, young)
    clock.shift(LONG_AGO - timedelta(days=60))
    housekeeping.run({})
    assert [exists(one) for one in (old, young)] == [False, True]
    assert read_activity(note).body  # on no record any more, and not lost


def test_what_was_restored_is_not_purged(app: Flask, alice: Viewer, clock: time_machine.Traveller) -> None:
    contact = make_contact(alice)
    delete(alice, contact)
    end_read()
    with unit_of_work():
        restore_record(alice, contact)
    clock.shift(LONG_AGO)
    assert purge_due() == 0
    assert exists(contact)


def test_many_go_in_batches(app: Flask, alice: Viewer, clock: time_machine.Traveller) -> None:
    gone = [make_deal(alice, f"Deal {number}") for number in range(30)]
    for deal in gone:
        delete(alice, deal)
    clock.shift(LONG_AGO)
    assert purge_due() == 30
    assert not any(exists(deal) for deal in gone)
    assert purge_due() == 0


def test_many_activities_are_let_go_in_batches(
    app: Flask, alice: Viewer, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "ACTIVITIES", 2)
    contact, deal = make_contact(alice), make_deal(alice)
    own = [make_note(alice, contact, also_on=[]) for _ in range(5)]
    shared = [make_note(alice, contact, also_on=[deal]) for _ in range(5)]
    delete(alice, contact, permanently=True)
    work()
    assert [exists(one) for one in (*own, *shared, contact)] == [False] * 5 + [True] * 5 + [False]


def test_a_pin_of_an_activity_that_goes_is_taken_off(app: Flask, alice: Viewer, work: Callable[[], None]) -> None:
    from crm.activities.operations import pin

    contact = make_contact(alice)
    note = make_note(alice, contact, also_on=[])
    with unit_of_work():
        pin(alice, contact, note)
    delete(alice, contact, permanently=True)
    work()
    assert not exists(note)


def merged(actor: Viewer, one: int, other: int) -> Merged:
    end_read()
    with unit_of_work():
        return merge(actor, plan(actor, one, other))


def test_records_merged_into_one_that_goes_go_with_it(app: Flask, alice: Viewer, work: Callable[[], None]) -> None:
    one, two, three, other = (make_contact(alice) for _ in range(4))
    both = merged(alice, one, two).record_id
    all_three = merged(alice, both, three).record_id
    delete(alice, all_three, permanently=True)
    work()
    assert [exists(record) for record in (one, two, three, both, all_three)] == [False] * 5
    assert exists(other)


def test_what_an_undone_merge_left_behind_goes_with_either_of_the_two(
    app: Flask, alice: Viewer, work: Callable[[], None]
) -> None:
    stays, gone = make_contact(alice), make_contact(alice)
    made = merged(alice, stays, gone)
    with unit_of_work():
        unmerge(alice, made.merge_id)
    delete(alice, gone, permanently=True)
    work()
    assert [exists(record) for record in (stays, gone, made.record_id)] == [True, False, False]


def test_bytes_nobody_has_any_more_are_swept_up_a_week_later(
    app: Flask, alice: Viewer, clock: time_machine.Traveller, work: Callable[[], None]
) -> None:
    contact, deal = make_contact(alice), make_deal(alice)
    own = file_store().store(io.BytesIO(b"only here"), "own.txt", "text/plain")
    shared = file_store().store(io.BytesIO(b"here and there"), "shared.txt", "text/plain")
    with unit_of_work():
        attach(alice, contact, own)
        attach(alice, contact, shared)
        attach(alice, deal, shared)
    delete(alice, contact, permanently=True)
    work()
    paths = [file_store().path(one.sha256) for one in (own, shared)]
    sweeping.forget_unused_files()
    sweeping.sweep()
    assert [path.exists() for path in paths] == [True, True], "too young to be swept"
    clock.shift(timedelta(days=8))
    for path in paths:
        os.utime(path, LONG_BEFORE)
    sweeping.forget_unused_files()
    assert sweeping.sweep() == 1
    assert [path.exists() for path in paths] == [False, True]


def test_bytes_stored_again_are_young_again(app: Flask) -> None:
    deposit = file_store().store(io.BytesIO(b"twice"), "one.txt", "text/plain")
    path = file_store().path(deposit.sha256)
    os.utime(path, LONG_BEFORE)
    file_store().store(io.BytesIO(b"twice"), "two.txt", "text/plain")
    assert sweeping.sweep() == 0
    assert path.read_bytes() == b"twice"
    os.utime(path, LONG_BEFORE)
    assert sweeping.sweep() == 1
    assert not path.exists()


def test_bytes_that_never_came_whole_are_swept_up_too(app: Flask) -> None:
    root = file_store().path("0" * 64).parents[2]
    root.mkdir(exist_ok=True)
    old, young = root / ".incoming-old", root / ".incoming-young"
    for path in (old, young):
        path.write_bytes(b"half of a f")
    os.utime(old, LONG_BEFORE)
    assert sweeping.sweep() == 1
    assert [path.exists() for path in (old, young)] == [False, True]


def test_a_permanent_deletion_is_no_way_round_the_rights(alice: Viewer, dana: Viewer) -> None:
    contact = make_contact(alice)
    with pytest.raises((NotFound, PermissionError)), unit_of_work():
        archive_record(dana, contact, permanently=True)
    assert exists(contact)
