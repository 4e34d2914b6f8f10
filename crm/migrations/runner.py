"""Bringing a database to the version of this program before anything else touches it (DESIGN 7, "Start-up")."""

import fcntl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import Script, ScriptDirectory

from crm.db import db, end_read, unit_of_work

HERE = Path(__file__).parent
VERSION_TABLE = "alembic_version"
START_LOCK = zlib.crc32(b"kartotek start")


class UnfitDatabase(RuntimeError):
    """The database cannot be used by this program as it is; the message is one clear line."""


@contextmanager
def start_lock(data_dir: Path) -> Iterator[None]:
    """Let one process at a time bring the database up to date; the others wait here and find it done.

    A lock file serves the processes of one machine, an advisory lock those that share a PostgreSQL. Both end with
    the process that holds them, however it ends.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(data_dir / "start.lock", "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if db.engine.dialect.name != "postgresql":
            yield
            return
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # The migrations of another machine may take as long as they like; nobody else gets this connection.
            connection.detach()
            connection.execute(sa.text("SET lock_timeout = 0"))
            connection.execute(sa.select(sa.func.pg_advisory_lock(START_LOCK)))
            try:
                yield
            finally:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(START_LOCK)))


def migrate() -> bool:
    """Apply the migrations that are missing, all in one transaction; True when there were any.

    Raises UnfitDatabase for a database of a newer Kartotek or one that is half made.
    """
    current = check()
    if current == newest():
        return False
    with unit_of_work():
        command.upgrade(_alembic(db.session.connection()), "head")
    return True


def check() -> str | None:
    """The version of the database: None when it is empty. Raises UnfitDatabase as `migrate` does."""
    try:
        inspector = sa.inspect(db.session.connection())
        tables = set(inspector.get_table_names())
        versions = _versions() if VERSION_TABLE in tables else []
    finally:
        end_read()
    if len(versions) > 1 or (not versions and tables - {VERSION_TABLE}):
        raise UnfitDatabase(
            "the database is half made (tables, but no single version): restore a backup, or start with an empty one"
        )
    if versions and versions[0] not in known():
        raise UnfitDatabase(
            f"the database was made by a newer Kartotek (version {versions[0]} is not known here): upgrade this program"
        )
    return versions[0] if versions else None


def newest() -> str | None:
    """The version this program works with."""
    return _scripts().get_current_head()


def known() -> set[str]:
    """Every version this program can come from."""
    return {script.revision for script in _scripts().walk_revisions()}


def write_migration(message: str) -> Path:
    """Write the next migration from the difference between the models and this database; for developers."""
    number = f"{len(known()) + 1:04d}"
    with unit_of_work():
        alembic = _alembic(db.session.connection())
        command.upgrade(alembic, "head")
        made = command.revision(alembic, message, autogenerate=True, rev_id=number)
    assert isinstance(made, Script)
    return Path(made.path)


def _versions() -> list[str]:
    table = sa.table(VERSION_TABLE, sa.column("version_num"))
    return list(db.session.scalars(sa.select(table.c.version_num)))


def _alembic(connection: sa.Connection) -> AlembicConfig:
    config = _config()
    config.attributes["connection"] = connection
    return config


def _config() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
