"""What the durability tests share: how often to kill, and the program on the database of the test (QUALITY 2)."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from flask import Flask

from crm.config import Config
from crm.db import db
from tests.conftest import Installation
from tests.support.program import Process, Program, free_port, kill_group, until


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("durability")
    group.addoption("--kills", type=int, default=None, help="how often to kill -9, instead of what the tests say")
    group.addoption("--seed", type=int, default=None, help="where chance begins; a test that fails tells its own")


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int | None:
    """How often to kill, None when nobody has said."""
    return request.config.getoption("--kills", default=None)


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> Random:
    """Where everything that happens by chance comes from; its seed is printed when the test fails."""
    seed = request.config.getoption("--seed", default=None)
    seed = secrets.randbelow(2**32) if seed is None else seed
    print(f"--seed {seed}")  # noqa: T201 - pytest shows it with a failure
    return Random(seed)


@dataclass
class Station:
    """The program on the database of the test, and everything of it that runs."""

    app: Flask
    program: Program
    folder: Path
    running: list[Process] = field(default_factory=list)

    @property
    def config(self) -> Config:
        """The settings of the program."""
        config: Config = self.app.config["KARTOTEK"]
        return config

    def start(self, *arguments: str, **options: object) -> Process:
        """Start the server, or a command in the background; it is killed at the end of the test at the latest."""
        process = self.program.start(*arguments, **options)  # type: ignore[arg-type]
        self.running.append(process)
        return process

    def serve(self, **options: object) -> Process:
        """Start the server and wait for its first answer."""
        process = self.start(**options)
        until(lambda: self.program.answers() or process.poll() is not None, "the first answer")
        assert process.poll() is None, self.program.output()
        return process

    def kill(self, process: Process) -> None:
        """kill -9 everything in the group of a process."""
        kill_group(process)
        self.running.remove(process)


@pytest.fixture
def station(installation: Installation, app: Flask, tmp_path: Path) -> Iterator[Station]:
    """Kartotek as real processes on the database of this test, which the test itself may look into."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    config: Config = app.config["KARTOTEK"]
    settings = {
        "KARTOTEK_DATABASE_URL": config.database_url,
        "KARTOTEK_DATA_DIR": str(config.data_dir),
        "KARTOTEK_SEARCH_INDEX": str(config.search_index),
        "KARTOTEK_BIND": f"127.0.0.1:{free_port()}",
        "TMPDIR": str(temporary),
    }
    made = Station(app, Program(settings, tmp_path / "output.txt"), tmp_path)
    installation.changed_by_others()
    try:
        yield made
    finally:
        for process in list(made.running):
            kill_group(process)
        db.session.remove()
