"""The job table: what goes in, who takes it out, what happens to what fails."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from time_machine import Traveller

from crm.clock import now
from crm.db import db, unit_of_work
from crm.jobs import queue
from crm.jobs.models import Job, State
from crm.jobs.registry import JobKind

KINDS = {
    kind.name: kind
    for kind in (
        JobKind("letter", print, lease=timedelta(minutes=5), max_attempts=3),
        JobKind("parcel", print, lease=timedelta(minutes=30)),
        JobKind("round", print, lease=timedelta(minutes=5), max_attempts=1, every=timedelta(hours=1)),
    )
}
ME = "here:1"


def jobs() -> list[Job]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Job).order_by(Job.id)))


def take(holder: str = ME) -> queue.Claim | None:
    with unit_of_work():
        return queue.claim(KINDS, holder)


@pytest.fixture
def letter(app: Flask, clock: Traveller) -> queue.Claim:
    """A job that was put in and taken out."""
    with unit_of_work():
        queue.enqueue("letter", {"to": "Łódź"})
    taken = take()
    assert taken is not None
    return taken


def test_job_comes_out_with_its_payload(letter: queue.Claim) -> None:
    assert (letter.kind, letter.payload, letter.attempts) == ("letter", {"to": "Łódź"}, 1)


def test_job_of_an_undone_unit_does_not_exist(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="undo"), unit_of_work():
        queue.enqueue("letter")
        raise RuntimeError("undo")
    assert jobs() == []


def test_taken_job_is_not_taken_twice(letter: queue.Claim) -> None:
    assert take("there:2") is None


def test_job_waits_for_its_moment(app: Flask, clock: Traveller) -> None:
    with unit_of_work():
        queue.enqueue("letter", run_at=now() + timedelta(minutes=10))
    assert not queue.has_due()
    assert take() is None
    clock.shift(timedelta(minutes=10))
    assert queue.has_due()
    assert take() is not None


def test_longest_due_job_comes_first(app: Flask, clock: Traveller) -> None:
    with unit_of_work():
        queue.enqueue("letter", {"n": 2}, run_at=now() - timedelta(minutes=1))
        queue.enqueue("letter", {"n": 1}, run_at=now() - timedelta(minutes=2))
    first, second = take(), take()
    assert first is not None
    assert second is not None
    assert [first.payload["n"], second.payload["n"]] == [1, 2]


def test_unknown_kind_is_left_to_a_worker_that_knows_it(app: Flask) -> None:
    with unit_of_work():
        queue.enqueue("of a newer version")
    assert take() is None
    assert jobs()[0].state == State.WAITING


def test_waiting_jobs_with_one_key_are_one(app: Flask) -> None:
    with unit_of_work():
        assert queue.enqueue("letter", unique_key="a")
        assert not queue.enqueue("letter", unique_key="a")
        assert queue.enqueue("letter", unique_key="b")
        assert queue.enqueue("parcel", unique_key="a")
    assert len(jobs()) == 3


def test_job_may_be_asked_for_again_while_it_runs(app: Flask) -> None:
    with unit_of_work():
        queue.enqueue("letter", unique_key="a")
    take()
    with unit_of_work():
        assert queue.enqueue("letter", unique_key="a")


def test_finished_job_is_gone(letter: queue.Claim) -> None:
    with unit_of_work():
        queue.finish(letter)
    assert jobs() == []


def test_failed_job_is_tried_again_after_a_pause_that_doubles(letter: queue.Claim) -> None:
    with unit_of_work():
        queue.give_back(letter, "ValueError: no stamp", max_attempts=6)
    (job,) = jobs()
    assert (job.state, job.error, job.lease_until) == (State.WAITING, "ValueError: no stamp", None)
    assert job.run_at == now() + queue.FIRST_PAUSE
    assert queue.pause_after(2) == 2 * queue.FIRST_PAUSE
    assert queue.pause_after(60) == queue.LONGEST_PAUSE


def test_job_that_fails_too_often_is_set_aside(letter: queue.Claim) -> None:
    with unit_of_work():
        queue.give_back(letter, "ValueError: no stamp", max_attempts=1)
    assert jobs()[0].state == State.FAILED
    assert take() is None


def test_failed_job_gives_way_to_its_waiting_twin(app: Flask, clock: Traveller) -> None:
    with unit_of_work():
        queue.enqueue("letter", unique_key="a")
    taken = take()
    assert taken is not None
    with unit_of_work():
        queue.enqueue("letter", unique_key="a")
        queue.give_back(taken, "ValueError: no stamp", max_attempts=6)
    assert [job.state for job in jobs()] == [State.WAITING]


def test_lease_that_runs_out_gives_the_job_to_another_worker(letter: queue.Claim, clock: Traveller) -> None:
    clock.shift(KINDS["letter"].lease + timedelta(seconds=1))
    again = take("there:2")
    assert again is not None
    assert (again.id, again.attempts) == (letter.id, 2)


def test_worker_that_lost_its_lease_ends_nothing(letter: queue.Claim, clock: Traveller) -> None:
    clock.shift(KINDS["letter"].lease + timedelta(seconds=1))
    take("there:2")
    with unit_of_work():
        queue.finish(letter)
        queue.give_back(letter, "late", max_attempts=1)
    assert [job.state for job in jobs()] == [State.RUNNING]


def test_jobs_of_a_dead_worker_of_this_machine_are_free_at_once(app: Flask) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    host = queue.holder_name().rpartition(":")[0]
    with unit_of_work():
        for _ in range(3):
            queue.enqueue("letter")
    for holder in (f"{host}:{dead.pid}", f"{host}:{os.getppid()}", f"elsewhere:{dead.pid}"):
        assert take(holder) is not None
    with unit_of_work():
        assert queue.free_stale() == 1
    freed = take()
    assert freed is not None
    assert freed.attempts == 2


def test_job_that_ends_its_worker_every_time_is_set_aside_and_the_next_one_taken(
    letter: queue.Claim, clock: Traveller
) -> None:
    with unit_of_work():
        queue.enqueue("parcel", run_at=now() + timedelta(minutes=1))
    for attempt in (2, 3):
        clock.shift(KINDS["letter"].lease + timedelta(seconds=1))
        again = take()
        assert again is not None
        assert (again.id, again.attempts) == (letter.id, attempt)
    clock.shift(KINDS["letter"].lease + timedelta(seconds=1))
    other = take()
    assert other is not None
    assert other.kind == "parcel"
    assert (jobs()[0].state, jobs()[0].lease_until) == (State.FAILED, None)
    assert "its worker ended in the middle of it, 3 times" in (jobs()[0].error or "")


def test_regular_job_that_ended_its_worker_comes_again_at_its_next_time(app: Flask, clock: Traveller) -> None:
    with unit_of_work():
        queue.enqueue("round", unique_key=queue.REGULAR)
    take()
    clock.shift(KINDS["round"].lease + timedelta(seconds=1))
    assert take() is None
    failed, waiting = jobs()
    assert (failed.state, waiting.state) == (State.FAILED, State.WAITING)
    assert waiting.run_at == now() + timedelta(hours=1)
