"""Start-up is recovery: unfit databases are refused, killed migrations and jobs are taken up (DESIGN 7)."""

import time
from pathlib import Path
from random import Random

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from crm.db import db, end_read, unit_of_work
from crm.imports.models import ImportRun
from crm.jobs import queue
from crm.migrations import runner
from crm.objects import storage
from tests.durability.conftest import Station
from tests.durability.invariants import broken
from tests.durability.snapshot import Snapshot
from tests.support.program import PATIENCE, until
from tests.support.thoroughness import usually

TRIES = {"sqlite": usually(3, 10), "postgresql": usually(2, 10)}
"""How often a migration is killed: each run kills at other moments, and a start of the program takes seconds."""
ENOUGH = 40
LONGEST = 0.7
"""Seconds in which a migration of an empty database is certainly done, counted from its first file."""


def empty(station: Station) -> None:
    """Take everything out of the database, as before the first start."""
    db.session.remove()
    db.engine.dispose()
    if db.engine.dialect.name == "sqlite":
        file = Path(db.engine.url.database or "")
        for path in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
            path.unlink(missing_ok=True)
    else:
        address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as server:
            server.execute("DROP SCHEMA public CASCADE")
            server.execute("CREATE SCHEMA public")
    (station.config.data_dir / "start.lock").unlink(missing_ok=True)


@pytest.mark.timeout(600)
def test_a_killed_migration_ends_at_the_old_or_the_new_version(station: Station, chance: Random) -> None:
    lock = station.config.data_dir / "start.lock"
    for _ in range(TRIES[db.engine.dialect.name]):
        empty(station)
        process = station.start("migrate")
        until(lock.exists, "the beginning of the migration")
        time.sleep(chance.uniform(0, LONGEST))
        station.kill(process)
        assert version_of() in (None, runner.newest())
    ended = station.program.command("migrate")
    assert ended.returncode == 0, ended.stderr
    assert version_of() == runner.newest()
    assert storage.existing_columns("contact")
    db.session.remove()
    assert not broken(Snapshot())


def version_of() -> str | None:
    """The version of the database; raises UnfitDatabase when it is half made."""
    db.session.remove()
    db.engine.dispose()
    return runner.check()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "newer Kartotek"),
        ("DELETE FROM alembic_version", "half made"),
    ],
)
def test_an_unfit_database_is_refused_in_one_line(station: Station, statement: str, words: str) -> None:
    with unit_of_work():
        db.session.execute(sa.text(statement))
    process = station.start()
    assert process.wait(PATIENCE) != 0
    (line,) = station.program.output().splitlines()
    assert line.startswith("Kartotek cannot start: ")
    assert words in line


@pytest.mark.timeout(600)
def test_a_job_whose_worker_was_killed_is_taken_up_at_once_where_it_was(app: Flask, station: Station) -> None:
    """The lease would hold it for minutes; that its end is the same, tests/sample_data shows."""
    with unit_of_work():
        queue.enqueue("sample_data")
    worker = station.start("worker")
    until(lambda: done() >= ENOUGH, "the first part of the job")
    station.kill(worker)
    left = done()
    station.start("worker")
    until(lambda: done() >= left + ENOUGH, "the next part of the job")
    station.kill(station.running[-1])
    assert not broken(Snapshot())


def done() -> int:
    """How far the job has come."""
    end_read()
    return db.session.scalar(sa.select(ImportRun.position)) or 0
