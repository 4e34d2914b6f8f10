"""Index and database are compared, and what differs is mended (LIBRARIES 4.4)."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import Flask
from time_machine import Traveller

from crm.db import db, end_read, unit_of_work
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.search import index, indexer
from crm.search.comparison import Difference, Fault, compare_all, compare_sample, last_check, look_and_mend, mend
from crm.search.engine import Document
from tests.factories import make_contact, make_note
from tests.support.databases import only_on

CatchUp = Callable[[], None]


pytestmark = only_on("sqlite")


def past_the_outbox(notes: Sequence[int], **values: object) -> None:
    """Change notes as somebody would who writes into the database by hand."""
    table = schema().object_type("note").table
    end_read()
    with unit_of_work():
        db.session.execute(sa.update(table).where(table.c.record_id.in_(notes)).values(**values))


def ghost(activity_id: int) -> None:
    """Put an activity into the index that the database does not have."""
    engine = indexer.Indexer(index.folder()).engine
    document = Document(activity_id, "note", "note", None, datetime(2026, 1, 1, tzinfo=UTC), (), "", "ghost", "")
    engine.apply(0, [], [engine.prepare(document)], index.folder().position() or 0)


def test_index_in_step_equals_the_database(alice: Viewer, catch_up: CatchUp) -> None:
    contact = make_contact(alice)
    for _ in range(4):
        make_note(alice, contact)
    catch_up()
    for found in (compare_all(), compare_sample()):
        assert (found.looked_at, found.differences) == (4, ())


def test_what_waits_to_be_indexed_is_no_difference(alice: Viewer, catch_up: CatchUp) -> None:
    contact = make_contact(alice)
    catch_up()
    make_note(alice, contact)
    found = compare_all()
    assert (found.looked_at, found.differences) == (1, ())


def test_every_way_to_differ_is_found_and_mended(alice: Viewer, catch_up: CatchUp, clock: Traveller) -> None:
    contact = make_contact(alice)
    notes = [make_note(alice, contact, "<p>apple</p>") for _ in range(4)]
    catch_up()
    past_the_outbox(notes[:1], body="<p>pear</p>")
    engine = indexer.Indexer(index.folder()).engine
    engine.apply(0, [notes[1]], [], index.folder().position() or 0)
    ghost(notes[3] + 1)
    expected = {
        Difference(notes[0], Fault.OTHER),
        Difference(notes[1], Fault.MISSING),
        Difference(notes[3] + 1, Fault.GONE),
    }
    assert set(compare_all().differences) == expected
    assert set(look_and_mend().differences) <= expected
    catch_up()
    end_read()
    found = compare_all()
    end_read()
    with unit_of_work():
        mend(found)
    catch_up()
    assert compare_all().differences == ()


def test_index_that_differs_widely_is_built_anew_at_most_once_an_hour(
    alice: Viewer, catch_up: CatchUp, clock: Traveller
) -> None:
    contact = make_contact(alice)
    notes = [make_note(alice, contact, "<p>apple</p>") for _ in range(12)]
    catch_up()
    past_the_outbox(notes, body="<p>pear</p>")
    assert len(look_and_mend().differences) >= 10
    manifest = index.folder().manifest()
    assert manifest is not None
    assert manifest.to_build == (0,)
    catch_up()
    assert compare_all().differences == ()
    past_the_outbox(notes, body="<p>plum</p>")
    assert len(look_and_mend().differences) >= 10
    manifest = index.folder().manifest()
    assert manifest is not None
    assert manifest.to_build == ()
    catch_up()
    assert compare_all().differences == ()
    clock.shift(timedelta(hours=2))
    past_the_outbox(notes, body="<p>melon</p>")
    look_and_mend()
    manifest = index.folder().manifest()
    assert manifest is not None
    assert manifest.to_build == (0,)


def test_last_look_is_remembered(alice: Viewer, catch_up: CatchUp) -> None:
    assert last_check() is None
    notes = [make_note(alice, make_contact(alice)) for _ in range(2)]
    catch_up()
    past_the_outbox(notes, body="<p>pear</p>")
    look_and_mend()
    last = last_check()
    assert last is not None
    assert (last.looked_at, last.differing, last.rebuild_at) == (2, 2, None)


def test_without_a_whole_index_there_is_nothing_to_compare(alice: Viewer) -> None:
    make_note(alice, make_contact(alice))
    assert not compare_all().is_possible
    assert not compare_sample(random.Random(1)).is_possible


def test_index_that_cannot_be_read_is_not_compared_but_made_anew(app: Flask, alice: Viewer, catch_up: CatchUp) -> None:
    make_note(alice, make_contact(alice), "<p>apple</p>")
    catch_up()
    (segment,) = index.folder().shard_path(0).glob("*.set")
    segment.write_bytes(b"nonsense")
    assert not look_and_mend().is_possible
    end_read()
    told = app.test_cli_runner().invoke(args=["doctor", "--search"])
    assert "LOOK  the search index is not whole and cannot be compared" in told.output, told.output
    end_read()
    catch_up()
    assert compare_all().looked_at == 1


def test_doctor_compares_when_asked_to(app: Flask, alice: Viewer, catch_up: CatchUp) -> None:
    note = make_note(alice, make_contact(alice))
    catch_up()
    end_read()
    run = app.test_cli_runner().invoke
    assert "differ over 0 of 1 activities" in run(args=["doctor", "--search"]).output
    past_the_outbox([note], body="<p>pear</p>")
    ended = run(args=["doctor", "--search"])
    assert ended.exit_code == 1
    assert f"activity {note} is in the index as it was before a change" in ended.output
