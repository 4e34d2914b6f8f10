"""Two web processes, two workers and a reindex at once, under eight people who write and search."""

import re
import threading
import time
from random import Random

import pytest

from crm.db import db
from crm.permissions.viewer import Viewer
from crm.sample_data.generate import Amounts, generate
from tests.durability.agreement import await_agreement
from tests.durability.clients import WHO, Client
from tests.durability.conftest import Station
from tests.durability.history import History, Outcome
from tests.durability.invariants import broken
from tests.durability.snapshot import Snapshot
from tests.factories import make_company
from tests.support import cast
from tests.support.program import PATIENCE, Program, until
from tests.support.thoroughness import usually
from tests.support.visitor import Visitor

SECONDS = usually(2.0, 10.0)
ACTIVITIES = usually(600, 3_000)
"""Enough for the reindex to run while people write; `make bench` has more of them."""
SAMPLE = 12


@pytest.mark.timeout(600)
def test_nobody_notices_how_many_processes_there_are(
    station: Station, alice: Viewer, charlie: Viewer, chance: Random
) -> None:
    generate(Amounts(contacts=100, activities=ACTIVITIES), report=lambda line: None)
    north, south = [make_company(alice)], [make_company(charlie)]
    station.program.environment["KARTOTEK_WEB_PROCESSES"] = "2"
    station.serve()
    beside = Program(station.program.environment, station.folder / "worker.txt")
    history = History()
    people = [
        Client(number, station.program.address, south if name == "charlie" else north, history, fork(chance), True)
        for number, name in enumerate(WHO)
    ]
    for person in people:
        person.sign_in()
    stop = threading.Event()
    threads = [threading.Thread(target=person.write_until, args=(stop,)) for person in people]
    second = beside.start("worker")
    reindex = Program(station.program.environment, station.folder / "reindex.txt").start("reindex")
    station.running += [second, reindex]
    for thread in threads:
        thread.start()
    time.sleep(SECONDS)
    until(lambda: reindex.poll() is not None, "the end of the reindex")
    stop.set()
    for thread in threads:
        thread.join()
    assert reindex.returncode == 0, (station.folder / "reindex.txt").read_text()
    assert not [surprise for person in people for surprise in person.surprises]
    assert not history.attempts(Outcome.UNANSWERED)
    assert len(history.attempts(Outcome.DONE)) > 5 * len(people)
    await_agreement(PATIENCE)
    snapshot = Snapshot()
    assert not list(history.faults(snapshot.marks(), snapshot))
    assert not broken(snapshot, has_bulk=True)
    for name in ("output.txt", "worker.txt", "reindex.txt"):
        said = (station.folder / name).read_text()
        assert not re.search(r"locked|deadlock|Traceback|ERROR", said), said
    find_all(station.program.address, history, chance)


def find_all(address: str, history: History, chance: Random) -> None:
    """Somebody who sees everything finds what the others wrote."""
    reader = Visitor(address)
    reader.sign_in(cast.email_of("dana"), cast.PASSWORD)
    db.session.rollback()
    done = history.attempts(Outcome.DONE)
    words = [word for one in done for kind, word in one.marks if kind in ("comment", "call")]
    for word in chance.sample(words, min(SAMPLE, len(words))):
        answer = reader.get(f"/search?q={word}")
        assert answer.status == 200
        assert "/activities/" in answer.text, f"nobody but its author finds {word}"


def fork(chance: Random) -> Random:
    return Random(chance.random())
