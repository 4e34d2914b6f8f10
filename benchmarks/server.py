"""A gunicorn of one process, and what a request costs it."""

import http.client
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

PROJECT = Path(__file__).resolve().parent.parent
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")
WARM_UP = 20
START_SECONDS = 60
TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Cost:
    """What one request costs the server, in milliseconds of CPU, and the size of its answer."""

    cpu_ms: float
    wall_ms: float
    body: bytes


@dataclass(frozen=True)
class Asked:
    """What is asked of a server: a page, or with `form` a change; `keyed` sends a key of its own with each form."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    keyed: bool = False

    @property
    def body(self) -> str | None:
        """The form as it is sent."""
        if self.form is None:
            return None
        return urlencode({**self.form, **({"key": secrets.token_urlsafe(18)} if self.keyed else {})})


class Server:
    """A server process that can be asked, by somebody who keeps its cookies like a browser."""

    def __init__(self, port: int, pids: Sequence[int], cookie: str, started: float) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._port = port
        self._pids = pids
        self._cookies = [cookie] if cookie else []
        self._started = started

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://127.0.0.1:{self._port}"

    def start_seconds(self) -> tuple[float, float]:
        """How long after its start /healthz answers, by the clock and of CPU; to be asked first."""
        self.ask(Asked("/healthz"), allowed=(200, 503))  # 503 while the search index waits to be built
        return time.perf_counter() - self._started, self._cpu_seconds()

    def ask(self, asked: Asked, allowed: Sequence[int] = (200,)) -> bytes:
        """The body of the answer; raises RuntimeError for a status that is not allowed."""
        headers = {"Cookie": "; ".join(self._cookies), **asked.headers}
        body = asked.body
        self._connection.request("GET" if body is None else "POST", asked.path, body=body, headers=headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status not in allowed:
            raise RuntimeError(f"{asked.path} answers {answer.status}: {text[:200]!r}")
        new = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        if new:
            name = new.partition("=")[0]
            self._cookies = [one for one in self._cookies if not one.startswith(f"{name}=")] + [new]
        return text

    def round(self, asked: Asked, requests: int) -> Cost:
        """The mean cost of so many requests."""
        cpu, wall = self._cpu_seconds(), time.perf_counter()
        for _ in range(requests):
            body = self.ask(asked)
        cpu, wall = self._cpu_seconds() - cpu, time.perf_counter() - wall
        return Cost(cpu / requests * 1000, wall / requests * 1000, body)

    def memory_mb(self) -> float:
        """Resident memory of the largest of its processes."""
        pages = (int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self._pids)
        return max(pages) * PAGE_SIZE / 1e6

    def _cpu_seconds(self) -> float:
        """CPU time of all threads, which Linux counts in nanoseconds."""
        tasks = (task for pid in self._pids for task in Path(f"/proc/{pid}/task").iterdir())
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def throughput(self, path: str, clients: int, seconds: float) -> float:
        """Answers per second to so many clients that ask without a pause."""
        deadline = time.perf_counter() + seconds
        with ThreadPoolExecutor(clients) as pool:
            counts = list(pool.map(lambda _client: self._ask_until(deadline, path), range(clients)))
        return sum(counts) / seconds

    def _ask_until(self, deadline: float, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        count = 0
        while time.perf_counter() < deadline:
            connection.request("GET", path, headers={"Cookie": "; ".join(self._cookies)})
            connection.getresponse().read()
            count += 1
        connection.close()
        return count

    def form_headers(self, path: str) -> dict[str, str]:
        """What htmx sends along with a form of the page at `path`: the token of the form."""
        token = TOKEN.search(self.ask(Asked(path)))
        assert token is not None
        return {
            "X-CSRFToken": token.group(1).decode(),
            "Content-Type": "application/x-www-form-urlencoded",
            "HX-Request": "true",
        }


def side_by_side(pairs: Sequence[tuple[Server, Asked]], rounds: int, requests: int) -> list[Cost]:
    """What each of several things costs: the median of `rounds`, in each of which all of them have their turn.

    So a machine that is busy for a while is busy for all of them.
    """
    for server, asked in pairs:
        server.round(asked, WARM_UP)
    costs: list[list[Cost]] = [[] for _ in pairs]
    for _ in range(rounds):
        for place, (server, asked) in enumerate(pairs):
            costs[place].append(server.round(asked, requests))
    return [
        Cost(median(one.cpu_ms for one in seen), median(one.wall_ms for one in seen), seen[-1].body) for seen in costs
    ]


@contextmanager
def serving(application: str, environment: Mapping[str, str], cookie: str = "", processes: int = 1) -> Iterator[Server]:
    """Serve `application` (module:name) the way Kartotek is served; CPU and memory are those of its processes."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "-k", "gthread"]
    command += ["--workers", str(processes), "--threads", "4", "--keep-alive", "60", "--no-control-socket"]
    command += ["--log-level", "error"]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=PROJECT, env=dict(environment))
    try:
        _wait_for(port)
        yield Server(port, _workers_of(process.pid, processes), cookie, started)
    finally:
        process.terminate()
        process.wait(30)


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(START_SECONDS * 50):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("the server did not start")


def _workers_of(pid: int, processes: int) -> list[int]:
    for _ in range(START_SECONDS * 50):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if len(children) >= processes:
            return [int(child) for child in children]
        time.sleep(0.02)
    raise RuntimeError("the server has no worker process")
