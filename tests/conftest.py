"""Fixtures of every test: the application on each database, the cast and their browsers, a clock that stands still.

A test that uses `app`, `client_of`, `alice` or the like runs on SQLite, and on PostgreSQL too when
KARTOTEK_TEST_POSTGRES_URL is set. It starts on a fresh copy of one template, with its own application context open.
"""

import dataclasses
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

from crm import create_app
from crm.accounts import passwords
from crm.accounts.queries import find_user, viewer_for
from crm.accounts.sessions import start_session
from crm.cli import make_worker
from crm.config import Config
from crm.db import db, end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.sample_data import company
from crm.search import activities
from crm.search.postgres_engine import PostgresEngine
from crm.search.whoosh_engine import WhooshEngine
from crm.startup import bring_up_to_date
from crm.web import seen
from tests.support import cast
from tests.support.browser import Browser
from tests.support.databases import NAMES, Changes, Database, make_database, memory_folder
from tests.support.network import close_sockets

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
"""A Wednesday: the moment of every test that holds the clock."""


SESSION_COOKIE = "kartotek"
MOST_TURNS = 200
A_WEEK = 7 * 24 * 3600.0
UNHURRIED = 60.0
TEMPLATE = "template"
YEAR = "year"


def pytest_configure() -> None:
    close_sockets()
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    seen.PAUSE_SECONDS = A_WEEK  # no thread of an application in this process writes while a test looks
    _search_unhurried()
    _examples_unhurried()


def _examples_unhurried() -> None:
    """On a busy machine any example may take long, which says nothing about what is tried with it."""
    usual = settings.get_profile(settings.get_current_profile_name())
    settings.register_profile("unhurried", usual, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("unhurried")


def _search_unhurried() -> None:
    """On a busy machine a search may take long; a test that wants one to be stopped sets a limit of its own."""
    for engine in (PostgresEngine, WhooshEngine):
        engine.__init__.__defaults__ = (UNHURRIED, *engine.__init__.__defaults__[1:])
    activities.SECONDS_TO_LOOK = activities.SECONDS_WITHOUT_INDEX = UNHURRIED


@dataclasses.dataclass
class Installation:
    """One Kartotek on one database program, for all tests of this process."""

    app: Flask
    config: Config
    database: Database
    changes: Changes
    kept: set[str] = dataclasses.field(default_factory=set)
    holds: str = TEMPLATE

    def keep(self, name: str) -> None:
        """Keep the database as it is now, for `restore(name)`; from within an application context."""
        self.database.keep(name)
        self.kept.add(name)
        self.holds = name
        self.changes.take()

    def restore(self, name: str = TEMPLATE) -> None:
        """Put everything back to what was kept under `name`, unless it still is like that."""
        if self.changes.take() or self.holds != name:
            with self.app.app_context():
                self.database.restore(name, anew=self.holds != name)
        self.holds = name
        for folder in (self.config.search_index, self.config.data_dir / "files", self.config.data_dir / "exports"):
            if folder.exists():
                shutil.rmtree(folder)

    def changed_by_others(self) -> None:
        """Say that other processes write to the database: it is no longer what it was put back to."""
        self.holds = ""


@pytest.fixture(scope="session", params=NAMES)
def installation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = memory_folder(request.param) or tmp_path_factory.mktemp(request.param)
    database = make_database(request.param, folder)
    config = dataclasses.replace(
        Config.from_environment({}),
        data_dir=folder / "data",
        search_index=folder / "search_index",
        database_url=database.url,
    )
    app = create_app(config)
    app.testing = True
    app.test_client_class = Browser
    with app.app_context():
        bring_up_to_date(config)
        with unit_of_work():
            cast.hire()
        made = Installation(app, config, database, Changes(db.engine))
        made.keep(TEMPLATE)
    yield made
    with app.app_context():
        database.remove()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def app(installation: Installation) -> Iterator[Flask]:
    """The application, its database fresh, with an application context open for the test itself."""
    installation.restore()
    with installation.app.app_context():
        yield installation.app


@pytest.fixture
def year(installation: Installation, app: Flask) -> None:
    """The sample data is in the database; it is filled in once and copied from then on."""
    end_read()
    if YEAR in installation.kept:
        installation.restore(YEAR)
    else:
        company.fill()
        installation.keep(YEAR)


@pytest.fixture(scope="session")
def application() -> Flask:
    """An application nobody stores anything in: for tests of templates, routes and registries."""
    return create_app(Config.from_environment({}))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser nobody is signed in with."""
    return app.test_client()


@pytest.fixture
def client_of(app: Flask) -> Callable[[Viewer], FlaskClient]:
    """Make a browser that somebody of the cast is signed in with: `client_of(bob)`."""

    def sign_in(viewer: Viewer) -> FlaskClient:
        assert viewer.user_id is not None
        end_read()
        with unit_of_work():
            token = start_session(viewer.user_id, "tests", "127.0.0.1")
        browser = app.test_client()
        browser.set_cookie(SESSION_COOKIE, token)
        return browser

    return sign_in


def _viewer(name: str) -> Viewer:
    entry = find_user(cast.email_of(name))
    assert entry is not None
    return viewer_for(entry.id)


@pytest.fixture
def alice(app: Flask) -> Viewer:
    """A super admin, in the team North."""
    return _viewer("alice")


@pytest.fixture
def bob(app: Flask) -> Viewer:
    """A salesman in North who sees and changes what North owns."""
    return _viewer("bob")


@pytest.fixture
def charlie(app: Flask) -> Viewer:
    """A salesman in South who sees and changes what South owns."""
    return _viewer("charlie")


@pytest.fixture
def dana(app: Flask) -> Viewer:
    """Sees everything and changes nothing; in North."""
    return _viewer("dana")


@pytest.fixture
def eve(client: FlaskClient) -> FlaskClient:
    """The browser of somebody who is not signed in."""
    return client


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Hold the clock at NOON; `clock.shift(timedelta(...))` and `clock.move_to(...)` move it."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def work(app: Flask) -> Callable[[], None]:
    """Do everything the worker would do by now: due jobs and the search index."""

    worker = make_worker(app)

    def until_quiet() -> None:
        end_read()
        for _ in range(MOST_TURNS):
            if not Context().run(worker.turn):
                return
        raise AssertionError("the worker finds no end")

    return until_quiet


# Where one database is enough: pages, whose database is asked by operations that have tests of their own on both; who
# comes in and what forms and headers say, which is decided before a database is asked; and browsers, of which
# `test_newcomer.py` takes one walk through the whole program on each. KARTOTEK_TEST_EVERYTHING asks both.
ON_ONE_DATABASE = frozenset({"browser", "help", "sample_data", "security", "settings", "web"})
ON_BOTH_ALL_THE_SAME = frozenset({"security/test_matrix.py", "security/test_other_team.py"})
PAGES = frozenset({"client", "client_of"})
"""The fixtures of tests that ask by pages."""
ASKED_BY_PAGES = frozenset({"bulk", "filters", "past_activity", "permissions", "search", "selections"})
ASKED_BY_THESE_PAGES = frozenset({"activities/test_index.py", "records/test_paging.py", "records/test_deletion.py"})
ASKED_BY_THESE_PAGES |= {"records/test_index_filters.py", "records/test_query_counts.py", "records/test_create.py"}
# Of a test that is tried with many values the second database tries the first few, unless the values are what it is
# asked; all of them with KARTOTEK_TEST_EVERYTHING.
TRIED_IN_FULL = frozenset({"activities", "derived", "filters", "permissions", "search"})
FIRST_FEW = 3
LONGEST = ("security", "durability", "serving")
TESTS = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    tried: Counter[str] = Counter()
    items[:] = [item for item in items if not _is_again_on_postgres(item, tried)]
    # What takes longest comes first: at the end it would keep one process busy and the others waiting. Tests of
    # security walk through the whole program before anything else, which processes that share them would each do.
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    folder = item.path.relative_to(TESTS).parts[0]
    return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)


def _is_again_on_postgres(item: pytest.Item, tried: Counter[str]) -> bool:
    params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    if params.get("installation") != "postgres" or _names_its_databases(item):
        return False
    place = item.path.relative_to(TESTS)
    if os.environ.get("KARTOTEK_TEST_EVERYTHING") or place.as_posix() in ON_BOTH_ALL_THE_SAME:
        return False
    if place.parts[0] in ON_ONE_DATABASE or _is_of_pages(item, place):
        return True
    test = item.nodeid.partition("[")[0]
    tried[test] += 1
    return place.parts[0] not in TRIED_IN_FULL and tried[test] > FIRST_FEW


def _is_of_pages(item: pytest.Item, place: Path) -> bool:
    """Whether a test asks by pages that put no question of their own to the database, and no nonsense either."""
    asks = place.parts[0] in ASKED_BY_PAGES or place.as_posix() in ASKED_BY_THESE_PAGES or "nonsense" in item.name
    return bool(PAGES & set(getattr(item, "fixturenames", ()))) and not asks


def _names_its_databases(item: pytest.Item) -> bool:
    """Whether the test says itself which it is for (`only_on`)."""
    return any(mark.args[0] == "installation" for mark in item.iter_markers("parametrize"))
