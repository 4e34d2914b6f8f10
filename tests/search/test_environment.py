"""A full disk, a folder that cannot be made, an index of an older program: search says so and heals (QUALITY 2.2)."""

import contextlib
import os
import resource
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from crm.db import end_read
from crm.permissions.viewer import Viewer
from crm.search import index, indexer
from crm.search.activities import NO_INDEX
from crm.search.health import read_status
from crm.search.indexer import Indexer
from crm.search.queries import search
from crm.search.whoosh_shard import open_shard
from tests.factories import make_contact, make_note
from tests.support.databases import only_on

pytestmark = only_on("sqlite")

CatchUp = Callable[[], None]
NOWHERE = Path("/proc/kartotek/search_index")


@contextlib.contextmanager
def full_disk(room: int = 100) -> Iterator[None]:
    """No file of this process can become longer than `room` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def found(viewer: Viewer, q: str) -> list[int]:
    end_read()
    return sorted(hit.document.activity_id for hit in search(viewer, q).activities)


def names() -> set[str]:
    return {path.name for path in index.folder().path.iterdir()}


def assert_nothing_is_left() -> None:
    assert names() == {"indexer.lock", "manifest.json", "position", "shard-0"}
    shard = index.folder().shard_path(0)
    segments = {path.name for path in shard.iterdir() if ".toc" not in path.name}
    assert segments == set(open_shard(shard).parts)
    assert len([path for path in shard.iterdir() if ".toc" in path.name]) == 1


def test_disk_that_is_full_at_a_commit_loses_nothing(alice: Viewer, catch_up: CatchUp) -> None:
    contact = make_contact(alice)
    notes = [make_note(alice, contact, "<p>apple</p>")]
    catch_up()
    before = index.folder().manifest(), index.folder().position()
    notes.append(make_note(alice, contact, "<p>apple</p>"))
    end_read()
    with full_disk(), pytest.raises(OSError, match="File too large"):
        indexer.run_once()
    assert (index.folder().manifest(), index.folder().position()) == before
    assert found(alice, "apple") == notes
    end_read()
    assert read_status().rows_waiting == 1
    catch_up()
    assert found(alice, "apple") == notes
    assert_nothing_is_left()


def test_disk_that_is_full_while_an_index_is_built_leaves_nothing_half_built(alice: Viewer, catch_up: CatchUp) -> None:
    note = make_note(alice, make_contact(alice), "<p>apple</p>")
    catch_up()
    index.folder().take_out([0])
    end_read()
    with full_disk(300), pytest.raises(OSError, match="File too large"):
        catch_up()
    assert not {name for name in names() if name.startswith("building")}
    assert found(alice, "apple") == [note]
    end_read()
    catch_up()
    assert found(alice, "apple") == [note]
    assert_nothing_is_left()


def test_folder_that_cannot_be_made_leaves_search_to_the_newest_rows(app: Flask, alice: Viewer) -> None:
    usual = index.folder().path
    note = make_note(alice, make_contact(alice), "<p>apple</p>")
    end_read()
    index.configure(NOWHERE)
    try:
        with pytest.raises(OSError, match=str(NOWHERE.parent)):
            indexer.run_once()
        page = search(alice, "apple")
        assert [hit.document.activity_id for hit in page.activities] == [note]
        assert page.note is not None
        assert page.note.text == NO_INDEX
        end_read()
        assert not read_status().is_usable
    finally:
        index.configure(usual)
    end_read()
    while indexer.run_once():
        pass
    assert found(alice, "apple") == [note]
    assert search(alice, "apple").note is None


def test_index_of_an_older_program_is_built_anew_and_its_files_go(alice: Viewer, catch_up: CatchUp) -> None:
    note = make_note(alice, make_contact(alice), "<p>apple</p>")
    catch_up()
    folder = index.folder()
    manifest = folder.manifest()
    assert manifest is not None
    folder.write_manifest(replace(manifest, schema=2, shard_size=100_000, shards=(0, 7)))
    shutil.copytree(folder.shard_path(0), folder.shard_path(7))
    for name in ("_MAIN_4.toc", "MAIN_abc.seg", "MAIN_WRITELOCK"):
        (folder.shard_path(0) / name).write_bytes(os.urandom(50))
    end_read()
    page = search(alice, "apple")
    assert page.note is not None
    assert page.note.text == NO_INDEX
    assert [hit.document.activity_id for hit in page.activities] == [note]
    end_read()
    catch_up()
    assert found(alice, "apple") == [note]
    assert_nothing_is_left()


def test_index_that_is_swept_away_again_and_again_does_not_pile_up(alice: Viewer, catch_up: CatchUp) -> None:
    note = make_note(alice, make_contact(alice), "<p>apple</p>")
    for _ in range(3):
        catch_up()
        (segment,) = index.folder().shard_path(0).glob("*.set")
        segment.write_bytes(os.urandom(40))
        end_read()
        assert search(alice, "apple").note is not None
        end_read()
    catch_up()
    assert found(alice, "apple") == [note]
    assert_nothing_is_left()


@pytest.mark.parametrize("name", ["aside-shard-0", "building-shard-0"])
def test_swap_that_was_killed_is_put_right(alice: Viewer, catch_up: CatchUp, name: str) -> None:
    note = make_note(alice, make_contact(alice), "<p>apple</p>")
    catch_up()
    folder = index.folder()
    if name.startswith("aside"):
        folder.shard_path(0).rename(folder.path / name)
    else:
        shutil.copytree(folder.shard_path(0), folder.path / name)
    number = folder.path.joinpath(name).stat().st_ino
    fresh = Indexer(folder)
    while fresh.run_once():
        pass
    assert found(alice, "apple") == [note]
    assert (folder.shard_path(0).stat().st_ino == number) is name.startswith("aside")
    assert_nothing_is_left()
