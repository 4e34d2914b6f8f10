"""Measure putting one activity on 10,000 records on both databases, and write docs/benchmarks-associations.md.

    make bench-associations

Makes a SQLite database in a temporary folder, and a PostgreSQL database of its own on the server that
KARTOTEK_TEST_POSTGRES_URL names, if it names one; both are gone afterwards.
"""

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.custom_objects import own_database, run
from benchmarks.server import PROJECT

REPORT = PROJECT / "docs" / "benchmarks-associations.md"
RECORDS = 10_000
ANSWER_MS, TIMES = 1_000, 1.5
INTRODUCTION = (
    "Made by `make bench-associations` on {day:%d %B %Y}: Python {python}, {cores} cores. Times are by the clock, so "
    "they hold what else the machine did; the load average stands in the table, as it was at the end. The measuring "
    "itself is three processes (one that asks, a server, a worker) and, on PostgreSQL, its server."
)
WHAT = (
    "`benchmarks/associating.py` puts one note on all {records:,} contacts, which is as many records as an activity "
    "may be on, and takes it off again. Meanwhile somebody opens a record page and logs a note on it, in turns. "
    "Goals: the answer to the click in less than {answer:,} ms, and neither page slower than {times} times what it "
    "took before."
)
PARTS = (("page", "Record page"), ("note", "Logging a note"))
PHASES = (("before", "before"), ("meanwhile", "while it is put on"), ("undoing", "while it is undone"))


def main() -> None:
    """Run it from the command line."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=RECORDS, help="contacts, at most 10,000")
    arguments.add_argument("--print-only", action="store_true", help="leave the report as it is")
    chosen = arguments.parse_args()
    found = [_measured("SQLite", "", chosen.records)]
    server = os.environ.get("KARTOTEK_TEST_POSTGRES_URL")
    if server:
        with own_database(server) as url:
            found.append(_measured("PostgreSQL", url, chosen.records))
    text = _report(found, chosen.records)
    if not chosen.print_only:
        REPORT.write_text(text, "utf-8")
    print(text)


def _measured(name: str, url: str, records: int) -> dict[str, Any]:
    print(f"{name} ...", flush=True)
    with tempfile.TemporaryDirectory(prefix="kartotek-bench-") as folder:
        ours = {key: value for key, value in os.environ.items() if not key.startswith("KARTOTEK_")}
        index = str(Path(folder) / "search_index")
        environment = ours | {"KARTOTEK_DATA_DIR": folder, "KARTOTEK_SEARCH_INDEX": index}
        if url:
            environment["KARTOTEK_DATABASE_URL"] = url
        told = run(environment, "-m", "benchmarks.associating", str(records)).splitlines()[-1]
    return {"name": name, **json.loads(told)}


def _report(found: Sequence[dict[str, Any]], records: int) -> str:
    head = ["", *(one["name"] for one in found)]
    rows = [
        ("Answer to “Associate all”", *(f"{one['answer']:,.0f} ms" for one in found)),
        ("Records it was put on", *(f"{one['changed']:,}" for one in found)),
        ("Until it was on all of them", *(f"{one['seconds']:.1f} s" for one in found)),
        ("CPU of the worker for that", *(f"{one['cpu']:.1f} s" for one in found)),
        ("Opening the pop-up then", *(f"{one['popup']:,.0f} ms" for one in found)),
        ("Answer to “Undo”", *(f"{one['undo_answer']:,.0f} ms" for one in found)),
        ("Until it was off all of them", *(f"{one['undo_seconds']:.1f} s" for one in found)),
    ]
    for key, what in PARTS:
        for phase, when in PHASES:
            rows.append((f"{what}, {when}", *(_cell(one, key, phase) for one in found)))
        for phase, when in PHASES:
            rows.append((f"{what}, CPU of the server, {when}", *(_cpu(one, key, phase) for one in found)))
    rows.append(("Load", *(f"{one['load']:.1f}" for one in found)))
    parts = [
        "# Benchmarks of associations",
        INTRODUCTION.format(day=datetime.now(UTC), python=platform.python_version(), cores=os.cpu_count()),
        "## One activity on 10,000 records",
        WHAT.format(records=records, answer=ANSWER_MS, times=TIMES),
        "\n".join(f"| {' | '.join(row)} |" for row in (head, ["--"] * len(head), *rows)),
        "Of pages: the median, in brackets the slowest, and how many times what it was before.",
        "## What falls short",
        "\n".join(_short(found)) or "Nothing.",
    ]
    return "\n\n".join(parts) + "\n"


def _cell(one: dict[str, Any], key: str, phase: str) -> str:
    text = f"{one[phase][key]:,.0f} ms ({one[phase][f'{key}_slowest']:,.0f})"
    return text if phase == "before" else f"{text}, {one[phase][key] / one['before'][key]:.2f} x"


def _cpu(one: dict[str, Any], key: str, phase: str) -> str:
    spent, before = one[phase][f"{key}_cpu"], one["before"][f"{key}_cpu"]
    return f"{spent:.1f} ms" if phase == "before" else f"{spent:.1f} ms, {spent / before:.2f} x"


def _short(found: Sequence[dict[str, Any]]) -> list[str]:
    late = [
        f"- {one['name']}: the answer took {one['answer']:,.0f} ms, {ANSWER_MS:,} wanted"
        for one in found
        if one["answer"] > ANSWER_MS
    ]
    slow = [
        f"- {one['name']}: {what.lower()} took {one[phase][key] / one['before'][key]:.2f} times as long {when}, "
        f"{TIMES} wanted"
        for one in found
        for key, what in PARTS
        for phase, when in PHASES[1:]
        if one[phase][key] > TIMES * one["before"][key]
    ]
    return late + slow


if __name__ == "__main__":
    main()
