"""What was measured, as docs/benchmarks.md: every figure beside its floor and its goal, and what falls short."""

import os
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from benchmarks import searching

if TYPE_CHECKING:
    from benchmarks.__main__ import Measured
    from benchmarks.searching import Searched
    from benchmarks.server import Cost

GOAL_OVER_RAW, GOAL_OVER_ORM, GOAL_OF_GROWTH = 4.0, 2.5, 1.2
GOAL_PER_SECOND, GOAL_IDLE_MB, GOAL_BUSY_MB, GOAL_START_SECONDS = 150, 120, 256, 2.0
GOAL_BYTES, GOAL_ZIPPED = 60_000, 10_000
GOAL_REQUESTS, GOAL_KILOBYTES = 12, 150
INTRODUCTION = (
    "Made by `make bench` on {day:%d %B %Y}: Python {python}, SQLite, {cores} cores, one gunicorn process of four "
    "threads. Milliseconds of server CPU per request, which are steadier than those of the clock. A page and the floor "
    "that shows the same take turns, and the median of the turns counts; still, compare a figure with its floor, not "
    "with another machine. Load average at the end of this run: {load:.1f} (2 is a machine that does nothing else)."
)
FLOORS = (
    "Each page stands beside a page that shows the same in plain HTML, with as little as possible around it: a view of "
    "Flask that runs its SQL on one open sqlite3 connection and renders one Jinja template, without sign-in, rights, "
    "forms or menus (`benchmarks/floors.py`, `benchmarks/floor_templates.py`). The record page of the floor has the "
    "header, the nine properties, the ten next open and the thirty newest other activities with kind, person, moment, "
    "subject, 180 characters of text and number of comments, and the first five associated records of each object with "
    "three properties and their number."
)
COLUMNS = (
    "CPU in milliseconds, the floor in brackets and how many times it that is; queries and the budget they have; size "
    "of the answer, and gzipped, at the largest number of activities."
)

WHY_NOTE = (
    "because a save is about twenty statements: session, rights, form key, rules of association, timeline entries, "
    "dates of last activity and the change for search, and the answer is the entry as it stands on the timeline"
)
SEARCHING = (
    "Search stands beside SQLite's own full-text search (FTS5, one table with the texts of all activities) on the same "
    "data, and creating a note beside the same rows written by the ORM."
)


@dataclass(frozen=True)
class Floor:
    """What a page costs with nothing around it, and its size."""

    cpu_ms: float
    size: int


@dataclass(frozen=True)
class Row:
    """One page on one size, with the floor that shows the same."""

    name: str
    floor_ms: float
    cost: "Cost"
    queries: int
    budget: int
    zipped: int

    @property
    def times(self) -> float:
        """How many times the floor."""
        return self.cost.cpu_ms / max(self.floor_ms, 0.01)

    @property
    def size(self) -> int:
        """Bytes of the answer."""
        return len(self.cost.body)


Cell = Callable[["Measured"], str]


def write(measured: Sequence["Measured"]) -> str:
    """The whole page, in Markdown."""
    introduction = INTRODUCTION.format(
        day=datetime.now(UTC), python=platform.python_version(), cores=os.cpu_count(), load=os.getloadavg()[0]
    )
    parts = ["# Benchmarks", introduction, *_floors(measured), *_pages(measured), *_others(measured)]
    short = list(_short(measured))
    parts += ["## What falls short", "\n".join(f"- {line}" for line in short) or "Nothing."]
    return "\n\n".join(parts) + "\n"


def _table(measured: Sequence["Measured"], first: Sequence[str], rows: Sequence[tuple[Sequence[str], Cell]]) -> str:
    head = [*first, *(f"{one.installed.facts.activities:,} activities" for one in measured)]
    lines = [f"| {' | '.join(head)} |", f"|{'--|' * len(head)}"]
    lines += [f"| {' | '.join([*names, *(cell(one) for one in measured)])} |" for names, cell in rows]
    return "\n".join(lines)


def _floors(measured: Sequence["Measured"]) -> list[str]:
    rows: list[tuple[Sequence[str], Cell]] = [
        ((name, f"{floor.size / 1000:.0f} kB"), lambda one, name=name: f"{one.floors[name].cpu_ms:.1f}")  # type: ignore[misc]
        for name, floor in measured[-1].floors.items()
    ]
    return ["## Floors", FLOORS, _table(measured, ("record page", "bytes"), rows)]


def _followed(one: "Measured") -> str:
    found = one.following
    return f"{found.amount_ms:.1f} ({found.plain_ms:.1f})" if found else ""


def _pages(measured: Sequence["Measured"]) -> list[str]:
    rows: list[tuple[Sequence[str], Cell]] = []
    for number, row in enumerate(measured[-1].rows):
        names = (
            row.name,
            f"{row.queries} of {row.budget}",
            f"{row.size / 1000:.0f} kB ({row.zipped / 1000:.1f})",
        )
        rows.append((names, lambda one, number=number: _page(one.rows[number])))  # type: ignore[misc]
    big = measured[-1].installed.facts
    sizes = f"At the right the usual record has {big.average_entries:,} entries and the largest {big.big_entries:,}."
    return ["## Pages", COLUMNS, _table(measured, ("", "queries", "bytes (gzip)"), rows), sizes]


def _page(row: Row) -> str:
    return f"{row.cost.cpu_ms:.1f} ({row.floor_ms:.1f}, {row.times:.1f} x)"


def _others(measured: Sequence["Measured"]) -> list[str]:
    def search(cell: Callable[["Searched"], str]) -> Cell:
        return lambda one: cell(one.search) if one.search else "not measured"

    def first_page(one: "Measured") -> str:
        found = one.first_page
        if found is None:
            return "no Chromium"
        return f"{found.requests} requests, {found.kilobytes:.0f} kB, shift {found.layout_shift:.3f}"

    rows: list[tuple[Sequence[str], Cell]] = [
        *((names, search(cell)) for names, cell in searching.rows(measured[-1].installed.facts)),
        (("create a note (the ORM)", f"{GOAL_OVER_ORM} x"), lambda one: _beside(one.note)),
        (("change a deal's amount, summed up on its company (a text)", ""), _followed),
        (
            ("record pages a second, 8 clients, 2 processes", f"{GOAL_PER_SECOND}"),
            lambda one: f"{one.per_second:.0f}",
        ),
        (("memory after the start", f"{GOAL_IDLE_MB} MB"), lambda one: f"{one.idle_mb:.0f} MB"),
        (("memory after all of this", f"{GOAL_BUSY_MB} MB"), lambda one: f"{one.busy_mb:.0f} MB"),
        (
            ("from start to first answer (CPU)", f"{GOAL_START_SECONDS:.0f} s"),
            lambda one: f"{one.start_seconds:.1f} s ({one.start_cpu_seconds:.1f})",
        ),
        (("first record page in Chromium, empty cache", f"{GOAL_REQUESTS}, {GOAL_KILOBYTES} kB, 0"), first_page),
    ]
    return ["## Searching, writing, many at once", SEARCHING, _table(measured, ("", "goal"), rows)]


def _beside(pair: tuple[float, float]) -> str:
    ours, theirs = pair
    return f"{ours:.1f} ({theirs:.1f}, {ours / max(theirs, 0.01):.1f} x)"


def _short(measured: Sequence["Measured"]) -> Iterator[str]:
    """Each figure that misses its goal, at the largest size, and by how much."""
    last = measured[-1]
    for row in last.rows:
        if row.times > GOAL_OVER_RAW:
            yield f"{row.name}: {row.times:.1f} times its floor, {GOAL_OVER_RAW:.0f} allowed"
        if row.queries > row.budget:
            yield f"{row.name}: {row.queries} queries, {row.budget} allowed"
        if row.size > GOAL_BYTES or row.zipped > GOAL_ZIPPED:
            yield f"{row.name}: {row.size / 1000:.1f} kB ({row.zipped / 1000:.1f} gzipped), 60 (10) allowed"
    yield from _grown(measured)
    yield from searching.short(last.search, last.installed.facts) if last.search else ()
    ours, theirs = last.note
    if ours > theirs * GOAL_OVER_ORM:
        yield f"create a note: {ours / theirs:.1f} times the ORM, {GOAL_OVER_ORM} allowed, {WHY_NOTE}"
    if last.per_second < GOAL_PER_SECOND:
        yield f"{last.per_second:.0f} record pages a second, {GOAL_PER_SECOND} wanted"
    if last.idle_mb > GOAL_IDLE_MB or last.busy_mb > GOAL_BUSY_MB:
        yield f"memory: {last.idle_mb:.0f} and {last.busy_mb:.0f} MB, {GOAL_IDLE_MB} and {GOAL_BUSY_MB} allowed"
    if last.start_seconds > GOAL_START_SECONDS:
        yield f"start: {last.start_seconds:.1f} s, {GOAL_START_SECONDS:.0f} allowed"
    first = last.first_page
    if first and (first.requests > GOAL_REQUESTS or first.kilobytes > GOAL_KILOBYTES or first.layout_shift > 0):
        yield f"first page: {first.requests} requests, {first.kilobytes:.0f} kB, layout shift {first.layout_shift:.3f}"


def _grown(measured: Sequence["Measured"]) -> Iterator[str]:
    """Pages that cost more with more in the database, each measured in times of its floor at the same size."""
    if len(measured) < 2:
        return
    before, last = measured[-2], measured[-1]
    for number, row in enumerate(last.rows):
        growth = row.times / max(before.rows[number].times, 0.01)
        if growth > GOAL_OF_GROWTH and row.cost.cpu_ms > before.rows[number].cost.cpu_ms * GOAL_OF_GROWTH:
            yield f"{row.name}: {growth:.2f} times the figure of the size before, {GOAL_OF_GROWTH} allowed"
