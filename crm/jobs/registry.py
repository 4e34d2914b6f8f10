"""The kinds of jobs: a name, a function, how long it may take and how often it is tried."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from crm.registry import Registry


@dataclass(frozen=True)
class JobKind:
    """One kind of job.

    `run(payload)` may be called again after a crash, so what it does twice must equal what it does once; it opens
    its own units of work. A job whose `lease` has run out is taken to be lost and is run again. `every` makes it
    a regular job: the worker sees to it that one is always waiting. `after_failure` is the kind of job that puts in
    order what one leaves behind that failed for the last time; it gets the same payload.
    """

    name: str
    run: Callable[[Mapping[str, Any]], None]
    lease: timedelta = timedelta(minutes=5)
    max_attempts: int = 6
    every: timedelta | None = None
    position: int = 100
    after_failure: str | None = None


JOB_KINDS: Registry[JobKind] = Registry("job kind")
