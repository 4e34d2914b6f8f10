"""The worker: runs what is due, survives what fails, stops when asked."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from time_machine import Traveller

from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.jobs import queue, worker
from crm.jobs.models import Job, State
from crm.jobs.registry import JobKind
from crm.jobs.worker import Worker
from crm.registry import Registry

PATIENCE = 60
"""Seconds a thread has for what it is waited for."""


class Office:
    """Kinds of jobs for these tests, and what they did."""

    def __init__(self) -> None:
        self.posted: list[Any] = []

    def post(self, payload: Mapping[str, Any]) -> None:
        if payload.get("broken"):
            raise ValueError("no stamp")
        self.posted.append(payload.get("to"))

    def kinds(self) -> Registry[JobKind]:
        registry: Registry[JobKind] = Registry("job kind")
        registry.register(JobKind("letter", self.post, max_attempts=2))
        registry.register(JobKind("round", self.post, every=timedelta(hours=1)))
        return registry


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    office = Office()
    monkeypatch.setattr(worker, "JOB_KINDS", office.kinds())
    return office


@pytest.fixture
def clerk(app: Flask, office: Office, clock: Traveller) -> Worker:
    end_read()
    return Worker(app.app_context)


def send(**payload: Any) -> None:
    with unit_of_work():
        queue.enqueue("letter", payload)


def states() -> list[str]:
    end_read()
    return list(db.session.scalars(sa.select(Job.state).where(Job.kind == "letter")))


def test_due_jobs_are_run_and_gone(clerk: Worker, office: Office) -> None:
    send(to="Ada")
    send(to="Bo")
    clerk.turn()
    assert office.posted == ["Ada", "Bo"]
    assert states() == []


def test_quiet_turn_says_so(clerk: Worker) -> None:
    assert clerk.turn() is False


def test_job_that_raises_does_not_stop_the_others(
    clerk: Worker, office: Office, clock: Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    send(broken=True)
    send(to="Bo")
    clerk.turn()
    assert office.posted == ["Bo"]
    assert states() == [State.WAITING]
    clock.shift(queue.FIRST_PAUSE)
    clerk.turn()
    assert states() == [State.FAILED]
    assert "no stamp" in caplog.text


def test_regular_job_is_always_waiting(clerk: Worker, office: Office, clock: Traveller) -> None:
    clerk.prepare()
    clerk.prepare()
    clerk.turn()
    clerk.turn()
    assert len(office.posted) == 1
    end_read()
    assert db.session.scalars(sa.select(Job.run_at)).all() == [now() + timedelta(hours=1)]
    clock.shift(timedelta(hours=1))
    clerk.turn()
    assert len(office.posted) == 2


def test_duty_that_finds_work_is_called_again_at_once(app: Flask, office: Office) -> None:
    answers = [True, False]
    assert Worker(app.app_context, [lambda: answers.pop(0)]).turn() is True
    assert Worker(app.app_context, [lambda: answers.pop(0)]).turn() is False


def test_duty_that_raises_does_not_stop_the_others(
    app: Flask, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    done = []

    def fail() -> None:
        raise RuntimeError("index is upside down")

    Worker(app.app_context, [fail, lambda: done.append(1)]).turn()
    assert done == [1]
    assert "upside down" in caplog.text


def test_worker_runs_until_it_is_stopped(app: Flask, office: Office) -> None:
    send(to="Ada")
    seen = threading.Event()
    clerk = Worker(app.app_context, [lambda: office.posted and seen.set()], pause=0.01)
    thread = threading.Thread(target=clerk.run)
    thread.start()
    assert seen.wait(PATIENCE)
    clerk.stop()
    thread.join(PATIENCE)
    assert not thread.is_alive()



def test_long_duty_does_not_hold_up_jobs_nor_a_long_job_the_duty(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    job_runs, duty_runs, both_end = threading.Event(), threading.Event(), threading.Event()

    def job(_payload: Mapping[str, Any]) -> None:
        job_runs.set()
        both_end.wait(PATIENCE)

    def duty() -> bool:
        duty_runs.set()
        both_end.wait(PATIENCE)
        return False

    registry: Registry[JobKind] = Registry("job kind")
    registry.register(JobKind("letter", job))
    monkeypatch.setattr(worker, "JOB_KINDS", registry)
    send()
    clerk = Worker(app.app_context, [duty], pause=0.01)
    thread = threading.Thread(target=clerk.run)
    thread.start()
    assert job_runs.wait(PATIENCE)
    assert duty_runs.wait(PATIENCE)
    clerk.stop()
    assert thread.is_alive()
    both_end.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert states() == []


def test_what_a_failed_job_leaves_written_holds_no_values(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def job(_payload: Mapping[str, Any]) -> None:
        with unit_of_work():
            db.session.execute(sa.text("INSERT INTO nowhere (hash) VALUES (:hash)"), {"hash": "argon2-of-somebody"})

    registry: Registry[JobKind] = Registry("job kind")
    registry.register(JobKind("letter", job, max_attempts=1))
    monkeypatch.setattr(worker, "JOB_KINDS", registry)
    send()
    Worker(app.app_context).turn()
    end_read()
    (error,) = db.session.scalars(sa.select(Job.error))
    assert error is not None
    assert "nowhere" in error
    assert "argon2" not in error
    assert "\n" not in error
