"""Views of an index page at work: saved, dragged among the tabs, there again after a reload (SPEC 5.3)."""

from playwright.sync_api import Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.factories import make_contact

TABS = "/objects/contacts/views/tabs"


def test_a_view_is_saved_dragged_to_the_front_and_opened_on_entry(page_of: OpenPage, alice: Viewer) -> None:
    make_contact(alice, "Ada Berg", city="Oslo")
    make_contact(alice, "Ben Stone", city="Rome")
    page: Page = page_of(alice)
    page.goto("/objects/contacts?filter=city:equal_any:Oslo")
    expect(page.get_by_text("Unsaved changes")).to_be_visible()
    page.get_by_role("link", name="Save as new").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Oslo")
    dialog.get_by_role("button", name="Save view").click()
    tabs = page.get_by_role("navigation", name="Views")
    expect(tabs.get_by_role("link", name="Oslo")).to_have_attribute("aria-current", "page")
    expect(page.get_by_text("Unsaved changes")).to_have_count(0)

    page.locator("#sort-email").click()
    expect(page.get_by_text("Unsaved changes")).to_be_visible()
    page.get_by_role("link", name="Reset").click()
    expect(page.get_by_text("Unsaved changes")).to_have_count(0)

    page.get_by_role("link", name="Add or arrange tabs").click()
    dialog.get_by_role("button", name="Remove Unassigned").click()
    expect(dialog.get_by_role("button", name="Remove Unassigned")).to_have_count(0)
    dialog.get_by_role("button", name="Move Oslo up").click()
    expect(dialog.locator(".order-name")).to_have_text(["All contacts", "My contacts", "Oslo", "Recently created"])
    expect(dialog.get_by_role("button", name="Move Oslo up")).to_be_focused()
    dialog.get_by_role("link", name="Done").click()
    expect(tabs.get_by_role("link")).to_have_text(["All contacts", "My contacts", "Oslo", "Recently created"])

    grip = tabs.locator(".view-tab", has_text="Oslo").locator("[data-grip]")
    grip.hover()
    page.mouse.down()
    first = tabs.get_by_role("link", name="All contacts").bounding_box()
    assert first is not None
    page.mouse.move(first["x"] + 4, first["y"] + 20, steps=8)
    with page.expect_response(lambda answer: answer.url.endswith(TABS) and answer.ok):
        page.mouse.up()
    page.goto("/objects/contacts")
    expect(tabs.get_by_role("link").first).to_have_text("Oslo")
    expect(page.get_by_role("link", name="Ada Berg", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Ben Stone", exact=True)).to_have_count(0)
