"""/settings: every page somebody may open, and only those."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.permissions.viewer import Viewer
from crm.settings.registry import settings_pages
from tests.support.html import read


def test_overview_lists_exactly_the_pages_that_open(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, bob: Viewer
) -> None:
    for viewer in (alice, bob):
        browser = client_of(viewer)
        listed = read(browser.get("/settings").text).one("main").links()
        for page in settings_pages:
            assert (browser.get(page.url).status_code == 200) is (page.url in listed), (viewer.name, page.name)


@pytest.mark.parametrize(
    "page", [pytest.param(name, id=name) for name in ("profile", "users", "teams", "permission_sets", "audit")]
)
def test_page_is_marked_in_the_navigation(
    app: Flask, client_of: Callable[[Viewer], FlaskClient], alice: Viewer, page: str
) -> None:
    shown = settings_pages.get(page)
    assert shown is not None
    navigation = read(client_of(alice).get(shown.url).text).one("nav", css="settings-nav")
    assert navigation.one("a", aria_current="page")["href"] == shown.url
