"""Measure index pages of a million contacts on a SQLite database made for it, and write docs/benchmarks-index.md.

    make bench-index
"""

import argparse
import gzip
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa
from flask import Flask

from benchmarks import index_report
from benchmarks.browser import FirstPage, first_page
from benchmarks.index_questions import QUESTIONS, ROWS, TWO_FILTERS, Question, Statement, answer, vary
from benchmarks.installation import COOKIE, OWNER, Installation, make, opened
from benchmarks.lists import MADE, grow
from benchmarks.pages import NOT_QUERIES
from benchmarks.server import PROJECT, Asked, Cost, Server, serving
from crm.accounts.queries import find_user, viewer_for
from crm.accounts.sharing import Visibility
from crm.db import db, end_read, unit_of_work
from crm.filters.addresses import ARGUMENT
from crm.folding import IN_SQLITE, fold
from crm.objects.queries import schema
from crm.objects.storage import update_statistics
from crm.objects.storage_of_views import view_indexes
from crm.permissions.viewer import Viewer
from crm.records.table_look import choose_look
from crm.saved_views.indexes import keep_indexes
from crm.saved_views.operations import create_view
from crm.saved_views.state import ViewState

REPORT = PROJECT / "docs" / "benchmarks-index.md"
RECORDS, ROUNDS = 1_000_000, 7
CACHE = "PRAGMA cache_size=-32000"
NOTE = {"kind": "note", "body": "<p>They like the samples.</p>"}
ADDED = ("num_notes", "num_associated_deals")
EVERY = "SELECT count(*) FROM object_contact WHERE archived_at IS NULL"
PAUSE = 0.02
Times = tuple[float, float]
"""CPU and wall, in milliseconds."""


@dataclass(frozen=True)
class Beside:
    """One question: CPU and wall of the best by hand, of our statements by themselves, and of our whole page."""

    question: Question
    by_hand: Times
    database: Times
    page: Cost
    queries: int
    plan: str


@dataclass(frozen=True)
class Built:
    """Making the indexes of a view: how many, how long it took, and how long a note took meanwhile and before."""

    number: int
    seconds: float
    notes: Sequence[float]
    before: Sequence[float]


@dataclass
class Measured:
    """All that was measured."""

    contacts: int
    before: list[Beside] = field(default_factory=list)
    after: list[Beside] = field(default_factory=list)
    built: Built | None = None
    counts: dict[str, tuple[Cost, Times]] = field(default_factory=dict)
    html: bytes = b""
    first: FirstPage | None = None

    @property
    def zipped(self) -> int:
        """Bytes of the page as it goes over the wire."""
        return len(gzip.compress(self.html, 6))


def main() -> None:
    """Run it from the command line."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=RECORDS, help="contacts")
    arguments.add_argument("--rounds", type=int, default=ROUNDS, help="turns each question has; the median counts")
    arguments.add_argument("--folder", type=Path, help="where a database is that this has filled, or is made and left")
    arguments.add_argument("--print-only", action="store_true", help="leave the report as it is")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="kartotek-bench-") as folder:
        installed = _filled(chosen.folder or Path(folder), chosen.records)
        with opened(installed) as app:
            measured = _measure(app, installed, chosen)
    text = index_report.write(measured)
    if not chosen.print_only:
        REPORT.write_text(text, "utf-8")
    print(text)


def _filled(folder: Path, records: int) -> Installation:
    folder.mkdir(exist_ok=True)
    made = min(MADE, records)
    installed = make(folder, made, made)
    with opened(installed):
        grow(records)
        with closing(sqlite3.connect(installed.database)) as connection:
            vary(connection)
        with unit_of_work():
            update_statistics()
        with unit_of_work():
            choose_look(_owner(), ROWS, is_compact=False, is_striped=False)
    return installed


def _owner() -> Viewer:
    entry = find_user(OWNER)
    assert entry is not None
    return viewer_for(entry.id)


def _measure(app: Flask, installed: Installation, chosen: argparse.Namespace) -> Measured:
    measured = Measured(chosen.records)
    token = installed.facts.token
    with serving("app:app", installed.environment, f"{COOKIE}={token}") as server, _by_hand(installed) as connection:
        measured.before = [_beside(app, installed, server, connection, one, chosen.rounds) for one in QUESTIONS]
        measured.counts = _counted(server, connection, chosen.rounds)
        measured.built = _built(app, server, installed.facts.written_id)
        measured.after = [_beside(app, installed, server, connection, TWO_FILTERS, chosen.rounds)]
        measured.html = server.ask(Asked(TWO_FILTERS.path))
        measured.first = first_page(server, TWO_FILTERS.path, token)
    return measured


@contextmanager
def _by_hand(installed: Installation) -> Iterator[sqlite3.Connection]:
    """A connection that somebody opened by hand, with as much memory as ours have."""
    with closing(sqlite3.connect(installed.database)) as connection:
        connection.execute(CACHE)
        connection.create_function(IN_SQLITE, 1, lambda text: None if text is None else fold(text), deterministic=True)
        yield connection


def _beside(
    app: Flask,
    installed: Installation,
    server: Server,
    connection: sqlite3.Connection,
    question: Question,
    rounds: int,
) -> Beside:
    """The three ways in turns, so that a machine that is busy for a while is busy for all of them."""
    ours = _statements(app, installed.facts.token, question.path)
    pair = sorted((one for one in ours if "object_contact" in one[0]), key=lambda one: "ORDER BY" not in one[0])
    _check(question, connection, pair)
    ways = [*question.by_hand, pair]
    seen: list[list[Times]] = [[] for _ in ways]
    asked: list[Cost] = []
    server.round(Asked(question.path), 3)
    for _ in range(rounds):
        for place, way in enumerate(ways):
            seen[place].append(_cost(lambda way=way: answer(connection, way)))  # type: ignore[misc]
        asked.append(server.round(Asked(question.path), 2))
    *by_hand, database = map(_middle_of_two, seen)
    return Beside(question, min(by_hand), database, _middle(asked), len(ours), _plan(installed, pair[0]))


def _cost(work: Callable[[], object]) -> Times:
    """What some work in this thread took."""
    cpu, wall = time.thread_time(), time.perf_counter()
    work()
    return (time.thread_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000


def _check(question: Question, connection: sqlite3.Connection, ours: Sequence[Statement]) -> None:
    """That by hand the same was asked: the same rows in the same order, and where we counted the same number."""
    rows, count = answer(connection, ours)
    for way in question.by_hand:
        other_rows, other_count = answer(connection, way)
        if other_rows != rows or (len(ours) > 1 and count != other_count):
            raise RuntimeError(f"{question.name}: {way} asks something else")


def _statements(app: Flask, token: str, path: str) -> list[Statement]:
    """What our page asks of the database once its caches are warm."""
    browser = app.test_client()
    browser.set_cookie(COOKIE, token)
    seen: list[Statement] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(NOT_QUERIES):
            seen.append((statement, tuple(values)))

    browser.get(path)
    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        browser.get(path)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
        end_read()
    return seen


def _plan(installed: Installation, statement: Statement) -> str:
    """How SQLite finds the rows; asked by somebody new, since a plan that was once asked for is kept as it was."""
    with _by_hand(installed) as connection:
        lines = connection.execute(f"EXPLAIN QUERY PLAN {statement[0]}", statement[1]).fetchall()
    return "; ".join(line[3].replace("object_contact", "contacts") for line in lines)


def _counted(server: Server, connection: sqlite3.Connection, rounds: int) -> dict[str, tuple[Cost, Times]]:
    """What is counted and added up on request, each beside the CPU of the same by hand."""
    sums, values = TWO_FILTERS.counted_by_hand
    added = ", ".join(f"count({name}), sum({name})" for name in ADDED)
    asked = {
        "Exact number of all": ("/objects/contacts/count", (EVERY, ())),
        "Exact number with the two filters": (TWO_FILTERS.path_of("count"), (sums, values)),
        "Two sums and averages with them": (
            TWO_FILTERS.path_of("totals", columns=",".join(ADDED)),
            (sums.replace("count(*)", added), values),
        ),
    }
    found = {}
    for name, (path, statement) in asked.items():
        server.round(Asked(path), 1)
        costs, by_hand = [], []
        for _ in range(rounds):
            by_hand.append(_cost(lambda by=statement: connection.execute(*by).fetchall()))  # type: ignore[misc]
            costs.append(server.round(Asked(path), 1))
        found[name] = _middle(costs), _middle_of_two(by_hand)
    return found


def _middle(costs: Sequence[Cost]) -> Cost:
    return Cost(median(one.cpu_ms for one in costs), median(one.wall_ms for one in costs), costs[-1].body)


def _middle_of_two(times: Sequence[Times]) -> Times:
    return median(cpu for cpu, _ in times), median(wall for _, wall in times)


def _built(app: Flask, server: Server, record_id: int) -> Built:
    """Save the view and do its job as the worker does, while somebody logs one note after the other."""
    path = f"/records/{record_id}/activities"
    note = Asked(path, server.form_headers(f"{path}/new?kind=note"), NOTE, keyed=True)
    before = [_note(server, note) for _ in range(20)]
    kind = schema().object_type("contact")
    end_read()
    texts = tuple(text for name, text in TWO_FILTERS.arguments if name == ARGUMENT)
    with unit_of_work():
        create_view(_owner(), kind, "Measured", Visibility.PRIVATE, ViewState(filter=texts, sort="lastname"))
    there, begun = len(view_indexes(kind.name)), time.perf_counter()
    end_read()

    def keep() -> None:
        with app.app_context():
            keep_indexes({"object_type": kind.name})

    worker = threading.Thread(target=keep)
    worker.start()
    notes = []
    while worker.is_alive():
        notes.append(_note(server, note))
        time.sleep(PAUSE)
    worker.join()
    return Built(len(view_indexes(kind.name)) - there, time.perf_counter() - begun, notes, before)


def _note(server: Server, note: Asked) -> float:
    return server.round(note, 1).wall_ms


if __name__ == "__main__":
    main()
