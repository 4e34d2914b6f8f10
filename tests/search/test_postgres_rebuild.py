"""What is missing among the documents on PostgreSQL is filled in, newest first, whoever is killed meanwhile."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.activities.operations import archive_activity
from crm.db import db, end_read, touch, unit_of_work
from crm.permissions.viewer import Viewer
from crm.search import index, postgres_rebuild
from crm.search.activities import NO_INDEX, PART_OF_INDEX
from crm.search.health import read_status
from crm.search.models import STAMP
from crm.search.postgres_tables import search_building, search_document
from crm.search.queries import search
from tests.factories import make_contact, make_note
from tests.support.databases import only_on

pytestmark = only_on("postgres")

Loss = Callable[[list[int]], None]


@pytest.fixture
def notes(alice: Viewer, catch_up: Callable[[], None]) -> list[int]:
    contact = make_contact(alice)
    made = [make_note(alice, contact, f"<p>quince {number}</p>") for number in range(7)]
    catch_up()
    return made


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.search.postgres_rebuild.BATCH", 3)


def found(alice: Viewer, q: str = "quince") -> list[int]:
    end_read()
    return sorted(hit.document.activity_id for hit in search(alice, q).activities)


def note_of(alice: Viewer) -> str | None:
    end_read()
    note = search(alice, "quince").note
    return note and note.text


def change(statement: sa.Executable) -> None:
    end_read()
    with unit_of_work():
        db.session.execute(statement)


def lose(ids: list[int]) -> None:
    change(sa.delete(search_document).where(search_document.c.activity_id.in_(ids)))


def spoil(ids: list[int]) -> None:
    table = search_document
    change(sa.update(table).where(table.c.activity_id.in_(ids)).values(fingerprint=0, everything=sa.text("''")))


def outdate(ids: list[int]) -> None:
    table = search_document
    change(sa.update(table).where(table.c.activity_id.in_(ids)).values(version=0, everything=sa.text("''")))


def begin_anew() -> None:
    """As `generate` does, which writes past the operations."""
    end_read()
    with unit_of_work():
        touch(STAMP)


def turn() -> int:
    return postgres_rebuild.run_once()


def test_an_index_that_has_never_been_built_is_not_asked(alice: Viewer) -> None:
    note = make_note(alice, make_contact(alice), "<p>quince</p>")
    assert found(alice) == [note]
    assert note_of(alice) == NO_INDEX
    end_read()
    assert not read_status().is_usable
    while turn():
        pass
    assert found(alice) == [note]
    assert note_of(alice) is None


@pytest.mark.parametrize("loss", [lose, spoil, outdate])
def test_what_is_not_as_it_should_be_is_written_newest_first(alice: Viewer, notes: list[int], loss: Loss) -> None:
    loss(notes)
    assert found(alice) == []
    begin_anew()
    assert note_of(alice) == PART_OF_INDEX
    sizes = []
    while turn():
        sizes.append(len(found(alice)))
    assert sizes == [3, 6, 7]
    assert found(alice) == notes
    assert note_of(alice) is None
    assert turn() == 0


def test_documents_without_an_activity_go(alice: Viewer, notes: list[int]) -> None:
    kept = sa.select(search_document).where(search_document.c.activity_id == notes[4])
    row = db.session.execute(kept).mappings().one()
    end_read()
    with unit_of_work():
        archive_activity(alice, notes[4])
    change(sa.insert(search_document).values(**row))
    change(sa.insert(search_document).values(**{**row, "activity_id": 900_000}))
    begin_anew()
    while turn():
        pass
    end_read()
    usable = index.usable()
    assert usable is not None
    assert sorted(usable.engine.fingerprints(0, 1_000_000)) == [*notes[:4], *notes[5:]]


def test_an_upgraded_program_writes_all_anew(alice: Viewer, notes: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("postgres_rebuild", "postgres_documents", "postgres_query"):
        monkeypatch.setattr(f"crm.search.{module}.VERSION", 9_999)
    assert note_of(alice) == PART_OF_INDEX
    assert found(alice) == notes
    while turn():
        pass
    end_read()
    assert set(db.session.scalars(sa.select(search_document.c.version))) == {9_999}
    assert note_of(alice) is None


def test_killed_in_the_middle_it_goes_on_there(
    alice: Viewer, notes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    lose(notes)
    begin_anew()
    assert turn() == 3

    def die(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("crm.search.postgres_documents._bury", die)
        turn()
    assert len(found(alice)) == 3
    assert [turn(), turn(), turn()] == [3, 1, 0]
    assert found(alice) == notes


def test_one_worker_at_a_time(app: Flask, alice: Viewer, notes: list[int]) -> None:
    lose(notes)
    begin_anew()
    assert turn() == 3
    end_read()
    with db.engine.connect() as other, other.begin():
        other.execute(sa.text("SET TRANSACTION READ WRITE"))
        other.execute(sa.select(search_building).with_for_update())
        assert turn() == 0
    assert turn() == 3


def test_status_says_how_far_it_is(alice: Viewer, notes: list[int]) -> None:
    lose(notes)
    begin_anew()
    turn()
    end_read()
    status = read_status()
    assert (status.engine, status.is_usable, status.is_whole) == ("postgres", True, False)
    assert (status.rows_waiting, status.documents, status.activities) == (0, 3, 7)
    assert status.building is not None
    assert (status.building.done, status.building.total) == (3, 7)
    while turn():
        pass
    end_read()
    status = read_status()
    assert (status.is_whole, status.building) == (True, None)
    assert status.last_rebuild is not None


def test_reindex_writes_every_document_anew_and_tells_how_far_it_is(alice: Viewer, notes: list[int]) -> None:
    """Also those that look right: their fingerprint says nothing about the words beside it."""
    change(sa.update(search_document).values(everything=sa.text("''")))
    assert found(alice) == []
    end_read()
    told: list[tuple[int, int]] = []
    assert postgres_rebuild.rebuild(lambda done, total: told.append((done, total))) == 7
    assert told == [(0, 7), (3, 7), (6, 7), (7, 7)]
    assert found(alice) == notes


def test_command_makes_the_index_anew(app: Flask, alice: Viewer, notes: list[int]) -> None:
    change(sa.delete(search_document))
    end_read()
    ended = app.test_cli_runner().invoke(args=["reindex"])
    assert ended.exit_code == 0, ended.output
    assert "7 activities" in ended.output
    assert found(alice) == notes
