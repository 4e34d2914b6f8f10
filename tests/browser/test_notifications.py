"""Mentioning somebody while writing, and the bell that tells them without a reload (SPEC 1.6, 8.15)."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from crm.db import end_read
from crm.notifications.queries import NoticeFilter, page
from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.browser.screens import body_of, composer, item, open_record
from tests.factories import make_contact


def test_a_mention_is_chosen_by_keyboard_and_the_bell_of_the_other_tells_it(
    page_of: OpenPage, alice: Viewer, bob: Viewer, demand_accessible: Callable[[Page], None]
) -> None:
    contact = make_contact(bob, "Ada Berg")
    window = page_of(bob)
    open_record(window, contact)
    window.keyboard.press("n")
    expect(body_of(composer(window))).to_be_focused()
    window.keyboard.type("Ask @ali")
    option = composer(window).get_by_role("option", name="@Alice Berg")
    expect(option).to_be_visible()
    # Away from the letters, Enter is a new line again and the list is gone.
    for key in ("Home", "Enter"):
        window.keyboard.press(key)
    expect(option).to_be_hidden()
    window.keyboard.press("Control+a")
    window.keyboard.type("Ask @ali")
    expect(option).to_be_visible()
    expect(option).to_have_attribute("aria-selected", "true")
    demand_accessible(window)
    window.keyboard.press("Enter")
    window.keyboard.type("for the price")
    expect(body_of(composer(window))).to_have_text("Ask @Alice Berg\u00a0for the price")
    window.keyboard.press("Control+Enter")
    expect(item(window, "Ask @Alice Berg")).to_be_visible()
    end_read()
    assert [one.topic.name for one in page(alice, NoticeFilter(), 5)] == ["mention"]
    other = page_of(alice, viewport={"width": 360, "height": 740}, color_scheme="dark")
    other.goto("/settings")
    bell = other.get_by_role("link", name="Notifications (1 unread)")
    bell.click()
    notice = other.get_by_role("dialog").get_by_role("button", name="Bob Stone mentioned you")
    expect(notice).to_be_visible()
    demand_accessible(other)
    notice.click()
    expect(other).to_have_url(re.compile("/activities/"))
    expect(other.locator("#bell .bell-count[hx-get*=known]")).to_have_text("")
    for address in ("/notifications", "/settings/notifications"):
        other.goto(address)
        assert other.evaluate("document.documentElement.scrollWidth") == 360
        demand_accessible(other)
