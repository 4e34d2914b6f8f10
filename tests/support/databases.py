"""One database per test, put back to a template that was migrated, synced and given the cast once.

A test that only reads leaves the copy as it is, and the next one takes it over.
"""

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from crm import db as database
from tests.support.snapshot import NotUndone, Snapshot

POSTGRES_URL = os.environ.get("KARTOTEK_TEST_POSTGRES_URL", "")
NAMES = ["sqlite", *(["postgres"] if POSTGRES_URL else [])]
PREFIX = "kartotek_test"
COPY = "CREATE DATABASE {} TEMPLATE {}"
MEMORY = Path("/dev/shm")
ROOM = 500_000_000


def only_on(name: str) -> pytest.MarkDecorator:
    """For tests of what is there on one of NAMES alone."""
    return pytest.mark.parametrize("installation", [name] if name in NAMES else [], indirect=True)


def memory_folder(name: str) -> Path | None:
    """A folder that never reaches the disk, or None where memory has no room; those of runs that were killed go."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return None
    for left in MEMORY.glob(f"{PREFIX}_*"):
        if _is_left_behind(left.name):
            shutil.rmtree(left, ignore_errors=True)
    made = MEMORY / new_name(name)
    made.mkdir()
    return made


def new_name(what: str) -> str:
    """A name that holds the number of this process, and that nothing had before.

    pytest may make an installation, remove it and make it once more; what tests remember, they remember by address.
    """
    return f"{PREFIX}_{what}.{secrets.token_hex(4)}_{os.getpid()}"


def _is_left_behind(name: str) -> bool:
    """Whether the process that made what has this `new_name`, or one that begins with it, is gone: it was killed."""
    pid = name.removeprefix(f"{PREFIX}_").partition("_")[2].partition("_")[0]
    return pid.isdigit() and not Path(f"/proc/{pid}").exists()


class Database(Protocol):
    """Where the tests of one database program keep their data."""

    url: str

    def keep(self, name: str) -> None:
        """Keep the database as it is now under `name`."""

    def restore(self, name: str, anew: bool) -> None:
        """Put the database back to `name`; not `anew` if it was kept under that and only this process wrote."""

    def remove(self) -> None: ...


class SqliteDatabase:
    """A file beside its template."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "kartotek.sqlite"
        self._folder = folder
        self.url = f"sqlite:///{self._file}"

    def keep(self, name: str) -> None:
        database.db.session.remove()
        with database.db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.db.engine.dispose()
        shutil.copyfile(self._file, self._folder / name)

    def restore(self, name: str, anew: bool) -> None:
        database.db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.remove(f"{self._file}{suffix}")
        shutil.copyfile(self._folder / name, self._file)

    def remove(self) -> None:
        database.db.engine.dispose()


class PostgresDatabase:
    """A database copied by the server from a template of this process; where possible it is mended, not copied anew."""

    def __init__(self) -> None:
        self._name = new_name(os.environ.get("PYTEST_XDIST_WORKER", "main"))
        self._kept: dict[str, str] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self._inside: psycopg.Connection | None = None
        self._server = sa.make_url(POSTGRES_URL)
        self._admin = self._connect(self._server.database)
        self._drop_leftovers()
        self._do("CREATE DATABASE {}", self._name)
        self.url = self._server.set(drivername="postgresql+psycopg", database=self._name).render_as_string(
            hide_password=False
        )

    def keep(self, name: str) -> None:
        database.db.session.remove()
        self._leave()
        self._kept[name] = f"{self._name}_{name}"
        with self._connect(self._name) as connection:
            self._snapshots[name] = Snapshot.take(connection)
        self._do("ALTER DATABASE {} RENAME TO {}", self._name, self._kept[name])
        self._do(COPY, self._name, self._kept[name])

    def restore(self, name: str, anew: bool) -> None:
        if not anew:
            with suppress(NotUndone):
                self._inside = self._inside or self._connect(self._name)
                self._snapshots[name].put_back(self._inside)
                return
        self._leave()
        self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", self._name)
        self._do(COPY, self._name, self._kept[name])

    def remove(self) -> None:
        self._leave()
        for name in (self._name, *self._kept.values()):
            self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._admin.close()

    def _connect(self, name: str | None) -> psycopg.Connection:
        url = self._server.set(drivername="postgresql", database=name)
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

    def _leave(self) -> None:
        """Close every connection of this process to the database: one in use can be neither copied nor dropped."""
        database.db.engine.dispose()
        if self._inside is not None:
            self._inside.close()
            self._inside = None

    def _do(self, statement: str, *names: str) -> None:
        self._admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _drop_leftovers(self) -> None:
        """Drop what runs that were killed left behind; their names hold the number of their process."""
        found = self._admin.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}\\_%"])
        for (name,) in found.fetchall():
            if _is_left_behind(name):
                self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def make_database(name: str, folder: Path) -> Database:
    """The database program called `name`, one of NAMES; its files go into `folder`."""
    return SqliteDatabase(folder) if name == "sqlite" else PostgresDatabase()


class Changes:
    """Whether anything was committed since the last look; heard on the engine itself."""

    def __init__(self, engine: sa.Engine) -> None:
        self._seen = False
        sa.event.listen(engine, "commit", self._note)

    def _note(self, _connection: sa.Connection) -> None:
        self._seen = True

    def take(self) -> bool:
        """Whether there were any; forgets them."""
        seen, self._seen = self._seen, False
        return seen
