"""A clock that was a day ahead, or a day behind, and is put right: nothing waits for the day to pass (QUALITY 2.2)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from time_machine import Traveller

from crm.db import end_read, unit_of_work
from crm.jobs import queue
from crm.jobs.registry import JOB_KINDS
from crm.permissions.viewer import Viewer
from tests.durability.agreement import await_agreement
from tests.durability.invariants import broken
from tests.durability.snapshot import Snapshot
from tests.factories import make_comment, make_contact, make_note
from tests.support import cast
from tests.support.browser import Browser

SHIFTS = (timedelta(days=1), timedelta(days=-1))
WRONG_PASSWORDS = 12
NOBODY = 2**22 + 1
"""The number of no process: Linux gives none so high."""


@pytest.mark.parametrize("shift", SHIFTS, ids=["ahead", "behind"])
def test_work_done_under_a_wrong_clock_stays_and_is_found(
    app: Flask,
    alice: Viewer,
    clock: Traveller,
    shift: timedelta,
    client_of: Callable[[Viewer], FlaskClient],
    work: Callable[[], None],
) -> None:
    contact = make_contact(alice)
    clock.shift(shift)
    browser = client_of(alice)
    make_note(alice, contact, "<p>oranges</p>")
    work()
    clock.shift(-shift)
    note = make_note(alice, contact, "<p>lemons</p>")
    make_comment(alice, note, "apples")
    work()
    for word in ("oranges", "lemons", "apples"):
        answer = browser.get(f"/search?q={word}")
        assert answer.status_code == 200
        assert "/activities/" in answer.text, word
    page = browser.get(f"/records/{contact}/timeline")
    assert "oranges" in page.text
    assert "lemons" in page.text
    await_agreement(1)
    assert not broken(Snapshot())


def test_a_job_taken_while_the_clock_was_ahead_is_not_waited_for_a_day(app: Flask, clock: Traveller) -> None:
    """Its worker is gone; the next one frees what a process of this machine held that is no more."""
    with unit_of_work():
        queue.enqueue("sample_data")
    clock.shift(timedelta(days=1))
    with unit_of_work():
        taken = queue.claim(
            {kind.name: kind for kind in JOB_KINDS}, f"{queue.holder_name().partition(':')[0]}:{NOBODY}"
        )
    assert taken is not None
    clock.shift(timedelta(days=-1))
    end_read()
    with unit_of_work():
        assert queue.free_stale() == 1
    end_read()
    assert queue.has_due()


def test_nobody_is_locked_out_by_tries_that_lie_ahead(app: Flask, clock: Traveller, alice: Viewer) -> None:
    """Wrong passwords typed while the clock was ahead do not count for a day."""
    browser: Browser = app.test_client()  # type: ignore[assignment]
    clock.shift(timedelta(days=1))
    for _ in range(WRONG_PASSWORDS):
        browser.post("/login", data={"email": cast.email_of("alice"), "password": "not-the-password-of-alice"})
    clock.shift(timedelta(days=-1))
    answer = browser.post("/login", data={"email": cast.email_of("alice"), "password": cast.PASSWORD})
    assert answer.status_code == 303
