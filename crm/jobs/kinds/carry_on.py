"""Carrying work in bulk on, batch by batch; and saying so when it broke off."""

import time
from collections.abc import Mapping
from typing import Any

from crm.bulk.operations import BROKE_OFF, CARRY_ON, Stopped, carry_on, fail
from crm.db import end_read, unit_of_work
from crm.jobs.queue import enqueue
from crm.jobs.registry import JOB_KINDS, JobKind
from crm.messages import Message

SLICE = 10.0
"""Seconds after which other jobs get their turn."""
RESTS = 3
"""How many times as long as a batch took the job rests after it."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 0.5
FAILED = "carry_on_failed"


def run(payload: Mapping[str, Any]) -> None:
    """Do batch after batch, and rest after each for longer than it took: three quarters of everything are others'."""
    ends = time.monotonic() + SLICE
    while True:
        begun = time.monotonic()
        if not _one_batch(payload["run_id"]):
            return
        worked = time.monotonic() - begun
        if begun > ends:
            break
        time.sleep(min(max(worked * RESTS, SHORTEST_PAUSE), LONGEST_PAUSE))
    with unit_of_work():
        enqueue(CARRY_ON, payload, unique_key=str(payload["run_id"]))


def _one_batch(run_id: int) -> bool:
    end_read()
    try:
        with unit_of_work():
            return carry_on(run_id)
    except Stopped as stopped:
        with unit_of_work():
            fail(run_id, stopped.message)
        return False


def say_that_it_broke_off(payload: Mapping[str, Any]) -> None:
    """After the last try: the run is stopped, and what it did can be undone."""
    with unit_of_work():
        fail(payload["run_id"], Message(BROKE_OFF))


JOB_KINDS.register(JobKind(CARRY_ON, run, after_failure=FAILED))
JOB_KINDS.register(JobKind(FAILED, say_that_it_broke_off))
