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
from crm.objects.storage import update_statistics
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.records.operations import update_record

REPORT = PROJECT / "docs" / "benchmarks-lists.md"
CONTACTS, MADE, CHANGED, AT_ONCE = 1_000_000, 15_625, 1_000, 50
SHARE, GOAL = 10, 5.0
WHY = "a measurement"
INTRODUCTION = (
    "Made by `make bench-lists` on {day:%d %B %Y}: Python {python}, {cores} cores, load average {load:.1f} at the end. "
    "Seconds by the clock. {contacts:,} contacts on SQLite; the list of the first row holds at least one in {share} of "
    "them by their job title. {changed:,} contacts get another title, half of them one of the list, in units of "
    "{at_once}. “True again” is what the worker takes from then on; goal: less than {goal:.0f} s."
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
    made = min(MADE, contacts)
    with opened(make(folder, made, made)):
        grow(contacts)
        entry = find_user(OWNER)
        assert entry is not None
        owner = viewer_for(entry.id)
        titles = _titles(contacts // SHARE)
        asked = write_condition(Condition("jobtitle", "equal_any", tuple(titles)))
        own = _made(owner, "By job title", asked)
        alone = _changed(owner, own, "By the contact's job title", titles)
        _made(owner, "By the country of the company", "associated.company.country:equal_any:Sweden")
        _made(owner, "On the first list", f"list.member:any:{own[0]}")
        return [alone, _changed(owner, own, "With two more lists, by companies and by this list", titles[::-1])]


def grow(contacts: int) -> None:
    """Double the contacts until there are enough: like the first ones, without addresses and links of their own."""
    table, record = schema().object_type("contact").table, Record.__table__
    here = table.c.record_id
    while (number := _scalar(sa.select(sa.func.count()).select_from(table))) < contacts:
        step = _scalar(sa.select(sa.func.max(record.c.id)))
        ids = list(db.session.scalars(unguarded(sa.select(here).order_by(here).limit(contacts - number), WHY)))
        end_read()
        with unit_of_work():
            _copy(record, record.c.id, step, record.c.object_type == "contact", ids[-1], {})
            _copy(table, here, step, sa.true(), ids[-1], {"email": sa.null(), "hs_additional_emails": sa.null()})
        print(f"  {number + len(ids):,} contacts", flush=True)
    end_read()
    with unit_of_work():
        update_statistics()


def _copy(table: Any, key: Any, step: int, which: Any, last: int, instead: dict[str, Any]) -> None:
    values = [(column + step if column is key else instead.get(column.name, column)) for column in table.c]
    some = unguarded(sa.select(*values).where(which, key <= last), WHY)
    db.session.execute(sa.insert(table).from_select([column.name for column in table.c], some))


def _scalar(statement: Any) -> int:
    return db.session.scalar(unguarded(statement, WHY)) or 0


def _made(owner: Viewer, name: str, text: str) -> tuple[int, float]:
    end_read()
    with unit_of_work():
        list_id = create_list(owner, schema().object_type("contact"), Content(name, filter=[text]))
    return list_id, _seconds(_keep)


def _changed(owner: Viewer, made: tuple[int, float], name: str, titles: Sequence[str]) -> Measured:
    _keep()
    list_id, build = made
    before = get_list(owner, list_id).size
    table = schema().object_type("contact").table
    some = sa.select(table.c.record_id).order_by(sa.func.random()).limit(CHANGED)
    ids = list(db.session.scalars(unguarded(some, WHY)))
    change = _seconds(lambda: _change(owner, ids, titles[0]))
    again = _seconds(_keep)
    after = get_list(owner, list_id).size
    return Measured(name, before, build, change, again, after - before)


def _change(owner: Viewer, ids: Sequence[int], title: str) -> None:
    for start in range(0, len(ids), AT_ONCE):
        end_read()
        with unit_of_work():
            for place, one in enumerate(ids[start : start + AT_ONCE]):
                update_record(owner, one, {"jobtitle": title if place % 2 else "Nothing at all"})


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


def _titles(enough: int) -> list[str]:
    """The rarest job titles that together at least so many contacts have."""
    kind = schema().object_type("contact")
    title, number = kind.column("jobtitle"), sa.func.count().label("number")
    rows = db.session.execute(unguarded(sa.select(title, number).group_by(title).order_by(number), WHY)).all()
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
