"""What the tests of imports share: files to import, the command itself, and the real data where it is at hand."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.db import db, end_read
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from tests.imports.support import shared_data

collect_ignore = [] if shared_data() else ["test_real_data.py"]


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, what it reported, and what it said beside."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]
Write = Callable[..., Path]
Rows = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file: text as UTF-8, or bytes as they are."""

    def write_file(content: str | bytes, name: str = "file.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


@pytest.fixture
def run(app: Flask) -> Run:
    """Run a command of `flask --app app` in this process."""

    def run_command(*arguments: str | Path) -> Ended:
        end_read()
        result = app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])
        end_read()
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ended(result.exit_code, result.stdout, result.stderr)

    return run_command


@pytest.fixture
def rows(app: Flask) -> Rows:
    """The live records of an object, oldest first, by property name."""

    def read(object_type: str) -> list[dict[str, Any]]:
        end_read()
        kind = schema().object_type(object_type)
        statement = sa.select(kind.table).where(kind.table.c.archived_at.is_(None)).order_by(kind.table.c.record_id)
        found = db.session.execute(unguarded(statement, "a test looks at everything")).mappings().all()
        return [{prop.name: row[prop.column_name] for prop in kind.properties.values()} for row in found]

    return read
