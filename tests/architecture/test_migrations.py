"""Migrations make exactly what the models say; a database that does not fit is refused (DESIGN 7, 12)."""

import fcntl
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from crm.config import Config
from crm.db import db, unit_of_work
from crm.migrations import ownership, runner
from crm.startup import CannotStart, bring_up_to_date


def change_version(statement: str) -> None:
    with unit_of_work():
        db.session.execute(sa.text(statement))


def test_migrations_make_what_the_models_say(app: Flask) -> None:
    context = MigrationContext.configure(
        db.session.connection(),
        opts={
            "include_object": ownership.is_ours,
            "include_name": ownership.is_ours_by_name,
            "compare_type": False,
        },
    )
    differences = compare_metadata(context, ownership.expected(db.engine.dialect))
    assert not differences, f"write a migration: flask --app app write-migration MESSAGE\n{differences}"


def test_there_is_one_line_of_migrations() -> None:
    assert runner.newest() == max(runner.known())


def test_second_start_changes_nothing(app: Flask) -> None:
    assert runner.migrate() is False


def test_newer_database_is_refused(app: Flask) -> None:
    change_version("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(runner.UnfitDatabase, match="newer Kartotek"):
        runner.migrate()


@pytest.mark.parametrize("statement", ["DELETE FROM alembic_version", "DROP TABLE alembic_version"])
def test_half_made_database_is_refused(app: Flask, statement: str) -> None:
    change_version(statement)
    with pytest.raises(runner.UnfitDatabase, match="half made"):
        runner.migrate()


def test_refusal_is_one_line(app: Flask) -> None:
    config: Config = app.config["KARTOTEK"]
    change_version("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(CannotStart) as refused:
        bring_up_to_date(config)
    assert "\n" not in str(refused.value)


def test_migration_that_fails_leaves_the_database_as_it_was(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed or failed in the middle: all migrations are one transaction, on both databases."""
    before = set(sa.inspect(db.session.connection()).get_table_names())
    db.session.rollback()

    def half(*_arguments: object) -> None:
        db.session.execute(sa.text("CREATE TABLE half (id integer)"))
        raise RuntimeError("the light went out")

    monkeypatch.setattr(runner.command, "upgrade", half)
    monkeypatch.setattr(runner, "newest", lambda: "one more")
    with pytest.raises(RuntimeError, match="light"):
        runner.migrate()
    assert set(sa.inspect(db.session.connection()).get_table_names()) == before


def test_start_lock_lets_one_through_at_a_time(app: Flask, tmp_path: Path) -> None:
    with open(tmp_path / "start.lock", "w", encoding="ascii") as other:
        with runner.start_lock(tmp_path), pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
