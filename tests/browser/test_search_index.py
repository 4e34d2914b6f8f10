"""Building the search index anew from the settings: asked for by a click, shown until it is done."""

from collections.abc import Callable

from playwright.sync_api import expect

from crm.db import end_read
from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.factories import make_contact, make_note


def test_rebuild_is_shown_from_the_click_until_it_is_done(
    page_of: OpenPage, alice: Viewer, work: Callable[[], None]
) -> None:
    make_note(alice, make_contact(alice))
    work()
    end_read()
    page = page_of(alice)
    page.goto("/settings/search")
    state = page.get_by_role("status").filter(has_text="State")
    expect(state).to_contain_text("Up to date")
    page.get_by_role("button", name="Rebuild the index").click()
    expect(state).to_contain_text("A rebuild begins in a moment")
    work()
    expect(state).to_contain_text("Up to date")
    expect(page.locator("#search-index")).not_to_have_attribute("hx-trigger", "every 2s")
