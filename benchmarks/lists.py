"""Measure how soon an active list is true again, on a SQLite database made for it, and write docs/benchmarks-lists.md.

    make bench-lists
"""

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from benchmarks.installation import OWNER, make, opened
from benchmarks.server import PROJECT
from crm.accounts.queries import find_user, viewer_for
from crm.db import db, end_read, unit_of_work
from crm.filters.addresses import write_condition
from crm.filters.tree import Condition
from crm.jobs.registry import JOB_KINDS
from crm.lists.membership import PENDING
from crm.lists.models import ListState
from crm.lists.operations import Content, create_list
from crm.lists.queries import LIST, get_list
from crm.lists.watching import KEEP
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record

REPORT = PROJECT / "docs" / "benchmarks-lists.md"
CONTACTS, ACTIVITIES, CHANGED, AT_ONCE = 1_000_000, 10_000, 1_000, 50
SHARE, GOAL = 10, 5.0
WHY = "a measurement"
INTRODUCTION = (
    "Made by `make bench-lists` on {day:%d %B %Y}: Python {python}, {cores} cores, load average {load:.1f} at the end. "
    "Seconds by the clock. {contacts:,} contacts on SQLite; the list of the first row holds about one in {share} of "
    "them by their city. {changed:,} contacts get another city, half of them one of the list, in units of {at_once}. "
    "“True again” is what the worker takes from then on; goal: less than {goal:.0f} s."
)


class Measured(NamedTuple):
    """What one list took."""

    name: str
    members: int
    build: float
    change: float
    again: float
    differed: int


def main() -> None:
    """Run it from the command line."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--contacts", type=int, default=CONTACTS)
    arguments.add_argument("--folder", type=Path, help="where a filled database is, or is made and left")
    arguments.add_argument("--print-only", action="store_true", help="leave the report as it is")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="kartotek-bench-") as folder:
        found = _measure(chosen.folder or Path(folder), chosen.contacts)
    text = _report(found, chosen.contacts)
    if not chosen.print_only:
        REPORT.write_text(text, "utf-8")
    print(text)


def _measure(folder: Path, contacts: int) -> list[Measured]:
    folder.mkdir(exist_ok=True)
    with opened(make(folder, contacts, min(ACTIVITIES, contacts))):
        entry = find_user(OWNER)
        assert entry is not None
        owner = viewer_for(entry.id)
        cities = _cities(contacts // SHARE)
        asked = write_condition(Condition("city", "equal_any", tuple(cities)))
        own = _made(owner, "By city", asked)
        alone = _changed(owner, own, "By the contact's city", cities)
        _made(owner, "By the city of the company", f"associated.company.{asked}")
        _made(owner, "On the first list", f"list.member:any:{own[0]}")
        return [alone, _changed(owner, own, "With two more lists, by companies and by this list", cities[::-1])]


def _made(owner: Viewer, name: str, text: str) -> tuple[int, float]:
    end_read()
    with unit_of_work():
        list_id = create_list(owner, schema().object_type("contact"), Content(name, filter=[text]))
    return list_id, _seconds(_keep)


def _changed(owner: Viewer, made: tuple[int, float], name: str, cities: Sequence[str]) -> Measured:
    _keep()
    list_id, build = made
    before = get_list(owner, list_id).size
    table = schema().object_type("contact").table
    some = sa.select(table.c.record_id).order_by(sa.func.random()).limit(CHANGED)
    ids = list(db.session.scalars(unguarded(some, WHY)))
    change = _seconds(lambda: _change(owner, ids, cities[0]))
    again = _seconds(_keep)
    after = get_list(owner, list_id).size
    return Measured(name, before, build, change, again, after - before)


def _change(owner: Viewer, ids: Sequence[int], city: str) -> None:
    for start in range(0, len(ids), AT_ONCE):
        end_read()
        with unit_of_work():
            for place, one in enumerate(ids[start : start + AT_ONCE]):
                update_record(owner, one, {"city": city if place % 2 else "Nowhere at all"})


def _keep() -> None:
    """What the worker does, until there is nothing left to do."""
    kind: Any = JOB_KINDS.get(KEEP)
    while True:
        end_read()
        kind.run({})
        end_read()
        waits = db.session.scalar(sa.select(sa.func.count()).select_from(PENDING))
        builds = db.session.scalar(sa.select(sa.func.count()).where(LIST.c.state == ListState.BUILDING))
        if not waits and not builds:
            return


def _cities(enough: int) -> list[str]:
    """The cities of the most contacts that together have enough of them."""
    kind = schema().object_type("contact")
    city, number = kind.column("city"), sa.func.count().label("number")
    rows = db.session.execute(unguarded(sa.select(city, number).group_by(city).order_by(number), WHY)).all()
    found: list[str] = []
    total = 0
    for row in rows:
        if row[0] and total < enough:
            found.append(row[0])
            total += row.number
    return found


def _seconds(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def _report(found: Sequence[Measured], contacts: int) -> str:
    head = ("", "Members", "Built in", "1,000 changes took", "True again after", "Members more or fewer")
    rows = [
        (
            one.name,
            f"{one.members:,}",
            f"{one.build:.1f} s",
            f"{one.change:.1f} s",
            f"{one.again:.2f} s",
            f"{one.differed:+,}",
        )
        for one in found
    ]
    about = {"day": datetime.now(UTC), "python": platform.python_version(), "cores": os.cpu_count()}
    about |= {"load": os.getloadavg()[0], "contacts": contacts, "share": SHARE, "changed": CHANGED}
    late = [f"- {one.name}: {one.again:.1f} s, {GOAL:.0f} wanted" for one in found if one.again > GOAL]
    parts = [
        "# Benchmarks of lists",
        INTRODUCTION.format(**about, at_once=AT_ONCE, goal=GOAL),
        "\n".join(f"| {' | '.join(row)} |" for row in (head, ["--"] * len(head), *rows)),
        "## What falls short",
        "\n".join(late) or "Nothing.",
    ]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
