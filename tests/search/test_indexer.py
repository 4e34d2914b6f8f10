"""The index follows the database whatever happens to it or to its indexer (DESIGN 8.2, 8.8; QUALITY 2)."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from time_machine import Traveller

from crm.config import Config
from crm.db import db, end_read, touch, unit_of_work
from crm.permissions.viewer import Viewer
from crm.search import index, indexer, outbox
from crm.search.activities import PART_OF_INDEX
from crm.search.documents import load_documents
from crm.search.engine import Ask, Document
from crm.search.indexer import Indexer
from crm.search.models import SearchDead
from crm.search.queries import search
from crm.search.schema import SHARD_SIZE, shard_of
from crm.search.soundness import Soundness
from crm.search.whoosh_engine import ShardUnreadable, WhooshEngine
from crm.search.words import parse
from crm.startup import CannotStart, bring_up_to_date
from tests.factories import make_contact, make_note
from tests.support.databases import only_on

pytestmark = [only_on("sqlite"), pytest.mark.usefixtures("installation")]

CatchUp = Callable[[], None]


def found(q: str) -> list[int]:
    """What the index alone says."""
    end_read()
    usable = index.usable()
    assert usable is not None
    return sorted(hit.place.activity_id for hit in usable.engine.find(Ask(parse(q))))


def test_folder_belongs_to_its_owner_alone(app: Flask, catch_up: CatchUp) -> None:
    catch_up()
    assert index.folder().path.stat().st_mode & 0o777 == 0o700


def test_replay_from_an_older_position_doubles_nothing(alice: Viewer, catch_up: CatchUp) -> None:
    contact = make_contact(alice)
    catch_up()
    notes = [make_note(alice, contact, "<p>apple</p>") for _ in range(5)]
    catch_up()
    index.folder().write_position(1)
    catch_up()
    assert found("apple") == notes
    assert index.folder().position() == outbox.newest()


def test_position_is_written_after_every_shard_has_its_part(
    alice: Viewer, catch_up: CatchUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = make_contact(alice)
    catch_up()
    before = index.folder().position()
    note = make_note(alice, contact, "<p>apple</p>")

    def die(_self: object, _position: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("crm.search.folder.IndexFolder.write_position", die)
        indexer.run_once()
    assert index.folder().position() == before
    assert found("apple") == [note]
    catch_up()
    assert found("apple") == [note]


def test_shard_behind_the_position_file_is_found_out_at_start(alice: Viewer, catch_up: CatchUp) -> None:
    contact = make_contact(alice)
    catch_up()
    shard = index.folder().shard_path(shard_of(contact))
    kept = shard.with_name("kept")
    shutil.copytree(shard, kept)
    note = make_note(alice, contact, "<p>apple</p>")
    catch_up()
    shutil.rmtree(shard)
    kept.rename(shard)
    assert found("apple") == []
    fresh = Indexer(index.folder())
    while fresh.run_once():
        pass
    assert found("apple") == [note]


@pytest.mark.parametrize("is_same_indexer", [True, False])
def test_new_shard_whose_indexer_was_killed_before_the_manifest_named_it_is_built_whole(
    alice: Viewer, catch_up: CatchUp, monkeypatch: pytest.MonkeyPatch, is_same_indexer: bool
) -> None:
    contact = make_contact(alice)
    notes = [make_note(alice, contact, "<p>apple</p>")]
    catch_up()
    folder = index.folder()
    manifest = folder.manifest()
    assert manifest is not None
    where = Indexer(folder)
    assert where.run_once() == 0
    shutil.rmtree(folder.shard_path(0))
    folder.write_manifest(replace(manifest, shards=()))
    position = folder.position()
    notes.append(make_note(alice, contact, "<p>apple</p>"))

    def die(_self: object, _manifest: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("crm.search.folder.IndexFolder.write_manifest", die)
        where.run_once()
    assert folder.shard_path(0).exists()
    assert folder.position() == position
    where = where if is_same_indexer else Indexer(folder)
    while where.run_once():
        pass
    assert found("apple") == notes
    assert folder.position() == outbox.newest()


def test_shard_that_the_manifest_lost_is_found_out_at_start(alice: Viewer, catch_up: CatchUp) -> None:
    note = make_note(alice, make_contact(alice), "<p>apple</p>")
    catch_up()
    manifest = index.folder().manifest()
    assert manifest is not None
    index.folder().write_manifest(replace(manifest, shards=()))
    fresh = Indexer(index.folder())
    while fresh.run_once():
        pass
    assert found("apple") == [note]


def test_shard_whose_replacing_was_killed_is_put_back_and_not_built_anew(alice: Viewer, catch_up: CatchUp) -> None:
    note = make_note(alice, make_contact(alice), "<p>apple</p>")
    catch_up()
    shard = index.folder().shard_path(0)
    shard.rename(shard.with_name("aside-shard-0"))
    assert [hit.document.activity_id for hit in search(alice, "apple").activities] == []
    assert index.folder().broken_shards() == [0]
    manifest = Soundness(index.folder()).manifest()
    assert (manifest.shards, manifest.to_build) == ((0,), ())
    assert found("apple") == [note]
    assert index.folder().broken_shards() == []


def test_shard_that_cannot_be_written_is_asked_no_more_and_the_page_says_so(
    alice: Viewer, catch_up: CatchUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = make_contact(alice)
    catch_up()
    engine = Indexer(index.folder(), lambda ids: {id_: _document(id_) for id_ in ids})
    with unit_of_work():
        outbox.enqueue([SHARD_SIZE])
    while engine.run_once():
        pass
    note = make_note(alice, contact, "<p>apple</p>")

    def fail(*_: object) -> None:
        raise ValueError("the postings make no sense")

    with monkeypatch.context() as patch:
        patch.setattr("crm.search.whoosh_engine.WhooshEngine.apply", fail)
        indexer.run_once()
    assert index.folder().position() == outbox.newest()
    end_read()
    page = search(alice, "apple")
    assert page.note is not None
    assert page.note.text == PART_OF_INDEX
    assert [hit.document.activity_id for hit in page.activities] == [note], "its author finds it all the same"
    end_read()
    catch_up()
    assert found("apple") == [note]
    assert search(alice, "apple").note is None


def test_full_disk_makes_the_indexer_wait_and_builds_nothing_anew(
    alice: Viewer, catch_up: CatchUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = make_contact(alice)
    catch_up()
    before = index.folder().position(), index.folder().manifest()
    note = make_note(alice, contact, "<p>apple</p>")

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr("crm.search.whoosh_engine.WhooshEngine.apply", fail)
        indexer.run_once()
    assert (index.folder().position(), index.folder().manifest()) == before
    catch_up()
    assert found("apple") == [note]


PASSING = [OSError(errno.EMFILE, "Too many open files"), MemoryError(), OSError(errno.EACCES, "Permission denied")]


@pytest.mark.parametrize("error", PASSING, ids=lambda error: type(error).__name__)
def test_error_that_passes_builds_no_shard_anew(
    alice: Viewer, catch_up: CatchUp, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    note = make_note(alice, make_contact(alice), "<p>apple</p>")
    catch_up()

    def fail(*_: object, **__: object) -> None:
        raise error

    end_read()
    with monkeypatch.context() as patch:
        patch.setattr("crm.search.whoosh_engine.open_shard", fail)
        page = search(alice, "apple")
    assert page.note is not None
    assert index.folder().broken_shards() == []
    assert found("apple") == [note]


def test_folder_that_cannot_be_listed_for_a_moment_is_not_taken_for_empty(
    alice: Viewer, catch_up: CatchUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_note(alice, make_contact(alice), "<p>apple</p>")
    catch_up()

    def fail(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="Too many"):
        patch.setattr("crm.search.whoosh_shard.os.scandir", fail)
        WhooshEngine(index.folder()).position_of(0)


@pytest.mark.parametrize("is_damaged", [True, False])
def test_report_of_a_reader_is_looked_into_before_a_shard_is_built_anew(
    alice: Viewer, catch_up: CatchUp, is_damaged: bool
) -> None:
    note = make_note(alice, make_contact(alice), "<p>apple</p>")
    catch_up()
    shard = index.folder().shard_path(0)
    (segment,) = shard.glob("*.set")
    if is_damaged:
        segment.write_bytes(segment.read_bytes()[:50])
    number = segment.stat().st_ino
    index.folder().report_broken(0)
    catch_up()
    assert index.folder().broken_shards() == []
    assert [path.stat().st_ino == number for path in shard.glob("*.set")] == [not is_damaged]
    assert found("apple") == [note]


@pytest.mark.parametrize("damage", ["missing", "truncated", "random bytes", "no manifest", "no position", "lost shard"])
def test_damaged_index_is_built_anew(alice: Viewer, catch_up: CatchUp, damage: str) -> None:
    notes = [make_note(alice, make_contact(alice), "<p>apple</p>") for _ in range(3)]
    catch_up()
    folder = index.folder().path
    shard = index.folder().shard_path(shard_of(notes[0]))
    if damage == "missing":
        shutil.rmtree(folder)
    elif damage == "no manifest":
        (folder / "manifest.json").unlink()
    elif damage == "no position":
        (folder / "position").write_text("many")
    elif damage == "lost shard":
        shutil.rmtree(shard)
    else:
        for path in shard.glob("*.set"):
            path.write_bytes(path.read_bytes()[:50] if damage == "truncated" else os.urandom(path.stat().st_size))
    end_read()
    assert search(alice, "apple").note is not None
    end_read()
    fresh = Indexer(index.folder())
    while fresh.run_once():
        pass
    assert found("apple") == notes
    assert search(alice, "apple").note is None


def test_index_of_another_database_is_not_asked_and_built_anew(alice: Viewer, catch_up: CatchUp) -> None:
    note = make_note(alice, make_contact(alice), "<p>apple</p>")
    catch_up()
    with unit_of_work():
        touch(index.STAMP)
    assert index.usable() is None
    catch_up()
    assert found("apple") == [note]


@pytest.mark.parametrize("name", ["thesis.txt", "manifest.json", "7"])
def test_folder_full_of_other_things_is_refused_and_left_as_it_is(
    alice: Viewer, catch_up: CatchUp, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    note = make_note(alice, make_contact(alice), "<p>apple</p>")
    folder = index.folder().path
    (folder / "shard-0").mkdir(parents=True)
    folder.chmod(0o755)
    (folder / name).write_text("five years of work")
    catch_up()
    catch_up()
    assert sorted(path.name for path in folder.iterdir()) == sorted([name, "shard-0"])
    assert (folder / name).read_text() == "five years of work"
    assert folder.stat().st_mode & 0o777 == 0o755
    assert caplog.text.count("cannot be used") == 1
    with pytest.raises(CannotStart, match=f"KARTOTEK_SEARCH_INDEX={folder} cannot be used: .*{name}"):
        bring_up_to_date(replace(Config.from_environment({}), search_index=folder))
    assert [hit.document.activity_id for hit in search(alice, "apple").activities] == [note]


def test_folder_that_is_a_file_is_refused(app: Flask) -> None:
    index.folder().path.write_text("five years of work")
    try:
        with pytest.raises(CannotStart, match="no folder"):
            bring_up_to_date(replace(Config.from_environment({}), search_index=index.folder().path))
    finally:
        index.folder().path.unlink()


def test_folder_with_the_marks_of_a_repository_or_a_new_disk_is_taken(alice: Viewer, catch_up: CatchUp) -> None:
    folder = index.folder().path
    (folder / "lost+found").mkdir(parents=True)
    for name in (".gitkeep", ".gitignore", "README.md"):
        (folder / name).write_text("ours")
    note = make_note(alice, make_contact(alice), "<p>apple</p>")
    catch_up()
    assert found("apple") == [note]
    assert {".gitkeep", ".gitignore", "README.md", "lost+found"} < {path.name for path in folder.iterdir()}


def test_what_stands_in_our_place_and_is_not_surely_ours_is_set_aside(
    alice: Viewer, catch_up: CatchUp, tmp_path: Path
) -> None:
    note = make_note(alice, make_contact(alice), "<p>apple</p>")
    catch_up()
    folder = index.folder().path
    (folder / "manifest.json").unlink()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for work in (folder / "shard-7", folder / "building-shard-0", folder / "aside-shard-0", elsewhere):
        work.mkdir(exist_ok=True)
        (work / "thesis.txt").write_text("five years of work")
    (folder / "shard-8").symlink_to(elsewhere)
    (folder / "2025").mkdir()
    catch_up()
    assert found("apple") == [note]
    kept = {path.parent.name for path in folder.glob("*/thesis.txt")}
    names = ("shard-7", "shard-8", "building-shard-0", "aside-shard-0")
    assert kept == {f"{name}.set-aside-1" for name in names}
    assert (elsewhere / "thesis.txt").exists()
    assert (folder / "2025").exists()


def test_index_from_the_future_of_the_database_is_built_anew(alice: Viewer, catch_up: CatchUp) -> None:
    note = make_note(alice, make_contact(alice), "<p>apple</p>")
    catch_up()
    index.folder().write_position(10_000)
    catch_up()
    assert found("apple") == [note]
    assert index.folder().position() == outbox.newest()


def test_index_older_than_the_outbox_is_built_anew(alice: Viewer, catch_up: CatchUp, clock: Traveller) -> None:
    contact = make_contact(alice)
    make_note(alice, contact)
    catch_up()
    stale = index.folder().position() or 0
    missed = make_note(alice, contact, "<p>apple</p>")
    make_note(alice, contact)
    catch_up()
    index.folder().write_position(stale)
    clock.shift(timedelta(days=8))
    with unit_of_work():
        outbox.delete_old(outbox.newest())
    shutil.rmtree(index.folder().shard_path(shard_of(contact)))
    fresh = Indexer(index.folder())
    while fresh.run_once():
        pass
    assert found("apple") == [missed]


def test_one_document_that_cannot_be_made_does_not_hold_up_the_others(alice: Viewer, catch_up: CatchUp) -> None:
    contact = make_contact(alice)
    catch_up()
    notes = [make_note(alice, contact, "<p>apple</p>") for _ in range(6)]

    def load(ids: Sequence[int]) -> dict[int, Document]:
        if notes[3] in ids:
            raise ValueError("cannot be read")
        return load_documents(ids)

    poisoned = Indexer(index.folder(), load)
    while poisoned.run_once():
        pass
    assert found("apple") == [*notes[:3], *notes[4:]]
    (dead,) = db.session.scalars(sa.select(SearchDead))
    assert dead.activity_id == notes[3]
    assert "cannot be read" in dead.error
    with unit_of_work():
        outbox.enqueue([notes[3]])
    catch_up()
    assert found("apple") == notes
    assert db.session.scalars(sa.select(SearchDead)).all() == []


def test_only_one_indexer_at_a_time(alice: Viewer) -> None:
    make_note(alice, make_contact(alice))
    with index.folder().leadership() as is_leader:
        assert is_leader
        assert Indexer(index.folder()).run_once() == 0
    assert Indexer(index.folder()).run_once() > 0


def test_leadership_ends_with_the_process_that_had_it(tmp_path: Path) -> None:
    from crm.search.folder import IndexFolder

    held = (
        "import sys, time; from pathlib import Path; from crm.search.folder import IndexFolder\n"
        "with IndexFolder(Path(sys.argv[1])).leadership() as mine:\n"
        "    print(mine is not None, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", held, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "True"
        with IndexFolder(tmp_path).leadership() as is_leader:
            assert not is_leader
        process.send_signal(signal.SIGKILL)
        process.wait()
    with IndexFolder(tmp_path).leadership() as is_leader:
        assert is_leader


def test_reindex_finds_what_was_written_past_the_outbox_and_tells_how_far_it_is(
    alice: Viewer, catch_up: CatchUp
) -> None:
    contact = make_contact(alice)
    note = make_note(alice, contact, "<p>apple</p>")
    catch_up()
    table = next(kind.table for kind in _types() if kind.name == "note")
    with unit_of_work():
        db.session.execute(sa.update(table).where(table.c.record_id == note).values(body="<p>pear</p>"))
    told: list[tuple[int, int]] = []
    assert indexer.reindex(lambda done, total: told.append((done, total))) == 1
    assert found("pear") == [note]
    assert found("apple") == []
    assert told[0] == (0, 1)
    assert told[-1] == (1, 1)
    assert not [path for path in index.folder().path.iterdir() if path.name.startswith(("building", "aside"))]


def test_interrupted_building_begins_again(alice: Viewer, catch_up: CatchUp) -> None:
    note = make_note(alice, make_contact(alice), "<p>apple</p>")

    def load(ids: Sequence[int]) -> dict[int, Document]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Indexer(index.folder(), load).run_once()
    catch_up()
    assert found("apple") == [note]


def test_a_new_shard_begins_where_the_last_one_is_full(alice: Viewer, catch_up: CatchUp) -> None:
    catch_up()
    engine = WhooshEngine(index.folder())
    later = SHARD_SIZE + 5
    where = Indexer(index.folder(), lambda ids: {id_: _document(id_) for id_ in ids})
    with unit_of_work():
        outbox.enqueue([5, later])
    while where.run_once():
        pass
    assert engine.ids_in(0) == [5]
    assert engine.ids_in(1) == [later]
    assert [hit.place.shard for hit in engine.find(Ask(parse("melon")))] == [1, 0]
    assert engine.position_of(0) == engine.position_of(1) == index.folder().position()


def test_shard_that_is_gone_says_which(app: Flask, catch_up: CatchUp) -> None:
    catch_up()
    with pytest.raises(ShardUnreadable, match="shard 7"):
        WhooshEngine(index.folder()).position_of(7)


def _document(activity_id: int) -> Document:
    return Document(activity_id, "note", "note", None, datetime(2026, 1, 1, tzinfo=UTC), (), "", "melon", "")


def _types() -> Sequence[object]:
    from crm.objects.queries import schema

    return schema().activity_types
