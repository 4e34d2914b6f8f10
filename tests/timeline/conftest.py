"""A contact's timeline as its reader sees it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import time_machine
from flask.testing import FlaskClient

from crm.permissions.viewer import Viewer
from tests.factories import make_contact
from tests.support.html import Element, read

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)


@dataclass
class Screen:
    """One record's timeline in one browser."""

    browser: FlaskClient
    record_id: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"/records/{self.record_id}/timeline"

    def open(self, query: str = "", fragment: bool = False) -> Element:
        """The timeline, with this query string."""
        return self.follow(f"{self.url}?{query}" if query else self.url, fragment)

    def follow(self, url: str, fragment: bool = False) -> Element:
        """What is at an address of the timeline."""
        answer = self.browser.get(url, fragment=fragment)
        assert answer.status_code == 200, f"{answer.status_code} at {url}"
        return read(answer.text)

    def send(self, url: str, **form: str) -> Element:
        """What htmx gets for a form."""
        answer = self.browser.post(url, data=form, fragment=True)
        assert answer.status_code == 200, f"{answer.status_code} at {url}"
        return read(answer.text)


def items(page: Element) -> list[Element]:
    """The entries of a timeline, in order."""
    return page.all("article", css="item")


def titles(page: Element) -> list[str]:
    """Their headings and previews, or bodies when they are expanded; system entries are left out."""
    shown = []
    for item in items(page):
        if "data-system" not in item:
            texts = (
                item.all("p", css="item-preview") or item.all("div", css="rich") or item.all("p", css="item-heading")
            )
            shown.append(texts[0].text)
    return shown


@pytest.fixture
def contact(alice: Viewer, clock: time_machine.Traveller) -> int:
    """A contact of alice, made at NOON, where the clock stands."""
    return make_contact(alice, "Ada Berg")


@pytest.fixture
def screen(client_of: Callable[[Viewer], FlaskClient], alice: Viewer, contact: int) -> Screen:
    """The contact's timeline in alice's browser."""
    return Screen(client_of(alice), contact)
