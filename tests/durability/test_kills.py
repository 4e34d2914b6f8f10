"""kill -9 of everything at once, at any moment, while eight people write and files are imported (QUALITY 2.1)."""

import re
import threading
import time
from collections.abc import Sequence
from random import Random

import pytest

from crm.db import db
from crm.permissions.viewer import Viewer
from tests.durability.agreement import await_agreement
from tests.durability.clients import WHO, Client
from tests.durability.conftest import Station
from tests.durability.history import History, Outcome
from tests.durability.invariants import broken, broken_files
from tests.durability.snapshot import Snapshot
from tests.factories import make_company, make_contact
from tests.support import cast
from tests.support.program import PATIENCE, Process, Program, until
from tests.support.visitor import Visitor

USUAL_KILLS = {"sqlite": 6, "postgresql": 3}
LONGEST_LIFE = 1.2
ROWS = 240
LETTERS = 60
BOUNDARY = "=-=-="
FEWEST_DONE_PER_KILL = 4


@pytest.mark.timeout(7200)
def test_nothing_acknowledged_is_lost_and_nothing_is_half_done(
    station: Station, alice: Viewer, charlie: Viewer, chance: Random, kills: int | None
) -> None:
    ordeal = Ordeal(station, alice, charlie, chance)
    for number in range(kills or USUAL_KILLS[db.engine.dialect.name]):
        ordeal.live(number)
    ordeal.end()
    print(ordeal.summary())  # noqa: T201 - shown by -rP


class Ordeal:
    """One database through many lives of the program."""

    def __init__(self, station: Station, alice: Viewer, charlie: Viewer, chance: Random) -> None:
        self._station = station
        self._chance = chance
        self._history = History()
        self._imports = Imports(station, chance)
        north = [make_company(alice, f"North {number}") for number in range(3)]
        south = [make_company(charlie, f"South {number}") for number in range(3)]
        make_contact(alice, "Ada Correspondent", email="ada@letters.example.org")
        self._clients = [
            Client(number, station.program.address, south if name == "charlie" else north, self._history, self._fork())
            for number, name in enumerate(WHO)
        ]
        self._until_healthy: list[float] = []
        self._until_found: list[float] = []
        self._is_signed_in = False

    def live(self, number: int) -> None:
        """One life: recovery is checked while the server starts, then everybody works until they are killed."""
        began = time.monotonic()
        server = self._station.start()
        self._check(number)
        if number % 6 == 5:
            time.sleep(max(0.0, self._chance.uniform(0.2, 1.5) - (time.monotonic() - began)))
            self._kill(server)
            return
        if number % 4 == 1:
            self._imports.go_on(server)
        self._await_health(server, began)
        self._sign_in()
        stop = threading.Event()
        people = [threading.Thread(target=client.write_until, args=(stop,)) for client in self._clients]
        for person in people:
            person.start()
        if number % 4 == 1:
            self._imports.await_first_rows()
        self._await_work()
        time.sleep(self._chance.uniform(0.05, LONGEST_LIFE))
        self._kill(server)
        stop.set()
        for person in people:
            person.join()

    def end(self) -> None:
        """After the last kill: the imports come to their ends, and everything is there and is found."""
        began = time.monotonic()
        server = self._station.start()
        self._await_health(server, began)
        self._sign_in()
        stop = threading.Event()
        stop.set()
        for client in self._clients:
            client.write_until(stop)
        unanswered = [one for one in self._history.attempts(Outcome.UNANSWERED) if one.key]
        assert not unanswered, f"sent again and never answered: {unanswered}"
        self._imports.finish()
        await_agreement(PATIENCE)
        snapshot = self._check(-1)
        self._imports.check(snapshot)
        self._find_some()
        server.terminate()
        assert server.wait(PATIENCE) == 0

    def summary(self) -> str:
        """What happened, in figures."""
        counts = {outcome.value: len(self._history.attempts(outcome)) for outcome in Outcome}
        return (
            f"{counts}; healthy after {max(self._until_healthy):.1f} s at most, "
            f"index equal to the database after {max(self._until_found):.1f} s at most"
        )

    def _await_work(self) -> None:
        """Kills prove nothing where little was acknowledged: a slow machine lives longer before it is killed."""
        fewest = FEWEST_DONE_PER_KILL * len(self._until_healthy)
        until(lambda: len(self._history.attempts(Outcome.DONE)) >= fewest, f"{fewest} acknowledged attempts")

    def _check(self, number: int) -> Snapshot:
        snapshot = Snapshot()
        faults = [*self._history.faults(snapshot.marks(), snapshot), *broken(snapshot)]
        faults += broken_files(snapshot, self._station.config.data_dir)
        faults += [surprise for client in self._clients for surprise in client.surprises]
        if faults:
            path = self._station.folder / "history.jsonl"
            self._history.write(path)
            listed = "\n".join(faults[:20])
            pytest.fail(f"before life {number}, {len(faults)} faults; the history is in {path}\n{listed}")
        self._history.settle(snapshot)
        for client in self._clients:
            client.look_around(snapshot)
        return snapshot

    def _await_health(self, server: Process, began: float) -> None:
        until(lambda: self._station.program.answers() or server.poll() is not None, "the first answer")
        assert server.poll() is None, self._station.program.output()
        self._until_healthy.append(time.monotonic() - began)
        began = time.monotonic()
        await_agreement(PATIENCE)
        self._until_found.append(time.monotonic() - began)

    def _sign_in(self) -> None:
        """Once: sessions outlive the server."""
        if not self._is_signed_in:
            for client in self._clients:
                client.sign_in()
            self._is_signed_in = True

    def _find_some(self) -> None:
        """Ask the search page for words of every kind, as somebody who sees everything."""
        everybody = Visitor(self._station.program.address)
        everybody.sign_in(cast.email_of("alice"), cast.PASSWORD)
        words = [word for one in self._history.attempts(Outcome.DONE) for kind, word in one.marks if kind == "comment"]
        for word in words[-5:]:
            answer = everybody.get(f"/search?q={word}")
            assert answer.status == 200
            assert "/activities/" in answer.text, f"{word} is not found"

    def _kill(self, server: Process) -> None:
        self._station.kill(server)
        self._imports.bury()
        await_quiet_database()

    def _fork(self) -> Random:
        return Random(self._chance.random())


class Imports:
    """A table of contacts and a mailbox with attachments, taken in piece by piece between kills."""

    def __init__(self, station: Station, chance: Random) -> None:
        self._station = station
        self._program = Program(station.program.environment, station.folder / "imports.txt")
        self._chance = chance
        self._table, self._mailbox = station.folder / "people.csv", station.folder / "letters.mbox"
        self._table.write_text(table_of(ROWS))
        self._mailbox.write_text(mailbox_of(LETTERS))
        self._commands: Sequence[Sequence[str]] = (
            ("import", str(self._table), "--object", "contacts"),
            ("import-mail", str(self._mailbox), "--create-contacts"),
        )
        self._turn = 0
        self._process: Process | None = None

    def go_on(self, server: Process) -> None:
        """Run one of the two beside the server, to be killed with it."""
        self._program.log.write_text("")
        self._process = self._program.start(*self._commands[self._turn % 2], group=server.pid)
        self._turn += 1

    def bury(self) -> None:
        """It was killed with the server."""
        if self._process is not None:
            self._process.wait()
            self._process = None

    def await_first_rows(self) -> None:
        """Wait until something of it is taken, or it has come to its end."""
        until(lambda: re.search(r" of [\d,]+ (rows|bytes)|in all", self._program.output()), "rows of an import")

    def finish(self) -> None:
        """Run both to their ends."""
        for command in self._commands:
            ended = self._program.command(*command)
            assert ended.returncode == 0, ended.stdout + ended.stderr

    def check(self, snapshot: Snapshot) -> None:
        """Every row and every letter is there once, with its attachment."""
        emails = [row["email"] for row in snapshot.objects["contact"]]
        assert sorted(one for one in emails if one and one.startswith("person")) == sorted(map(address_of, range(ROWS)))
        letters = sorted(row["title"] for row in snapshot.objects["email"])
        assert letters == sorted(f"Letter {number}" for number in range(LETTERS))
        assert len(snapshot.tables["attachment"]) == LETTERS
        assert len(snapshot.tables["stored_file"]) == LETTERS


def address_of(number: int) -> str:
    """The e-mail address in one row of the table."""
    return f"person{number}@table.example.org"


def table_of(rows: int) -> str:
    """People of seven companies."""
    lines = [f"{address_of(number)},Person {number},Company {number % 7}" for number in range(rows)]
    return "\n".join(["email,firstname,company", *lines, ""])


def mailbox_of(letters: int) -> str:
    """Letters with a file each, to a contact that is there and from others that are not."""
    return "".join(
        f"From x@y Fri Sep 20 12:00:00 2019\nFrom: p{number % 9}@letters.example.org\n"
        f"To: ada@letters.example.org\nSubject: Letter {number}\nDate: Fri, 20 Sep 2019 12:00:00 +0000\n"
        f"Message-ID: <{number}@letters.example.org>\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/mixed; boundary="{BOUNDARY}"\n\n--{BOUNDARY}\nContent-Type: text/plain\n\nHello\n'
        f'--{BOUNDARY}\nContent-Type: text/csv; name="{number}.csv"\n'
        f'Content-Disposition: attachment; filename="{number}.csv"\n\nnumber,{number}\n--{BOUNDARY}--\n\n'
        for number in range(letters)
    )


def await_quiet_database() -> None:
    """Wait until PostgreSQL has seen that those it worked for are dead: a commit under way still comes to its end."""
    if db.engine.dialect.name != "postgresql":
        return
    import sqlalchemy as sa

    others = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )

    def alone() -> bool:
        db.session.rollback()
        return db.session.scalar(others) == 0

    until(alone, "the end of the connections of those who were killed")
    db.session.rollback()
