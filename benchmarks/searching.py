"""Search: what questions cost beside SQLite's own full-text search on the same texts in the same run, and the index."""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import median
from urllib.parse import quote

from flask import Flask, request
from jinja2 import Environment

from benchmarks import installation
from benchmarks.floors import make_fts
from benchmarks.installation import COOKIE, Facts, Installation
from benchmarks.server import PAGE_SIZE, Asked, Server, serving, side_by_side
from crm.cli import make_worker
from crm.db import end_read
from crm.search import index, indexer, outbox

COMMON_WORD, PREFIX = "crates", "deli"
FRAGMENT = {"HX-Request": "true"}
SAVES = 20
PATIENCE_SECONDS = 60
WHY = (
    "because the page also signs in, looks for records of five objects, reads every hit again through the gate and "
    "marks the words in titles and texts; the index itself is about a twentieth of it"
)
GOAL_OVER_FTS = 8.0
GOAL_REBUILD_SECONDS, GOAL_REBUILD_MB, GOAL_LAG_MS = 1_800, 1_000, 2_000
ROWS = Environment(autoescape=True).from_string(
    "<!doctype html><ul>{% for row in rows %}<li><a href='/activities/{{ row[0] }}'>{{ row[1] }}</a>{% endfor %}</ul>"
)


@dataclass(frozen=True)
class Question:
    """Something searched for: the page, the same asked of the full-text table, and the most it may cost."""

    name: str
    path: str
    floor: str
    goal_ms: float
    is_fragment: bool = False


@dataclass
class Searched:
    """What was measured of search on one size."""

    costs: dict[str, tuple[float, float]] = field(default_factory=dict)
    rebuild_seconds: float = 0
    rebuild_cpu_seconds: float = 0
    rebuild_mb: float = 0
    documents: int = 0
    index_mb: float = 0
    web_mb: float = 0
    lag_ms: float = 0


def questions(facts: Facts) -> list[Question]:
    """What is asked of an installation with these facts."""
    rare = quote(facts.rare_word)

    def timeline(record_id: int) -> tuple[str, str]:
        return f"/records/{record_id}/timeline?q={COMMON_WORD}", f"/search?q={COMMON_WORD}&record={record_id}"

    return [
        Question("search, rare word", f"/search?q={rare}", f"/search?q={rare}", 60),
        Question("search, common word", f"/search?q={COMMON_WORD}+", f"/search?q={COMMON_WORD}", 120),
        Question("search, four letters", f"/search?q={PREFIX}", f"/search?q={PREFIX}&begins=1", 150),
        Question("search in the usual timeline", *timeline(facts.average_id), 15, is_fragment=True),
        Question("search in the largest timeline", *timeline(facts.big_id), 150, is_fragment=True),
        Question("suggestion", "/search/suggestions?q=ann", "/search?q=ann&begins=1", 30, is_fragment=True),
    ]


def measure(installed: Installation, rounds: int, requests: int) -> Searched:
    """Build the index, ask every question, and see how soon a change is in the index."""
    searched = Searched()
    with installation.opened(installed):
        print("  building the search index", flush=True)
        _rebuild(searched)
    texts = installed.folder / "texts.sqlite"
    if not texts.exists():
        make_fts(str(installed.database), str(texts))
    floor_environment = {**os.environ, "BENCH_DATABASE": str(texts), "BENCH_SOURCE": str(installed.database)}
    with (
        serving("app:app", installed.environment, f"{COOKIE}={installed.facts.token}") as server,
        serving("benchmarks.searching:fts_page", floor_environment) as floor,
    ):
        for one in questions(installed.facts):
            pair = [(server, Asked(one.path, FRAGMENT if one.is_fragment else {})), (floor, Asked(one.floor))]
            ours, theirs = side_by_side(pair, rounds, requests)
            searched.costs[one.name] = (ours.cpu_ms, theirs.cpu_ms)
        searched.web_mb = server.memory_mb()
        searched.lag_ms = _lag(installed, server)
    return searched


def _rebuild(searched: Searched) -> None:
    """Build everything anew, as `flask --app app reindex` does, and watch over the memory of all its processes."""
    is_done = threading.Event()
    peaks: list[float] = []

    def watch() -> None:
        while not is_done.wait(0.2):
            peaks.append(sum(_memory_mb(pid) for pid in _family()))

    watching = threading.Thread(target=watch)
    watching.start()
    started, cpu = time.perf_counter(), _cpu_seconds()
    try:
        searched.documents = indexer.reindex()
    finally:
        is_done.set()
        watching.join()
    searched.rebuild_seconds = time.perf_counter() - started
    searched.rebuild_cpu_seconds = _cpu_seconds() - cpu
    searched.rebuild_mb = max(peaks, default=_memory_mb(os.getpid()))
    folder = index.folder().path
    searched.index_mb = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _family() -> list[int]:
    """This process and its children."""
    me = os.getpid()
    lists = (path.read_text() for path in Path(f"/proc/{me}/task").glob("*/children"))
    return [me, *(int(pid) for text in lists for pid in text.split())]


def _memory_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_SIZE / 1e6
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _lag(installed: Installation, server: Server) -> float:
    """How many milliseconds after its answer a saved note is in the index: the median of several, a worker running."""
    path = f"/records/{installed.facts.written_id}/activities"
    note = Asked(path, server.form_headers(f"{path}/new?kind=note"), {"kind": "note", "body": "<p>harvest</p>"}, True)
    with installation.opened(installed) as app:
        worker = make_worker(app)
        thread = threading.Thread(target=worker.run)
        thread.start()
        try:
            return median(_seconds_until_indexed(server, note) * 1_000 for _ in range(SAVES))
        finally:
            worker.stop()
            thread.join()


def _seconds_until_indexed(server: Server, note: Asked) -> float:
    server.ask(note)
    saved = time.perf_counter()
    end_read()
    newest = outbox.newest()
    while (index.folder().position() or 0) < newest:
        if time.perf_counter() - saved > PATIENCE_SECONDS:
            raise RuntimeError("a saved note does not get into the index")
        time.sleep(0.005)
    return time.perf_counter() - saved


fts_page = Flask("fts_page")


@fts_page.get("/search")
def _search() -> str:
    word = request.args["q"].replace('"', "")
    asked = f'"{word}"' + (" *" if "begins" in request.args else "")
    on_record, given = "", [asked]
    if "record" in request.args:
        # The plus keeps SQLite from asking the full-text table once for each activity of the record.
        on_record = "AND +rowid IN (SELECT activity_id FROM source.activity_link WHERE record_id = ?) "
        given.append(request.args["record"])
    rows = _connected().execute(
        "SELECT rowid, snippet(texts, 0, '[', ']', '...', 20) FROM texts WHERE texts MATCH ? "
        f"{on_record}ORDER BY rowid DESC LIMIT 30",
        given,
    )
    return ROWS.render(rows=rows.fetchall())


@cache
def _connected() -> sqlite3.Connection:
    connection = sqlite3.connect(os.environ["BENCH_DATABASE"], check_same_thread=False)
    connection.execute("ATTACH ? AS source", [os.environ["BENCH_SOURCE"]])
    return connection


Row = tuple[Sequence[str], Callable[[Searched], str]]


def rows(facts: Facts) -> list[Row]:
    """Name and goal of every figure, and how it is shown for one size."""
    found: list[Row] = []
    for question in questions(facts):
        found.append(((question.name, f"{question.goal_ms:.0f} ms"), lambda one, name=question.name: _cost(one, name)))
    return [
        *found,
        (("a saved note is in the index after", f"{GOAL_LAG_MS:,} ms"), lambda one: f"{one.lag_ms:.0f} ms"),
        (("rebuild of the index (CPU)", f"{GOAL_REBUILD_SECONDS:,} s"), _rebuilt),
        (("memory of all its processes", f"{GOAL_REBUILD_MB:,} MB"), lambda one: f"{one.rebuild_mb:.0f} MB"),
        (("size of the index", ""), lambda one: f"{one.index_mb:.0f} MB"),
        (("memory of a web process that searches", "256 MB"), lambda one: f"{one.web_mb:.0f} MB"),
    ]


def _cost(one: Searched, name: str) -> str:
    ours, theirs = one.costs[name]
    return f"{ours:.1f} ({theirs:.1f}, {ours / max(theirs, 0.01):.1f} x)"


def _rebuilt(one: Searched) -> str:
    pace = one.documents / max(one.rebuild_seconds, 0.01)
    return f"{one.rebuild_seconds:.0f} s ({one.rebuild_cpu_seconds:.0f}), {pace:,.0f} documents a second"


def short(one: Searched, facts: Facts) -> Iterator[str]:
    """Each figure that misses its goal, and by how much."""
    for question in questions(facts):
        ours, theirs = one.costs[question.name]
        if ours > question.goal_ms:
            yield f"{question.name}: {ours:.1f} ms, {question.goal_ms:.0f} allowed"
        if question.name != "suggestion" and ours > theirs * GOAL_OVER_FTS:
            yield (
                f"{question.name}: {ours / theirs:.1f} times SQLite's full-text search, {GOAL_OVER_FTS:.0f} wanted, "
                f"{WHY}"
            )
    if one.rebuild_seconds > GOAL_REBUILD_SECONDS or one.rebuild_mb > GOAL_REBUILD_MB:
        yield f"rebuild: {one.rebuild_seconds:.0f} s and {one.rebuild_mb:.0f} MB"
    if one.lag_ms > GOAL_LAG_MS:
        yield f"a saved note is in the index after {one.lag_ms:.0f} ms, {GOAL_LAG_MS:,} allowed"
