"""A real Chromium on a real server: strict CSP on, and any error in the console fails the test (DESIGN 13).

What depends on the database program is proved without a browser, on both.
"""

import os
import threading
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from crm.permissions.viewer import Viewer
from tests.browser.watch import Watch
from tests.conftest import SESSION_COOKIE
from tests.support.chromium import chromium_path

DESKTOP = {"width": 1400, "height": 900}
WINDOW = {"viewport": DESKTOP, "reduced_motion": "reduce"}
PATIENCE_MS = 30_000
START_MS = 120_000
# A pause after each message to the browser: what a test asks too late then fails here and not once in a hundred runs.
SLOW_MO_MS = float(os.environ.get("KARTOTEK_TEST_SLOW_MO", "0"))
SERIOUS = ("serious", "critical")
IS_DARK = "matchMedia('(prefers-color-scheme: dark)').matches"

OpenPage = Callable[..., Page]
Scheme = Literal["light", "dark"]
Held = Callable[[str], Callable[[], None]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = chromium_path()
    assert path, "the browser tests need Chromium: install chromium-headless-shell, or set KARTOTEK_TEST_CHROMIUM"
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=as_root, timeout=START_MS, slow_mo=SLOW_MO_MS
        )
        yield browser
        browser.close()


class Handler(WSGIRequestHandler):
    """Lets go of a connection on which the browser asks nothing, or the server could not be closed."""

    timeout = 5


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the application is served, by threads of this process.

    One server for each test: closing it waits for the answers under way, so the database can be put back after it.
    """
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test when a window of it reports anything that was not allowed."""
    watch = Watch()
    yield watch
    surprises = watch.surprises()
    assert not surprises, "the browser reports:\n" + "\n".join(surprises)


@pytest.fixture
def window(chromium: Browser, watch: Watch) -> Iterator[OpenPage]:
    """Open a window of a browser nobody has used: `window(base_url)`; more arguments are Playwright's."""
    contexts = []

    def open_window(base_url: str, **options: Any) -> Page:
        context = chromium.new_context(base_url=base_url, **(WINDOW | options))
        context.set_default_timeout(PATIENCE_MS)
        watch.follow(context)
        contexts.append(context)
        return _answered_before_it_is_left(context.new_page())

    yield open_window
    for context in contexts:
        context.close()


def _answered_before_it_is_left(page: Page) -> Page:
    """A page that waits, before a test leads it elsewhere, for the answers to what it sent.

    Scripts show what was done before the server has it; a page read at that moment may show what was before.
    """

    def waiting(leave: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(leave)
        def once_answered(*args: Any, **more: Any) -> Any:
            expect(page.locator(".htmx-request")).to_have_count(0)
            return leave(*args, **more)

        return once_answered

    for name in ("goto", "reload", "go_back", "go_forward"):
        setattr(page, name, waiting(getattr(page, name)))
    return page


@pytest.fixture
def page_of(
    app: Flask, address: str, window: OpenPage, client_of: Callable[[Viewer], FlaskClient]
) -> Callable[..., Page]:
    """Open a page somebody is signed in with: `page_of(bob)`; `page_of(None)` is nobody's."""

    def open_page(viewer: Viewer | None, **options: Any) -> Page:
        page = window(address, **options)
        if viewer is not None:
            cookie = client_of(viewer).get_cookie(SESSION_COOKIE)
            assert cookie is not None
            page.context.add_cookies([{"name": SESSION_COOKIE, "value": cookie.value, "url": address}])
        return page

    return open_page


@pytest.fixture
def page(page_of: OpenPage, bob: Viewer) -> Page:
    """A window bob is signed in with; most of what people do is tried in his."""
    return page_of(bob)


@pytest.fixture
def held(page: Page) -> Held:
    """Hold what bob's window sends to addresses like `pattern` back: `answer = held(pattern)`, until `answer()`."""

    def hold(pattern: str) -> Callable[[], None]:
        waiting: list[Route] = []
        released: list[bool] = []

        def take(route: Route) -> None:
            if released:
                route.continue_()
            else:
                waiting.append(route)

        def answer() -> None:
            released.append(True)
            while waiting:
                waiting.pop(0).continue_()

        page.route(pattern, take)
        return answer

    return hold


@pytest.fixture
def demand_accessible() -> Callable[[Page], None]:
    """Have axe look at a page, in the light and in the dark: nothing serious may be found (QUALITY 4).

    Light and dark differ in colours alone, so the second time nothing but their contrast is looked at.
    """
    script = Axe().axe_script

    def look(page: Page) -> None:
        page.evaluate(script)
        scheme: Scheme = "dark" if page.evaluate(IS_DARK) else "light"
        other: Scheme = "light" if scheme == "dark" else "dark"
        places = _serious(page, scheme, {"resultTypes": ["violations"]})
        page.emulate_media(color_scheme=other)
        places += _serious(page, other, {"resultTypes": ["violations"], "runOnly": ["color-contrast"]})
        page.emulate_media(color_scheme=scheme)
        assert not places, f"axe found on {page.url}:\n" + "\n".join(places)

    return look


def _serious(page: Page, scheme: str, options: dict[str, list[str]]) -> list[str]:
    found = page.evaluate("options => axe.run(document, options).then(({ violations }) => violations)", options)
    return [
        f"{one['id']} in the {scheme}: {one['help']}: {node['target']}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]
