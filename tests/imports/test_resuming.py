"""An import that is killed in the middle goes on where it stopped and ends as if nothing had happened.

Kills are tried on both databases. What an import does with an error is the same on both, and tried on the first.
"""

import os
import re
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.config import PROJECT
from crm.db import db, end_read, touch, unit_of_work
from crm.imports import running
from crm.imports.models import ImportRow, ImportRun
from crm.permissions.scopes import unguarded
from crm.properties.models import PropertyHistoryRow
from tests.imports.conftest import Rows, Run, Write
from tests.support.databases import only_on

ROWS, FEW = 300, 100
LETTERS = 200


def people(count: int) -> str:
    """A file of so many contacts at seven companies."""
    lines = (f"person{number}@x.org,Person {number},Company {number % 7}\n" for number in range(count))
    return "email,firstname,company\n" + "".join(lines)


def start(app: Flask, *arguments: str | Path) -> subprocess.Popen[str]:
    """The command in a process of its own, on the database of the test."""
    config = app.config["KARTOTEK"]
    settings = {
        "KARTOTEK_DATABASE_URL": config.database_url,
        "KARTOTEK_DATA_DIR": str(config.data_dir),
        "KARTOTEK_SEARCH_INDEX": str(config.search_index),
    }
    command = [sys.executable, "-m", "flask", "--app", "app", *map(str, arguments)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KARTOTEK_")}
    return subprocess.Popen(
        command, cwd=PROJECT, env=environment | settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def kill_in_the_middle(process: subprocess.Popen[str]) -> None:
    """Kill the process as soon as it says that it is between 30% and 60%; it must not have ended by then."""
    said = []
    with process:
        assert process.stderr is not None
        for line in process.stderr:
            said.append(line)
            if re.search(r"\([3-5]\d%\)", line):
                process.send_signal(signal.SIGKILL)
                break
    note_changes_of_others()
    assert process.returncode == -signal.SIGKILL, "".join(said)


def state_of(rows: Rows) -> list[tuple[Any, ...]]:
    """What the import leaves behind, without ids and moments."""
    end_read()
    contacts = [(contact["email"], contact["firstname"], contact["company"]) for contact in rows("contact")]
    companies = [(company["name"],) for company in rows("company")]
    counted = sa.select(sa.func.count()).select_from(PropertyHistoryRow.__table__)
    history = db.session.scalar(unguarded(counted, "a test looks at everything"))
    return [*sorted(contacts), *sorted(companies), (history,)]


def note_changes_of_others() -> None:
    """Let the fixtures know that the database is no longer fresh: another process has written to it."""
    end_read()
    with unit_of_work():
        touch("tests")


def test_a_killed_import_goes_on_and_ends_like_one_that_was_not(
    app: Flask, run: Run, rows: Rows, write: Write
) -> None:
    path = write(people(ROWS))
    kill_in_the_middle(start(app, "import", path, "--object", "contacts"))
    kept = len(rows("contact"))
    assert 0 < kept < ROWS
    assert kept % running.BATCH == 0
    ended = run("import", path, "--object", "contacts")
    assert f"going on after row {kept + 1}" in ended.err
    assert ended.code == 0
    assert f"created: {ROWS}" in ended.out
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ImportRow)) == ROWS
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ImportRun)) == 1
    interrupted = state_of(rows)
    assert len(interrupted) == ROWS + 7 + 1
    assert f"unchanged: {ROWS}" in run("import", path, "--object", "contacts").out
    assert state_of(rows) == interrupted


def test_a_killed_import_of_mail_goes_on_too(app: Flask, run: Run, rows: Rows, write: Write) -> None:
    letters = "".join(
        f"From x@y Fri Sep 20 12:00:00 2019\nFrom: p{number % 9}@x.org\nTo: q@x.org\nSubject: Letter {number}\n"
        f"Date: Fri, 20 Sep 2019 12:00:00 +0000\nMessage-ID: <{number}@x.org>\n\nHello\n\n"
        for number in range(LETTERS)
    )
    path = write(letters, "in.mbox")
    kill_in_the_middle(start(app, "import-mail", path, "--create-contacts"))
    assert 0 < len(rows("email")) < LETTERS
    ended = run("import-mail", path, "--create-contacts")
    assert "going on after byte" in ended.err
    assert f"{LETTERS} in all" in ended.out
    assert f"created: {LETTERS}" in ended.out
    assert sorted(email["title"] for email in rows("email")) == sorted(f"Letter {number}" for number in range(LETTERS))
    assert len(rows("contact")) == 10


@only_on("sqlite")
def test_ctrl_c_ends_with_what_to_do(run: Run, rows: Rows, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(people(FEW))
    advance, calls = running.advance, iter(range(100))

    def interrupted(*arguments: Any, **counts: int) -> Any:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return advance(*arguments, **counts)

    monkeypatch.setattr(running, "advance", interrupted)
    ended = run("import", path, "--object", "contacts")
    assert ended.code == 130
    assert "the same command goes on from here" in ended.err
    assert len(rows("contact")) == 2 * running.BATCH
    assert f"created: {FEW}" in run("import", path, "--object", "contacts").out


@only_on("sqlite")
def test_an_interrupted_import_under_other_wishes_begins_anew_without_doubles(
    run: Run, rows: Rows, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(people(FEW))
    with monkeypatch.context() as patched:
        patched.setattr(running, "with_retries", lambda write: (write(), interrupt())[0])
        assert run("import", path, "--object", "contacts").code == 130
    assert len(rows("contact")) == running.BATCH
    ended = run("import", path, "--object", "contacts", "--map", "company=")
    assert f"created: {FEW - running.BATCH}" in ended.out
    assert f"unchanged: {running.BATCH}" in ended.out
    assert len(rows("contact")) == FEW


def interrupt() -> None:
    raise KeyboardInterrupt


def test_two_processes_do_not_import_one_file_at_once(
    run: Run, rows: Rows, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(people(FEW))
    advance = running.advance

    def overtaken(state: Any, position: int, **counts: int) -> Any:
        db.session.execute(sa.update(ImportRun).where(ImportRun.id == state.id).values(position=position))
        return advance(state, position, **counts)

    with monkeypatch.context() as patched:
        patched.setattr(running, "advance", overtaken)
        ended = run("import", path, "--object", "contacts")
    assert ended.code == 2
    assert "being imported by another process" in ended.err
    assert rows("contact") == []


@only_on("sqlite")
def test_a_database_that_fails_is_one_line_and_the_same_command_goes_on(
    run: Run, rows: Rows, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(people(FEW))
    advance, calls = running.advance, count()

    def failing(*arguments: Any, **counts: int) -> Any:
        if next(calls) >= 2:
            raise sa.exc.OperationalError("UPDATE", {}, Exception("server closed the connection\nmore of it"))
        return advance(*arguments, **counts)

    with monkeypatch.context() as patched:
        patched.setattr(running, "advance", failing)
        ended = run("import", path, "--object", "contacts")
    assert ended.code == 2
    last = ended.err.splitlines()[-1]
    assert last == (
        "The database failed: server closed the connection. What was taken is in; run the same command again."
    )
    assert len(rows("contact")) == 2 * running.BATCH
    assert f"created: {FEW}" in run("import", path, "--object", "contacts").out
