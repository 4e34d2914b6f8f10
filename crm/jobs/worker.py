"""The worker: runs due jobs and the standing duties (such as the search indexer), until told to stop.

Jobs and each duty have a thread of their own, so that a long one of either never holds up the other.
"""

import contextlib
import logging
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from types import FrameType

import sqlalchemy as sa

from crm.db import unit_of_work
from crm.jobs import queue
from crm.jobs.registry import JOB_KINDS, JobKind

log = logging.getLogger(__name__)

Duty = Callable[[], object]
"""Something done again and again; what it returns is truthy when it found work and should be called again at once."""

JOBS_PER_TURN = 20
LONGEST_PAUSE = 10.0
"""Seconds between two tries of what fails again and again: a full disk must not be filled with reports of it."""


class Worker:
    """One worker of this process.

    `context` opens what a database session needs and closes it again (Flask's `app.app_context`); every job and
    every duty gets its own. A job or duty that raises is logged and never ends the worker.
    """

    def __init__(
        self, context: Callable[[], AbstractContextManager[object]], duties: Sequence[Duty] = (), pause: float = 0.3
    ) -> None:
        self._context = context
        self._duties = tuple(duties)
        self._pause = pause
        self._stop = threading.Event()
        self._holder = queue.holder_name()
        self._is_prepared = False
        self._kinds = {kind.name: kind for kind in JOB_KINDS}

    def run(self) -> None:
        """Work until `stop`; the job and the duties at hand are always brought to their end."""
        threads = [threading.Thread(target=self._keep_doing, args=(self._duty, duty)) for duty in self._duties]
        for thread in threads:
            thread.start()
        try:
            self._keep_doing(self._prepare_and_run_jobs)
        finally:
            self.stop()
            for thread in threads:
                thread.join()

    def _keep_doing(self, what: Callable[..., bool | None], *arguments: Duty) -> None:
        """Again at once when there was work, after a pause when not; a longer one the more often it raised (None)."""
        failures = 0
        while not self._stop.is_set():
            found = what(*arguments)
            failures = failures + 1 if found is None else 0
            if not found:
                self._stop.wait(min(self._pause * 2 ** min(failures, 10), LONGEST_PAUSE))

    def _prepare_and_run_jobs(self) -> bool | None:
        self._is_prepared = self._is_prepared or self.prepare()
        return self._run_due_jobs() if self._is_prepared else None

    def run_until_asked(self) -> None:
        """Work as a process of its own, until SIGTERM or SIGINT; only from the main thread."""

        def ask(_number: int, _frame: FrameType | None) -> None:
            self.stop()

        signal.signal(signal.SIGTERM, ask)
        signal.signal(signal.SIGINT, ask)
        self.run()

    def stop(self) -> None:
        """Ask the worker to end after what is at hand."""
        self._stop.set()

    def prepare(self) -> bool:
        """Recover what an earlier worker left, and see that every regular job is waiting; whether that could be done.

        It cannot be while the database is locked or the disk is full.
        """
        freed = None
        with self._context(), self._logged("start"), unit_of_work():
            freed = queue.free_stale()
            for kind in JOB_KINDS:
                if kind.every is not None:
                    queue.enqueue(kind.name, unique_key=queue.REGULAR)
        if freed:
            log.info("took over %d jobs of a worker that is gone", freed)
        return freed is not None

    def turn(self) -> bool:
        """Run the jobs that are due (a bounded number) and each duty once; True when there may be more to do.

        For those who want things done now and in this thread, as tests do.
        """
        return any([self._run_due_jobs(), *map(self._duty, self._duties)])

    def _duty(self, duty: Duty) -> bool | None:
        with self._logged("duty"), self._context():
            return bool(duty())
        return None

    def _run_due_jobs(self) -> bool | None:
        for done in range(JOBS_PER_TURN):
            if self._stop.is_set():
                return False
            worked = None
            with self._logged("job"):
                worked = self._run_one()
            if worked is None:
                return None
            if not worked:
                return done > 0
        return True

    def _run_one(self) -> bool:
        with self._context():
            if not queue.has_due():
                return False
        with self._context(), unit_of_work():
            taken = queue.claim(self._kinds, self._holder)
        if taken is None:
            return False
        kind = self._kinds[taken.kind]
        error = self._attempt(kind, taken)
        with self._context(), unit_of_work():
            if error is None:
                queue.finish(taken)
            elif queue.give_back(taken, error, kind.max_attempts):
                queue.enqueue_after_failure(kind, taken.payload, taken.unique_key)
            queue.enqueue_next(kind, taken.unique_key)
        return True

    def _attempt(self, kind: JobKind, taken: queue.Claim) -> str | None:
        try:
            with self._context():
                kind.run(taken.payload)
        except Exception as error:
            log.exception("job %s %d failed at attempt %d", kind.name, taken.id, taken.attempts)
            return _described(error)
        return None

    @contextlib.contextmanager
    def _logged(self, what: str) -> Iterator[None]:
        try:
            yield
        except Exception:
            log.exception("%s failed; the worker goes on", what)


def _described(error: Exception) -> str:
    """The error for the job table; of the database's only what it says first: further down it quotes rows."""
    text = str(error)
    if isinstance(error, sa.exc.DBAPIError):
        text = str(error.orig).strip().partition("\n")[0]
    return f"{type(error).__name__}: {text}"
