"""Workers that begin in an instant: forked, as the server forks its own, from a process that has loaded the program.

Run as a program it takes one line for each: `worker` or `reindex` begins one, `wait` waits for its end.
"""

import os
import subprocess
import sys
from collections.abc import Mapping

from tests.support.program import PATIENCE, PROJECT, Process

WORKER, REINDEX, WAIT = "worker", "reindex", "wait"


class Nursery:
    """The process that forks, seen from the test."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process: Process = subprocess.Popen(
            [sys.executable, "-m", "tests.durability.nursery"],
            cwd=PROJECT,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.last = self._ask(None)

    def begin(self, what: str = WORKER) -> int:
        """Start one, as the leader of a process group of its own; returns its number."""
        self.last = self._ask(what)
        return self.last

    def wait(self) -> int:
        """Wait until the last one has ended; returns how, as `Popen.returncode` says it."""
        return self._ask(WAIT)

    def close(self) -> None:
        """End the process that forks."""
        self._process.communicate(timeout=PATIENCE)

    def _ask(self, line: str | None) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if line is not None:
            self._process.stdin.write(f"{line}\n".encode())
            self._process.stdin.flush()
        return int(self._process.stdout.readline())


def _serve() -> None:
    from crm import create_app
    from crm.cli import make_worker
    from crm.search import indexer

    app = create_app()

    def reindex() -> None:
        with app.app_context():
            indexer.reindex()

    works = {WORKER: lambda: make_worker(app).run_until_asked(), REINDEX: reindex}
    pid = 0
    _say(0)
    for line in sys.stdin:
        what = line.strip()
        if what == WAIT:
            _say(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            continue
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            works[what]()
            os._exit(0)
        os.setpgid(pid, pid)
        _say(pid)


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _serve()
