"""What was measured of index pages, as docs/benchmarks-index.md: each beside the same by hand, and what falls short."""

import os
import platform
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.index_questions import ROWS
from crm.records.queries import COUNT_LIMIT

if TYPE_CHECKING:
    from benchmarks.index_pages import Beside, Built, Measured

BUDGET, SMALLER = 8, 25
INTRODUCTION = (
    "Made by `make bench-index` on {day:%d %B %Y}: Python {python}, SQLite, {cores} cores, one gunicorn process, "
    "{contacts:,} contacts; load average {load:.1f} at the end (2 is a machine that does nothing else). Milliseconds "
    "of CPU, and by the clock in brackets; the ways to ask take turns, the median of the turns counts, and what is so "
    "many times another is CPU."
)
PAGES = (
    "A page of {rows} rows with their number, counted to {bound:,}. “By hand” is Python's sqlite3 on the same file "
    "with the quickest of several statements written by hand: with an index and past it, rows and number in two "
    "statements and in one (`benchmarks/index_questions.py`). “Our SQL” are the statements of our page run like that, "
    "without the program; “the page” is the whole program behind HTTP, with session, rights and HTML. Both show the "
    "same rows."
)
SAVED = (
    "The first question is saved as a view, and the job of the worker makes its indexes, one by one with a pause "
    "behind each, while somebody logs notes. Before it, a note took {before:,.0f} ms (slowest {before_slowest:,.0f})."
)
SIZE = (
    "The page of the first question has {html:,} bytes, and {zipped:,} gzipped as it goes over the wire. With an empty "
    "cache Chromium fetches {first} for it, style sheets and scripts included; each further page is its HTML alone. "
    "{times} times the page are {bundle:,} bytes gzipped and {plain:,} as it is: the goal holds beside every client "
    "application that sends more than that before its first row is seen. None was measured here."
)


def write(measured: "Measured") -> str:
    """The whole page, in Markdown."""
    about = {"day": datetime.now(UTC), "python": platform.python_version(), "cores": os.cpu_count()}
    first = measured.first
    fetched = f"{first.requests} files of {first.kilobytes:,.0f} kB" if first else "(no Chromium here) its files"
    size = {"html": len(measured.html), "zipped": measured.zipped, "times": SMALLER}
    parts = [
        "# Benchmarks of index pages",
        INTRODUCTION.format(**about, contacts=measured.contacts, load=os.getloadavg()[0]),
        "## Filtered pages",
        PAGES.format(rows=ROWS, bound=COUNT_LIMIT),
        _beside(measured.before),
        *(_plans(measured.before)),
        "## Once the view is saved",
        *(_built(measured.built) if measured.built else ()),
        _beside(measured.after),
        *(_plans(measured.after)),
        "## Counted and added up on request",
        _counts(measured),
        "## Bytes",
        SIZE.format(**size, first=fetched, bundle=SMALLER * measured.zipped, plain=SMALLER * len(measured.html)),
        "## What falls short",
        "\n".join(f"- {line}" for line in _short(measured)) or "Nothing.",
    ]
    return "\n\n".join(parts) + "\n"


def _table(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], ["--"] * len(rows[0]), *rows[1:]))


def _beside(found: "Sequence[Beside]") -> str:
    head = ("", "By hand", "Our SQL", "The page", "Goal", "Program besides its SQL", "Queries")
    return _table([head, *(_row(one) for one in found)])


def _row(one: "Beside") -> Sequence[str]:
    page = (one.page.cpu_ms, one.page.wall_ms)
    return (
        one.question.name,
        _times(one.by_hand),
        f"{_times(one.database)}, {one.database[0] / one.by_hand[0]:.1f} x",
        f"{_times(page)}, {_ratio(one):.1f} x",
        f"{one.question.goal:.0f} x",
        f"{max(0.0, page[0] - one.database[0]):.1f}",
        f"{one.queries} of {BUDGET}",
    )


def _times(times: tuple[float, float]) -> str:
    return f"{times[0]:,.1f} ({times[1]:,.1f})"


def _ratio(one: "Beside") -> float:
    return one.page.cpu_ms / one.by_hand[0]


def _plans(found: "Sequence[Beside]") -> Sequence[str]:
    return ["How SQLite finds the rows:", "\n".join(f"- {one.question.name}: {one.plan}" for one in found)]


def _built(built: "Built") -> Sequence[str]:
    about = SAVED.format(before=median(built.before), before_slowest=max(built.before))
    head = ("Indexes", "Made in", "Notes meanwhile", "One took", "The slowest")
    row = (
        str(built.number),
        f"{built.seconds:.1f} s",
        str(len(built.notes)),
        f"{median(built.notes):,.0f} ms",
        f"{max(built.notes):,.0f} ms",
    )
    return [about, _table([head, row])]


def _counts(measured: "Measured") -> str:
    head = ("", "By hand", "The answer")
    rows = [
        (name, _times(by_hand), f"{_times((cost.cpu_ms, cost.wall_ms))}, {cost.cpu_ms / by_hand[0]:.1f} x")
        for name, (cost, by_hand) in measured.counts.items()
    ]
    return _table([head, *rows])


def _short(measured: "Measured") -> Iterator[str]:
    """Each figure that misses its goal, and by how much."""
    for state, found in (("", measured.before), (", saved", measured.after)):
        for one in found:
            if _ratio(one) > one.question.goal:
                more = one.page.cpu_ms - one.by_hand[0]
                yield (
                    f"{one.question.name}{state}: the page takes {_ratio(one):.1f} times what it takes by hand, "
                    f"{one.question.goal:.0f} wanted; that is {more:.0f} ms of CPU more"
                )
            if one.queries > BUDGET:
                yield f"{one.question.name}{state}: {one.queries} queries, {BUDGET} allowed"
