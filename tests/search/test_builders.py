"""Shards are built by processes of their own, beside the running index; nothing is left of killed ones (DESIGN 8.5)."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from crm.config import PROJECT
from crm.db import end_read
from crm.permissions.viewer import Viewer
from crm.search import builders, index, outbox
from crm.search.activities import REBUILDING
from crm.search.building import BuildersDie, Building
from crm.search.comparison import compare_all
from crm.search.engine import Ask
from crm.search.indexer import Indexer
from crm.search.queries import search
from crm.search.words import parse
from tests.factories import make_contact, make_note
from tests.support.databases import only_on

CatchUp = Callable[[], None]
PATIENCE_SECONDS = 60
FILES_OF_ONE_SHARD = {"indexer.lock", "manifest.json", "position", "shard-0"}


pytestmark = only_on("sqlite")


@pytest.fixture
def indexer(app: Flask) -> Iterator[Indexer]:
    """One that leaves every building to other processes."""
    made = Indexer(index.folder(), built_here=0)
    yield made
    if made._building is not None:
        made._building.close()


def work_until(indexer: Indexer, is_done: Callable[[Building | None], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_done(indexer._building):
        assert time.monotonic() < deadline, "the builders take too long"
        indexer.run_once()


def pids_of(building: Building | None) -> list[int]:
    assert building is not None
    assert building._builders is not None
    return building._builders.pids


def begin(indexer: Indexer) -> int:
    """Have the first shard begun by another process, and return the number of that."""
    work_until(indexer, lambda building: building is not None and bool(pids_of(building)))
    (pid,) = pids_of(indexer._building)
    return pid


def found(q: str) -> list[int]:
    end_read()
    usable = index.usable()
    assert usable is not None
    return sorted(hit.place.activity_id for hit in usable.engine.find(Ask(parse(q))))


def test_what_is_saved_while_a_shard_is_built_is_in_it(alice: Viewer, catch_up: CatchUp, indexer: Indexer) -> None:
    contact = make_contact(alice)
    notes = [make_note(alice, contact, "<p>apple</p>")]
    catch_up()
    indexer.ask_for_rebuild()
    begin(indexer)
    notes.append(make_note(alice, contact, "<p>apple</p>"))
    indexer.run_once()
    assert found("apple") == notes
    note = search(alice, "apple").note
    assert note is not None
    assert note.text == REBUILDING
    work_until(indexer, lambda building: building is None)
    assert search(alice, "apple").note is None
    assert found("apple") == notes
    assert index.folder().position() == outbox.newest()
    assert compare_all().differences == ()
    assert {path.name for path in index.folder().path.iterdir()} == FILES_OF_ONE_SHARD


def test_killed_builder_is_replaced_and_leaves_nothing(alice: Viewer, indexer: Indexer) -> None:
    note = make_note(alice, make_contact(alice), "<p>apple</p>")
    first = begin(indexer)
    os.kill(first, signal.SIGKILL)
    work_until(indexer, lambda building: building is None)
    assert found("apple") == [note]
    assert {path.name for path in index.folder().path.iterdir()} == FILES_OF_ONE_SHARD


def test_builders_that_die_again_and_again_are_given_up_for_a_while(
    alice: Viewer, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = make_note(alice, make_contact(alice), "<p>apple</p>")
    end_read()
    with monkeypatch.context() as patch:
        patch.setattr("crm.search.builders.MODULE", "crm.search.no_such_module")
        with pytest.raises(BuildersDie):
            work_until(indexer, lambda building: False)
    assert indexer.run_once() == 0
    end_read()
    assert not [path for path in index.folder().path.iterdir() if path.name.startswith("building")]
    indexer._not_before = 0
    work_until(indexer, lambda building: building is None and index.usable() is not None)
    assert found("apple") == [note]


PARENT = """
import json, sys
from pathlib import Path
from crm.search.builders import Builders
from crm.search.folder import IndexFolder
settings = json.loads(sys.argv[1])
with IndexFolder(Path(settings["KARTOTEK_SEARCH_INDEX"])).leadership(wait=True) as lock:
    started = Builders(settings, lock.fileno(), 1)
    started.build(0, 0)
    print(started.pids[0], flush=True)
    sys.stdin.read()
"""


def test_builders_end_with_the_indexer_that_started_them_and_only_then_is_its_lock_free(
    alice: Viewer, indexer: Indexer
) -> None:
    note = make_note(alice, make_contact(alice), "<p>apple</p>")
    settings = builders.settings()
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, json.dumps(settings)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    with index.folder().leadership(wait=True) as lock:
        assert lock is not None
        assert not is_at_work(pid)
    work_until(indexer, lambda building: building is None and index.usable() is not None)
    assert found("apple") == [note]
    assert {path.name for path in index.folder().path.iterdir()} == FILES_OF_ONE_SHARD


def is_at_work(pid: int) -> bool:
    """Whether a process has files open: one that is ending has closed them all before it is gone."""
    try:
        return bool(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return False
