"""What a check is given: the program on the database of the security tests, people's browsers, and what is stored."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, field

from flask import Flask, Request, has_request_context, request
from werkzeug.datastructures import ImmutableMultiDict

from crm.cli import make_worker
from crm.db import end_read
from tests.conftest import MOST_TURNS, Installation
from tests.security import world
from tests.security.checks import reads
from tests.security.crawl import Crawl
from tests.security.places import addresses
from tests.security.state import State
from tests.security.world import Office, World
from tests.support.browser import Browser
from tests.support.queries import count_queries

Asked = set[tuple[str, str]]
_crawled: dict[tuple[str, str], Crawl] = {}
_asked: dict[str, Asked] = {}
_run: dict[str, set[str]] = {}


@dataclass
class Site:
    """Kartotek with South and North in it; `state` says what a request changed."""

    installation: Installation
    world: World
    state: State
    browsers: dict[str, Browser] = field(default_factory=dict)

    @property
    def app(self) -> Flask:
        return self.installation.app

    def browser(self, name: str) -> Browser:
        """The browser of somebody of the cast; "eve" is signed out."""
        if name not in self.browsers:
            self.browsers[name] = world.browser_of(self.app, self.world, name)
        return self.browsers[name]

    def restore(self, name: str = world.WITH) -> None:
        """Put everything back, with or without North's rows; browsers too, for one may have signed out."""
        self.browsers.clear()
        self.state.close()
        world.restore(self.installation, name)
        self.state.look_anew()

    def starts(self, *offices: Office) -> list[str]:
        """The addresses of every route that can be read, at every record of these offices."""
        return [path for office in offices for _rule, path in addresses(self.app, self.world, office)]

    def work(self) -> None:
        """Do what the worker would do by now: the search index for one."""
        end_read()
        worker = make_worker(self.app)
        for _ in range(MOST_TURNS):
            if not Context().run(worker.turn):
                return
        raise AssertionError("the worker finds no end")


def crawled(site: Site, name: str = "alice") -> Crawl:
    """Everything somebody of the cast can reach, from all places of both offices; walked once per database."""
    key = (site.installation.config.database_url, name)
    if key not in _crawled:
        site.restore()
        heard = _asked.setdefault(key[0], set())
        with listening(site.app, heard), count_queries() as queries:
            _crawled[key] = reads.walk(site, site.starts(site.world.north, site.world.south), name)
        _run.setdefault(key[0], set()).update(queries)
    return _crawled[key]


def asked(site: Site) -> Asked:
    """Every (endpoint, name of a parameter) that a view has looked at while the program was crawled."""
    crawled(site)
    return _asked[site.installation.config.database_url]


def statements(site: Site) -> set[str]:
    """Every statement that was run while the program was crawled."""
    crawled(site)
    return _run[site.installation.config.database_url]


@contextmanager
def listening(app: Flask, heard: Asked) -> Iterator[None]:
    """Note which parameters of query strings and forms the views ask for."""

    def note(name: object) -> None:
        if has_request_context() and request.endpoint and isinstance(name, str):
            heard.add((request.endpoint, name))

    request_class, app.request_class = app.request_class, _listener(note)
    try:
        yield
    finally:
        app.request_class = request_class


def _listener(note: Callable[[object], None]) -> type[Request]:
    class Heard(ImmutableMultiDict):
        def __getitem__(self, key: object) -> object:
            note(key)
            return super().__getitem__(key)

        def __contains__(self, key: object) -> bool:
            note(key)
            return super().__contains__(key)

        def getlist(self, key: object, type: object = None) -> list[object]:
            note(key)
            return super().getlist(key, type)  # type: ignore[arg-type]

    class Listening(Request):
        parameter_storage_class = Heard

    return Listening
