"""Every failure is an answer, as page and as message."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask, g
from flask.testing import FlaskClient

from crm.db import db, touch, unit_of_work
from crm.web.auth import public
from crm.web.errors import MOST_RUNS
from crm.web.security import LONGEST_FIELD
from tests.support.html import read

STATUSES = {
    "not-found": 404,
    "forbidden": 403,
    "conflict": 409,
    "invalid-value": 400,
    "invalid-input": 422,
    "too-busy": 503,
    "locked": 503,
    "read-only": 503,
    "disk-full": 503,
    "gone": 503,
    "our-mistake": 500,
    "bad-statement": 500,
}


@pytest.mark.parametrize(("name", "status"), STATUSES.items())
def test_a_failure_has_its_page(outsider: FlaskClient, name: str, status: int) -> None:
    answer = outsider.get(f"/fail/{name}")
    assert answer.status_code == status
    assert answer.text.startswith("<!doctype html>")
    assert f'<p class="failure-code">{status}</p>' in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize(("name", "status"), STATUSES.items())
def test_a_failure_of_a_fragment_is_a_message_beside_the_form(outsider: FlaskClient, name: str, status: int) -> None:
    answer = outsider.get(f"/fail/{name}", fragment=True)
    assert answer.status_code == status
    assert answer.headers["HX-Retarget"] == "#toasts"
    assert answer.headers["HX-Reswap"] == "beforeend"
    assert answer.text.lstrip().startswith("<section")


def test_what_was_sent_is_never_html_in_the_answer(outsider: FlaskClient) -> None:
    answer = outsider.get("/fail/invalid-value")
    assert "Unknown kind &lt;b&gt;fax&lt;/b&gt;" in answer.text


@pytest.mark.parametrize(
    ("name", "words"),
    [("locked", "The database is busy"), ("read-only", "cannot be written"), ("disk-full", "The disk is full")],
)
def test_a_database_that_cannot_write_says_why(outsider: FlaskClient, name: str, words: str) -> None:
    answer = outsider.get(f"/fail/{name}")
    assert words in answer.text
    assert answer.headers["Retry-After"]


def test_an_unknown_address_and_method_have_their_pages(outsider: FlaskClient) -> None:
    assert outsider.get("/nowhere").status_code == 404
    answer = outsider.post("/open")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@contextmanager
def out_of_reach(site: Flask) -> Iterator[None]:
    """Nobody reaches the database of `site`."""

    def refuse(*_args: object, **_options: object) -> None:
        raise sa.exc.OperationalError("SELECT", {}, Exception("unable to open database file"))

    with site.app_context():
        engine = db.engine
    sa.event.listen(engine, "do_connect", refuse)
    engine.dispose()
    try:
        yield
    finally:
        sa.event.remove(engine, "do_connect", refuse)


def test_error_pages_need_no_database(site: Flask, outsider: FlaskClient) -> None:
    outsider.set_cookie("kartotek", "somebody")
    with out_of_reach(site):
        for path in ("/mine", "/healthz"):
            answer = outsider.get(path)
            assert answer.status_code == 503
            assert "Not possible at the moment" in answer.text
            assert "stylesheet" in answer.text


def test_a_form_that_is_too_large_is_not_kept_while_the_database_is_away(site: Flask, outsider: FlaskClient) -> None:
    outsider.set_cookie("kartotek", "somebody")
    large = b"x" * (LONGEST_FIELD + 1)
    field = b'--b\r\nContent-Disposition: form-data; name="body"\r\n\r\n' + large + b"\r\n--b--\r\n"
    with out_of_reach(site):
        answer = outsider.post("/mine", data=field, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 503
    assert read(answer.text).all("form") == []


def test_a_broken_error_page_still_answers(site: Flask, outsider: FlaskClient) -> None:
    site.context_processor(lambda: {"broken": g.get("is_broken") and 1 / 0})
    answer = outsider.get("/fail/locked")
    assert answer.status_code == 503
    assert "The database is busy" in answer.text
    assert "<h1>Not possible at the moment</h1>" in answer.text


@pytest.mark.parametrize("name", ["our-mistake", "bad-statement", "locked"])
def test_the_log_names_the_rule_and_not_the_address(
    outsider: FlaskClient, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    """An address may hold a link that lets somebody in once."""
    outsider.get(f"/fail/{name}?q=a-token")
    assert "GET /fail/<name>" in caplog.text
    assert f"/fail/{name}" not in caplog.text
    assert "a-token" not in caplog.text


class Deadlock(Exception):
    """What the driver raises for the transaction that PostgreSQL undoes for the sake of another."""

    sqlstate = "40P01"


@pytest.mark.parametrize(("failures", "status", "runs"), [(1, 200, 2), (9, 503, MOST_RUNS)])
def test_a_request_that_was_undone_for_another_is_done_once_more(
    site: Flask, outsider: FlaskClient, failures: int, status: int, runs: int
) -> None:
    calls = []

    @site.get("/contended")
    @public
    def contended() -> str:
        calls.append(1)
        if len(calls) <= failures:
            raise sa.exc.OperationalError("UPDATE", {}, Deadlock("deadlock detected"))
        return "done"

    assert outsider.get("/contended").status_code == status
    assert len(calls) == runs


def test_a_request_that_has_committed_something_is_not_done_once_more(site: Flask, outsider: FlaskClient) -> None:
    calls = []

    @site.post("/half")
    @public
    def half() -> str:
        calls.append(1)
        with unit_of_work():
            touch("tests")
        raise sa.exc.OperationalError("UPDATE", {}, Deadlock("deadlock detected"))

    assert outsider.post("/half").status_code == 503
    assert len(calls) == 1


def test_what_was_typed_is_kept_on_the_page_and_sent_again(site: Flask, outsider: FlaskClient) -> None:
    @site.post("/busy")
    @public
    def busy() -> str:
        raise sa.exc.OperationalError("UPDATE", {}, Exception("database is locked"))

    typed = {"body": 'Oranges & "lemons"\n<b>now</b>', "key": "k"}
    form = read(outsider.post("/busy?record=5", data=typed).text).one("form")
    assert (form["action"], form["method"]) == ("/busy?record=5", "post")
    assert form.fields() == typed
    assert not read(outsider.post("/busy", data={"password": "oranges-and-lemons", "email": "a@b.org"}).text).all(
        "form"
    )
