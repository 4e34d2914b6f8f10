"""kill -9 of the process that indexes, and of that one alone, while others write (QUALITY 2.1).

PostgreSQL has no process that indexes: there the save itself writes what search reads, and test_kills covers it.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import Context
from pathlib import Path
from random import Random

import pytest
from flask import Flask

from crm.activities.comments import add_comment
from crm.activities.operations import archive_activity, create_activity, link, restore_activity, update_activity
from crm.db import db, unit_of_work
from crm.permissions.viewer import Viewer
from tests.durability.agreement import await_agreement
from tests.durability.conftest import Station
from tests.durability.nursery import REINDEX, WORKER, Nursery
from tests.factories import make_company, make_contact
from tests.support.program import PATIENCE

USUAL_KILLS = 12
LONGEST_LIFE = 0.4
WORDS = ["oranges", "lemons", "crates", "prices", "samples", "delivery", "harbour", "invoice", "winter", "contract"]
MOST_FILES = 60


@pytest.mark.timeout(7200)
def test_the_index_equals_the_database_however_often_the_indexer_is_killed(
    app: Flask, station: Station, alice: Viewer, chance: Random, kills: int | None
) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    nursery = Nursery(station.program.environment)
    writer = Writer(app, alice, Random(chance.random()))
    caught_up = []
    nursery.begin()
    for number in range(kills or USUAL_KILLS):
        with writer.at_work():
            time.sleep(chance.uniform(0.02, LONGEST_LIFE))
            end(nursery)
        nursery.begin(REINDEX if number % 5 == 4 else WORKER)
        if number % 3 == 2:
            # In the middle of catching up, too.
            time.sleep(chance.uniform(0, 0.1))
            end(nursery)
            nursery.begin()
        if number % 5 != 4:
            began = time.monotonic()
            await_agreement(PATIENCE)
            caught_up.append(time.monotonic() - began)
    assert writer.count > 2 * (kills or USUAL_KILLS), "the indexer had too little to do"
    end(nursery)
    nursery.begin()
    with writer.at_work():
        time.sleep(0.1)
    await_agreement(PATIENCE)
    end(nursery)
    nursery.close()
    print(f"{writer.count} changes; equal after {max(caught_up):.2f} s at most; {files(station)}")  # noqa: T201
    left = leftovers(station.config.search_index)
    assert not left, f"what killed indexers left is still there: {left}"
    assert len(files(station)) <= MOST_FILES, files(station)
    assert not list((station.folder / "temporary").iterdir())


def end(nursery: Nursery) -> None:
    """kill -9 the one at work; that it had come to its end by itself is not what is tried here."""
    number = nursery.last
    with suppress(ProcessLookupError):
        os.killpg(number, signal.SIGKILL)
    assert nursery.wait() in (-signal.SIGKILL, 0)


def files(station: Station) -> list[str]:
    """The names of all files of the index."""
    folder = station.config.search_index
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def leftovers(folder: Path) -> list[str]:
    """What stands in the folder only while something is going on, or after something was found damaged."""
    passing = ("building", "aside", ".new", ".broken", "set-aside", ".tmp")
    return [str(path) for path in folder.rglob("*") if any(sign in path.name for sign in passing)]


class Writer:
    """Writes activities as fast as it can, in a thread of the test."""

    def __init__(self, app: Flask, actor: Viewer, chance: Random) -> None:
        self._app = app
        self._actor = actor
        self._chance = chance
        self._records = [make_contact(actor), make_company(actor)]
        self._live: list[int] = []
        self._archived: list[int] = []
        self.count = 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Write for the length of the block."""
        stop = threading.Event()
        thread = threading.Thread(target=Context().run, args=(self._write_until, stop))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _write_until(self, stop: threading.Event) -> None:
        with self._app.app_context():
            while not stop.is_set():
                with unit_of_work():
                    self._change_something()
                self.count += 1

    def _change_something(self) -> None:
        turn = self._chance.random()
        if turn < 0.5 or len(self._live) < 5:
            record = self._chance.choice(self._records)
            self._live.append(create_activity(self._actor, "note", {"body": self._text()}, record))
        elif turn < 0.7:
            update_activity(self._actor, self._chance.choice(self._live), {"body": self._text()})
        elif turn < 0.8:
            add_comment(self._actor, self._chance.choice(self._live), self._text())
        elif turn < 0.9:
            link(self._actor, self._chance.choice(self._live), self._chance.choice(self._records))
        elif self._archived and turn < 0.95:
            activity_id = self._archived.pop()
            restore_activity(self._actor, activity_id)
            self._live.append(activity_id)
        else:
            activity_id = self._live.pop(self._chance.randrange(len(self._live)))
            archive_activity(self._actor, activity_id)
            self._archived.append(activity_id)

    def _text(self) -> str:
        return f"<p>{' '.join(self._chance.choices(WORDS, k=8))}</p>"
