"""Looking whether an installation is in order; changes nothing."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from crm.accounts.queries import has_users
from crm.config import Config
from crm.db import db, end_read
from crm.derived.checking import sample_differences
from crm.jobs.models import Job, State
from crm.migrations import runner
from crm.search.comparison import compare_all
from crm.search.health import read_status

MOST_FAULTS = 10


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, in words, and whether it is well."""

    is_well: bool
    text: str


def examine(config: Config) -> list[Finding]:
    """Look at folders, database, jobs and search; needs an application context and a database that is up to date."""
    try:
        return [*_folders(config), *_database(), *_people(), *_jobs(), *_derived(), *_search()]
    finally:
        end_read()


def _folders(config: Config) -> Iterator[Finding]:
    for folder in (config.data_dir, *([config.search_index] if config.is_sqlite else ())):
        there = folder if folder.exists() else folder.parent
        yield Finding(os.access(there, os.W_OK), f"folder {folder} can be written")
    readable = [str(path) for path in _kept(config) if _is_open_to_others(path) and _is_open_to_others(path.parent)]
    if readable:
        named = ", ".join(readable)
        yield Finding(False, f"others on this machine can read {named}; `chmod -R go-rwx` on each of them ends that")
    else:
        yield Finding(True, "nobody but the owner can read the database, the files and the secrets")


def _kept(config: Config) -> Iterator[Path]:
    """What holds what people wrote, as far as it is there."""
    database = sa.make_url(config.database_url).database if config.is_sqlite else None
    inside = (config.data_dir / name for name in ("secret_key", "files", "imports"))
    for path in (Path(database or ""), *inside, config.search_index):
        if path.name and path.exists():
            yield path


def _is_open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _database() -> Iterator[Finding]:
    current = runner.check()
    yield Finding(current == runner.newest(), f"the database is at version {current} of {runner.newest()}")
    if db.engine.dialect.name != "sqlite":
        return
    faults = list(db.session.scalars(_pragma("quick_check", "quick_check")))
    yield Finding(faults == ["ok"], f"the database file is sound: {'; '.join(faults[:MOST_FAULTS])}")
    orphans = db.session.scalars(_pragma("foreign_key_check", "table")).all()
    text = f"rows that point to nothing in: {', '.join(sorted(set(orphans)))}" if orphans else "every row is at home"
    yield Finding(not orphans, text)


def _pragma(name: str, column: str) -> sa.Select[tuple[str]]:
    table = getattr(sa.func, f"pragma_{name}")().table_valued(column)
    return sa.select(table.c[column])


def _people() -> Iterator[Finding]:
    yield Finding(has_users(), "somebody can sign in")


def _jobs() -> Iterator[Finding]:
    counts = dict(db.session.execute(sa.select(Job.state, sa.func.count()).group_by(Job.state)).tuples().all())
    failed = counts.get(State.FAILED, 0)
    yield Finding(not failed, f"jobs: {counts.get(State.WAITING, 0)} waiting, {failed} failed")


def _derived() -> Iterator[Finding]:
    looked_at, wrong = sample_differences()
    told = f": {', '.join(wrong)}; `flask --app app recompute` mends them" if wrong else ""
    yield Finding(not wrong, f"values that follow from others are right on {looked_at} records looked at{told}")


def _search() -> Iterator[Finding]:
    status = read_status()
    if not status.is_usable:
        yield Finding(False, "there is no search index yet; the worker makes one")
        return
    whole = "the search index is whole" if status.is_whole else "parts of the search index are missing"
    yield Finding(status.is_whole and not status.building, f"{whole}; it is being built" if status.building else whole)
    behind = f"{status.rows_waiting} changes, {status.seconds_behind} seconds"
    yield Finding(not status.lag.is_late, f"the search index is {behind} behind")
    yield Finding(not status.dead_count, f"{status.dead_count} activities could not be indexed")


def compare_search(progress: Callable[[int, int], None]) -> Iterator[Finding]:
    """Whether the search index equals the database, every activity looked at; what differs is named."""
    found = compare_all(progress)
    if not found.is_possible:
        yield Finding(False, "the search index is not whole and cannot be compared with the database yet")
        return
    for difference in found.differences:
        yield Finding(False, f"activity {difference.activity_id} {difference.fault}")
    yield Finding(
        not found.differences,
        f"the search index and the database differ over {len(found.differences)} of {found.looked_at} activities",
    )
