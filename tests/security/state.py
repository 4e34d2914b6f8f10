"""Whether anything at all changed: every table of the database, whoever owns it, and every stored file."""

import sqlite3
from pathlib import Path
from typing import Protocol

import psycopg
import sqlalchemy as sa

from tests.conftest import Installation

Contents = dict[str, str]


class Watcher(Protocol):
    """A connection beside the program's own that sees what was committed."""

    def moved(self) -> bool:
        """Whether anything may have been committed since the last look; never misses a change."""

    def contents(self) -> Contents:
        """What every table holds, as one text each."""

    def close(self) -> None: ...


class SqliteWatcher:
    """`data_version` tells one connection of every change another one committed."""

    def __init__(self, url: sa.URL) -> None:
        self._connection = sqlite3.connect(url.database or "", isolation_level=None)
        self._seen = self._version()

    def _version(self) -> int:
        return self._connection.execute("PRAGMA data_version").fetchone()[0]

    def moved(self) -> bool:
        seen, self._seen = self._seen, self._version()
        return seen != self._seen

    def contents(self) -> Contents:
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        tables = [name for (name,) in self._connection.execute(names)]
        return {name: repr(sorted(map(repr, self._connection.execute(f'SELECT * FROM "{name}"')))) for name in tables}

    def close(self) -> None:
        self._connection.close()


class PostgresWatcher:
    """The first transaction number not yet given out grows with every transaction that writes, in any database."""

    def __init__(self, url: sa.URL) -> None:
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(plain, autocommit=True)
        self._seen = self._version()

    def _one(self, statement: str) -> object:
        row = self._connection.execute(statement.encode()).fetchone()
        return row[0] if row else None

    def _version(self) -> object:
        return self._one("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")

    def moved(self) -> bool:
        seen, self._seen = self._seen, self._version()
        return seen != self._seen

    def contents(self) -> Contents:
        found = self._connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        whole = "SELECT '{0}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{0}\" t"
        statement = " UNION ALL ".join(whole.format(name) for (name,) in found.fetchall())
        return {name: text or "" for name, text in self._connection.execute(statement.encode()).fetchall()}

    def close(self) -> None:
        self._connection.close()


class State:
    """What is stored, looked at again and again."""

    def __init__(self, installation: Installation) -> None:
        self._url = sa.make_url(installation.config.database_url)
        self._files = installation.config.data_dir / "files"
        self._watcher: Watcher | None = None
        self.look_anew()

    def look_anew(self) -> None:
        """Take the database as it is now for unchanged: after it was put back, or once something was accepted."""
        self.close()
        is_sqlite = self._url.get_backend_name() == "sqlite"
        self._watcher = SqliteWatcher(self._url) if is_sqlite else PostgresWatcher(self._url)
        self._known = self._watcher.contents()
        self._known_files = _files(self._files)

    def close(self) -> None:
        """Let go of the database."""
        if self._watcher is not None:
            self._watcher.close()
            self._watcher = None

    def changes(self) -> list[str]:
        """The names of the tables that changed since the last look, and "files"."""
        assert self._watcher is not None
        changed = []
        if self._watcher.moved():
            before, self._known = self._known, self._watcher.contents()
            changed = [name for name in {**before, **self._known} if before.get(name) != self._known.get(name)]
        files, self._known_files = self._known_files, _files(self._files)
        return sorted(changed) + (["files"] if files != self._known_files else [])


def _files(folder: Path) -> list[tuple[str, int, int]]:
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in found]
