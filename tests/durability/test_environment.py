"""Disk full, file read-only, database locked: a clear message, nothing harmed, and it heals by itself (QUALITY 2.2)."""

import ctypes
import os
import resource
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm import db as database
from crm.db import db, end_read
from crm.permissions.viewer import Viewer
from tests.durability.agreement import await_agreement
from tests.durability.conftest import Station
from tests.durability.invariants import broken
from tests.durability.snapshot import Snapshot
from tests.durability.test_kills import mailbox_of
from tests.factories import make_contact
from tests.support import cast
from tests.support.html import read
from tests.support.program import PATIENCE, children, descendants, until
from tests.support.visitor import Visitor

KEY = "a-key-of-twenty-signs"
PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2

SignIn = Callable[[Viewer], FlaskClient]


def note(text: str) -> dict[str, str]:
    return {"kind": "note", "body": f"<p>{text}</p>", "key": KEY}


def sent_again(page: str) -> dict[str, str]:
    """The form on a page that says "not now", with what was typed."""
    form = read(page).one("form", method="post")
    return form.fields() | {"to": form["action"]}


def notes(text: str) -> int:
    return list(Snapshot().notes().values()).count(text)


# --- The disk is full -------------------------------------------------------------------------------------------


@contextmanager
def full_disk() -> Iterator[None]:
    """SQLite may not make its file any larger, on any connection."""
    end_read()
    pages = db.session.scalar(sa.text("PRAGMA page_count"))

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    db.session.remove()
    db.engine.dispose()
    sa.event.listen(db.engine, "connect", limit)
    try:
        yield
    finally:
        sa.event.remove(db.engine, "connect", limit)
        db.session.remove()
        db.engine.dispose()


def test_a_full_disk_keeps_what_was_typed_and_harms_nothing(app: Flask, alice: Viewer, client_of: SignIn) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    contact, browser = make_contact(alice), client_of(alice)
    text = "oranges " * 20_000
    address = f"/records/{contact}/activities"
    with full_disk():
        as_page = browser.post(address, data=note(text))
        as_fragment = browser.post(address, data=note(text), fragment=True)
        assert browser.get(f"/records/{contact}").status_code == 200
    assert as_page.status_code == as_fragment.status_code == 503
    assert "The disk is full. Nothing was changed" in as_page.text
    assert "The disk is full. Nothing was changed" in as_fragment.text
    assert as_fragment.headers["HX-Retarget"] == "#toasts"
    assert not read(as_fragment.text).all("a", css="failure-action")
    assert not broken(Snapshot())
    typed = sent_again(as_page.text)
    assert typed.pop("to") == address
    assert browser.post(address, data=typed).status_code == 303
    assert notes(text.strip()) + notes(text) == 1
    assert not broken(Snapshot())


def test_no_page_holds_a_password_that_was_typed(app: Flask, client: FlaskClient, alice: Viewer) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    secret = "a-very-secret-password"
    with holding_the_lock(db.engine.url.database or "", patience_ms=50):
        answer = client.post("/login", data={"email": cast.email_of("alice"), "password": secret})
    assert answer.status_code == 503
    assert secret not in answer.text


@contextmanager
def no_more_bytes(processes: list[int], limit: int) -> Iterator[None]:
    """No file of these processes may grow beyond `limit` bytes: the index, attachments and the database alike."""
    for pid in processes:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        for pid in processes:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@pytest.mark.parametrize("room", [0, 20_000])
def test_a_server_that_can_write_no_file_reads_on_and_heals(station: Station, alice: Viewer, room: int) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    contact = make_contact(alice)
    server = station.serve()
    visitor = Visitor(station.program.address)
    visitor.sign_in(cast.email_of("alice"), cast.PASSWORD)
    address = f"/records/{contact}/activities"
    assert visitor.post(address, note("before") | {"key": ""}).status == 303
    await_agreement(PATIENCE)
    wal = Path(f"{db.engine.url.database}-wal").stat().st_size
    with no_more_bytes(descendants(server.pid), wal + room if room else 0):
        refused = visitor.post(address, note("oranges " * 10_000))
        assert refused.status == 503, refused.text
        assert "Nothing was changed" in refused.text
        assert visitor.get(f"/records/{contact}").status == 200
        assert "before" in visitor.get("/search?q=before").text
        assert not broken(Snapshot())
    typed = sent_again(refused.text)
    assert visitor.post(typed.pop("to"), typed).status == 303
    assert "oranges" in visitor.get("/search?q=oranges").text
    await_agreement(PATIENCE)
    assert not broken(Snapshot())


def test_an_import_that_finds_the_disk_full_says_so_and_goes_on_later(station: Station, alice: Viewer) -> None:
    make_contact(alice, email="ada@letters.example.org")
    mailbox = station.folder / "letters.mbox"
    mailbox.write_text(mailbox_of(30))

    def no_room() -> None:
        # A file beside the database, which goes first: attachments are larger than what is left.
        resource.setrlimit(resource.RLIMIT_FSIZE, (4, resource.RLIM_INFINITY))

    process = station.start("import-mail", str(mailbox), prepare=no_room)
    assert process.wait(PATIENCE) != 0
    assert not broken(Snapshot())
    ended = station.program.command("import-mail", str(mailbox))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    snapshot = Snapshot()
    assert len(snapshot.objects["email"]) == len(snapshot.tables["attachment"]) == 30
    assert not broken(snapshot)


# --- The file may only be read ----------------------------------------------------------------------------------


def without_rights_of_root() -> None:
    """Let modes of files hold for the program, whoever runs the tests."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for right in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            assert libc.prctl(PR_CAPBSET_DROP, right, 0, 0, 0) == 0, os.strerror(ctypes.get_errno())


def test_a_read_only_database_is_read_and_written_again_once_it_may(station: Station, alice: Viewer) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    contact = make_contact(alice)
    file = Path(db.engine.url.database or "")
    server = station.serve(prepare=without_rights_of_root)
    visitor = Visitor(station.program.address)
    visitor.sign_in(cast.email_of("alice"), cast.PASSWORD)
    try:
        file.chmod(0o400)
        begin_web_process_anew(server.pid)
        until(station.program.answers, "an answer of the new web process")
        refused = visitor.post(f"/records/{contact}/activities", note("oranges"))
        assert refused.status == 503, refused.text
        assert "The database cannot be written at the moment" in refused.text
        assert visitor.get(f"/records/{contact}").status == 200
    finally:
        file.chmod(0o600)
    typed = sent_again(refused.text)
    address = typed.pop("to")
    until(lambda: visitor.post(address, typed).status == 303, "a note that is saved")
    assert notes("oranges") == 1
    await_agreement(PATIENCE)
    until(lambda: Snapshot().jobs(), "the regular jobs")
    assert not broken(Snapshot())


def begin_web_process_anew(program: int) -> None:
    """End the one process that answers; gunicorn starts another, which has to open the database."""
    (gunicorn,) = (pid for pid in children(program) if children(pid))
    (web,) = children(gunicorn)
    os.kill(web, signal.SIGKILL)
    until(lambda: children(gunicorn) not in ([], [web]), "another web process")


# --- Somebody else holds the lock -------------------------------------------------------------------------------


@contextmanager
def holding_the_lock(file: str, patience_ms: int = 100) -> Iterator[None]:
    """Another program writes for longer than anybody waits, which is shorter here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "BUSY_TIMEOUT_MS", patience_ms)
        patch.setattr(database, "LOCK_TIMEOUT_MS", patience_ms)
        db.session.remove()
        db.engine.dispose()
        other = sqlite3.connect(file, isolation_level=None) if file else sa.create_engine(db.engine.url).connect()
        try:
            if isinstance(other, sqlite3.Connection):
                other.execute("BEGIN IMMEDIATE")
            else:
                other.execute(sa.text("LOCK TABLE record, object_note IN ACCESS EXCLUSIVE MODE"))
            yield
        finally:
            other.rollback()
            other.close()
            if isinstance(other, sa.Connection):
                other.engine.dispose()
            db.session.remove()
            db.engine.dispose()


def test_a_locked_database_keeps_what_was_typed_and_is_written_later(
    app: Flask, alice: Viewer, client_of: SignIn, work: Callable[[], None]
) -> None:
    contact, browser = make_contact(alice), client_of(alice)
    is_sqlite = db.engine.dialect.name == "sqlite"
    file = db.engine.url.database if is_sqlite else ""
    address = f"/records/{contact}/activities"
    with holding_the_lock(file or ""):
        refused = browser.post(address, data=note("oranges"))
        if is_sqlite:
            assert browser.get(f"/records/{contact}").status_code == 200
            assert browser.get("/search?q=oranges").status_code == 200
            work()
    assert refused.status_code == 503
    assert "The database is busy. Nothing was changed" in refused.text
    typed = sent_again(refused.text)
    assert browser.post(typed.pop("to"), data=typed).status_code == 303
    work()
    assert notes("oranges") == 1
    assert not broken(Snapshot())
