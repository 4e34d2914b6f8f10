"""The editor of record pages: with a mouse, by keyboard, and without scripts (SPEC 1.7)."""

from playwright.sync_api import Locator, Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.factories import make_contact

HERE = "/settings/objects/contacts/layouts/default"


def titles(page: Page, column: str) -> Locator:
    """The names of the cards in a column of the editor."""
    return page.locator(f"#column-{column} .layout-card-name > div")


def drag(page: Page, card: str, onto: str) -> None:
    """Take a card by its grip and drop it on the upper half of another one."""
    grip, target = page.locator(f"#card-{card} [data-grip]"), page.locator(f"#card-{onto}")
    start, end = grip.bounding_box(), target.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 4, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 40, end["y"] + end["height"] - 2)
    page.mouse.move(end["x"] + 40, end["y"] + 4)
    page.mouse.up()


def test_cards_are_dragged_across_columns_moved_by_keys_and_saved(
    page_of: OpenPage, alice: Viewer, bob: Viewer
) -> None:
    record_id = make_contact(bob)
    page = page_of(alice)
    page.goto(HERE)
    drag(page, "attachments", "about")
    expect(page.get_by_text("Unsaved changes")).to_be_visible()
    expect(titles(page, "left").first).to_have_text("Attachments")
    page.locator("#down-attachments").focus()
    page.keyboard.press("Enter")
    expect(titles(page, "left").nth(1)).to_have_text("Attachments")
    expect(page.locator("#card-attachments")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Everybody who has this view sees it now.")).to_be_visible()
    seller = page_of(bob)
    seller.goto(f"/records/{record_id}")
    expect(seller.locator("#record-left #card-attachments")).to_be_visible()


def test_a_card_is_added_filled_and_saved_without_scripts(page_of: OpenPage, alice: Viewer) -> None:
    page = page_of(alice, java_script_enabled=False)
    page.goto(HERE)
    page.locator("#column-left summary").click()
    page.locator("#column-left").get_by_role("button", name="Property list", exact=True).click()
    page.get_by_label("Title", exact=True).fill("Where")
    page.get_by_label("One more property").fill("city")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".layout-properties .form-line-name")).to_have_text("City")
    page.get_by_role("button", name="Done").last.click()
    page.get_by_role("button", name="Move Where up").click()
    expect(titles(page, "left").first).to_contain_text("Where")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Everybody who has this view sees it now.")).to_be_visible()
