"""Measure custom objects on databases made for it, and write docs/benchmarks-custom-objects.md.

    make bench-objects

Makes a SQLite database in a temporary folder, and a PostgreSQL database of its own on the server that
KARTOTEK_TEST_POSTGRES_URL names, if it names one; both are gone afterwards.
"""

import argparse
import json
import os
import platform
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.server import PROJECT

REPORT = PROJECT / "docs" / "benchmarks-custom-objects.md"
RECORDS, SORTED = 1_000_000, 100_000
PLURAL_NAME = "machines"
GOAL_MS = 1_000
INTRODUCTION = (
    "Made by `make bench-objects` on {day:%d %B %Y}: Python {python}, {cores} cores. All figures are wall times in "
    "milliseconds but where they are called CPU, so they hold what else the machine did: the load average stands in "
    "each line, as it was at the end. The measuring itself is two processes and, on PostgreSQL, its server; a load "
    "well above 3 says that others took part, and that the figures are upper bounds."
)
ADDING = (
    "`benchmarks/schema_changes.py` adds ten properties of numbers to an object of {records:,} records, with a pause "
    "of 0.3 s after each, while another process reads an index page and a record and changes that record, again and "
    "again. The last two columns are the slowest of its rounds, in the seconds before and while properties are added. "
    "Goal: a property in less than {goal:,} ms."
)
SORTING = (
    "`benchmarks/custom_object_index.py` asks for the index page of an object with a pipeline and {records:,} records "
    "that `generate` made, sorted by each of its sortable properties both ways, first page and the next; no index but "
    "on owner, dates, stage and unique properties."
)


def main() -> None:
    """Run it from the command line."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=RECORDS, help="records of the object that gets properties")
    arguments.add_argument("--sorted", type=int, default=SORTED, help="records of the object that is sorted")
    arguments.add_argument("--print-only", action="store_true", help="leave the report as it is")
    chosen = arguments.parse_args()
    found = [_measured("SQLite", "", chosen)]
    server = os.environ.get("KARTOTEK_TEST_POSTGRES_URL")
    if server:
        with own_database(server) as url:
            found.append(_measured("PostgreSQL", url, chosen))
    text = _report(found, chosen)
    if not chosen.print_only:
        REPORT.write_text(text, "utf-8")
    print(text)


def _measured(name: str, url: str, chosen: argparse.Namespace) -> dict[str, Any]:
    """What both scripts found on one database; `url` "" is SQLite in a folder of its own."""
    print(f"{name} ...", flush=True)
    with tempfile.TemporaryDirectory(prefix="kartotek-bench-") as folder:
        environment = os.environ | {
            "KARTOTEK_DATA_DIR": folder,
            "KARTOTEK_SEARCH_INDEX": str(Path(folder) / "search_index"),
        }
        environment.pop("KARTOTEK_DATABASE_URL", None)
        if url:
            environment["KARTOTEK_DATABASE_URL"] = url
        adding = _told(environment, "-m", "benchmarks.schema_changes", str(chosen.records))
        making = ("generate", "--object", PLURAL_NAME, "--records", str(chosen.sorted))
        run(environment, "-m", "flask", "--app", "app", *making)
        sorting = _told(environment, "-m", "benchmarks.custom_object_index", PLURAL_NAME)
    return {"name": name, "adding": adding, "sorting": sorting}


def _told(environment: dict[str, str], *command: str) -> dict[str, Any]:
    return json.loads(run(environment, *command).splitlines()[-1])


def run(environment: dict[str, str], *command: str) -> str:
    """What a Python program of this interpreter prints; ends everything when it fails."""
    done = subprocess.run([sys.executable, *command], cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}")
    return done.stdout


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """The address of a new database on a PostgreSQL server; dropped at the end."""
    name = f"kartotek_bench_{secrets.token_hex(4)}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        try:
            yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()


def _report(found: list[dict[str, Any]], chosen: argparse.Namespace) -> str:
    adding = [
        "| | one property, median | slowest | CPU | other process before | meanwhile | load |",
        f"|{'--|' * 7}",
        *(_row(one["name"], one["adding"], ("median", "slowest", "cpu", "before", "meanwhile")) for one in found),
    ]
    sorting = [
        "| | properties | sorts | median | slowest | load |",
        f"|{'--|' * 6}",
        *(
            f"| {one['name']} | {one['sorting']['properties']} | {one['sorting']['sorts']} "
            + _row("", one["sorting"], ("median", "slowest")).removeprefix("|  ")
            for one in found
        ),
    ]
    short = [
        f"- {one['name']}: {what} property took {one['adding'][key]:,.0f} ms, {GOAL_MS:,} wanted"
        for one in found
        for what, key in (("the median", "median"), ("the slowest", "slowest"))
        if one["adding"][key] > GOAL_MS
    ]
    parts = [
        "# Benchmarks of custom objects",
        INTRODUCTION.format(day=datetime.now(UTC), python=platform.python_version(), cores=os.cpu_count()),
        "## Adding a property",
        ADDING.format(records=chosen.records, goal=GOAL_MS),
        "\n".join(adding),
        "## Sorting by any property",
        SORTING.format(records=chosen.sorted),
        "\n".join(sorting),
        "## What falls short",
        "\n".join(short) or "Nothing.",
    ]
    return "\n\n".join(parts) + "\n"


def _row(name: str, figures: dict[str, Any], keys: tuple[str, ...]) -> str:
    return f"| {name} | {' | '.join(f'{figures[key]:,.0f}' for key in keys)} | {figures['load']:.1f} |"


if __name__ == "__main__":
    main()
