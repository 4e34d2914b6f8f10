"""Kartotek as it is run: real processes on an address of their own, which can be killed as one."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
POLL = 0.02

Process = subprocess.Popen[bytes]


class Program:
    """`python app.py` with `settings`, and the commands beside it; what they print goes into `log`."""

    def __init__(self, settings: Mapping[str, str], log: Path) -> None:
        self.log = log
        self.address = f"http://{settings['KARTOTEK_BIND']}"
        ours = {name: value for name, value in os.environ.items() if not name.startswith("KARTOTEK_")}
        self.environment = ours | dict(settings)

    def start(self, *arguments: str, group: int | None = None, prepare: Callable[[], None] | None = None) -> Process:
        """Serve, or run a command in the background: `start("worker")`.

        It leads a process group of its own, or joins that of a process started before. `prepare` is called in the
        new process before the program begins.
        """
        command = [sys.executable, "-m", "flask", "--app", "app", *arguments]
        with open(self.log, "ab") as output:
            return subprocess.Popen(
                command if arguments else [sys.executable, "app.py"],
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=group or 0,
                preexec_fn=prepare,
            )

    def command(self, *arguments: str, typed: str = "", patience: float = PATIENCE) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *arguments],
            cwd=PROJECT,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=patience,
        )

    def output(self) -> str:
        """Everything printed so far."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def answers(self) -> bool:
        """Whether the server says that it is well."""
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=30) as answer:
                return bool(answer.status == 200)
        except (OSError, http.client.HTTPException):
            return False


def free_port() -> int:
    """A port of this machine that nobody listens on, held for whoever asked until this process ends.

    A server may listen on it, since servers set the same option; but nobody who takes any port gets it while the server
    is down or has not begun yet.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    port = int(held.getsockname()[1])
    held.detach()
    return port


def until(truth: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Wait until `truth` holds and return what it says; fails when that takes too long."""
    deadline = time.monotonic() + patience
    while not (found := truth()):
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(POLL)
    return found


def descendants(pid: int) -> list[int]:
    """The processes a process has started, and those they have started."""
    found = []
    for child in children(pid):
        found += [child, *descendants(child)]
    return found


def children(pid: int) -> list[int]:
    """The processes a process has started itself."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def is_alive(pid: int) -> bool:
    """Whether a process still runs; one that ended and that nobody has asked about yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def kill_group(process: Process) -> None:
    """kill -9 a process and all of its group at once, and wait until none of them is left."""
    members = _members(process.pid)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    members |= _members(process.pid)
    until(lambda: not any(map(is_alive, members)), "the end of a process group that was killed")


def _members(group: int) -> set[int]:
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == group:
                found.add(int(entry.name))
    return found
