"""Processes of their own that build shards, so that both cores are used and nobody waits (DESIGN 8.5).

They are started anew, not forked: a fork would carry over the threads' locks and the database connections of the
process at hand. Each holds the indexer's lock together with us; were we killed, no other indexer begins before the last
of them has noticed, which takes no longer than the reading of a line.
"""

import json
import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from crm.config import PREFIX, PROJECT, Config
from crm.db import db

MODULE = "crm.build_index"
PATIENCE_SECONDS = 10

Command = Callable[[], Sequence[str]]

_configs: WeakKeyDictionary[sa.Engine, Config] = WeakKeyDictionary()


def configure(config: Config) -> None:
    """Say with which settings builders are to be started; called once by create_app, in its context."""
    _configs[db.engine] = config


def settings() -> dict[str, str] | None:
    """The settings of the application at hand as an environment; None when it has none."""
    config = _configs.get(db.engine)
    if config is None:
        return None
    return {PREFIX + setting.name.upper(): str(getattr(config, setting.name)) for setting in fields(config)}


def usual_count() -> int:
    """How many to start: one for each core that this process may use, no more than four."""
    return max(1, min(4, len(os.sched_getaffinity(0))))


@dataclass(frozen=True)
class Report:
    """What a builder says: how many activities of its shard it has read, that the shard is ready, that it died."""

    shard: int
    done: int
    is_ready: bool = False
    is_dead: bool = False


class Builder:
    """One process; it has at most one shard at a time."""

    def __init__(self, environment: dict[str, str], lock: int) -> None:
        self.shard: int | None = None
        self._rest = b""
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", MODULE],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(lock,),
        )
        self._tell(environment)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def output(self) -> Any:
        """The file its answers come from."""
        return self._process.stdout

    def build(self, shard: int, position: int) -> None:
        """Have it build a shard, from the rows as they are at `position` of the outbox or later."""
        self.shard = shard
        self._tell({"shard": shard, "position": position})

    def _tell(self, what: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(what).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return  # it is dead, which its output says

    def read(self) -> list[Report]:
        """What it has said since; to be called when there is something to read."""
        data = os.read(self.output.fileno(), 1 << 16)
        if not data:
            return [Report(self.shard if self.shard is not None else -1, 0, is_dead=True)]
        *lines, self._rest = (self._rest + data).split(b"\n")
        reports = [Report(**json.loads(line)) for line in lines]
        if any(report.is_ready for report in reports):
            self.shard = None
        return reports

    def end(self) -> None:
        """Have it end, if it has not."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Builders:
    """Several builders, started when they are first given something to do."""

    def __init__(self, environment: dict[str, str], lock: int, count: int) -> None:
        self._environment, self._lock, self._count = environment, lock, count
        self._running: list[Builder] = []
        self._selector = selectors.DefaultSelector()

    @property
    def pids(self) -> list[int]:
        """The numbers of the processes."""
        return [builder.pid for builder in self._running]

    @property
    def is_free(self) -> bool:
        """Whether one could be given something to do."""
        return len(self._running) < self._count or any(builder.shard is None for builder in self._running)

    def build(self, shard: int, position: int) -> None:
        """Give a shard to a builder that has none."""
        free = next((builder for builder in self._running if builder.shard is None), None)
        if free is None:
            free = Builder(self._environment, self._lock)
            self._running.append(free)
            self._selector.register(free.output, selectors.EVENT_READ, free)
        free.build(shard, position)

    def reports(self, timeout: float) -> list[Report]:
        """What the builders say within `timeout` seconds; one that died is forgotten."""
        found: list[Report] = []
        for key, _ in self._selector.select(timeout):
            said = key.data.read()
            found += said
            if any(report.is_dead for report in said):
                self._selector.unregister(key.fileobj)
                self._running.remove(key.data)
                key.data.end()
        return found

    def end(self) -> None:
        """Have all of them end."""
        for builder in self._running:
            builder.end()
        self._running.clear()
        self._selector.close()
