"""Tables by keyboard and by hand: cells, rows, widths, columns (SPEC 5.1, DB-25)."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.screens import dialog
from tests.factories import make_contact, make_deal


def cell(page: Page, row: str, column: int) -> Locator:
    return page.get_by_role("row", name=row).locator("td").nth(column)


def test_db_25_rows_are_walked_and_a_cell_is_written_by_keyboard(page: Page, bob: Viewer) -> None:
    for name in ("Cleo Dahl", "Bert Carl", "Ada Berg"):
        make_contact(bob, name, jobtitle="Buyer")
    page.goto("/objects/contacts?columns=city,jobtitle")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Bert Carl", exact=True)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.keyboard.press("k")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(cell(page, "Bert Carl", 1)).to_be_focused()
    page.keyboard.press("Enter")
    field = page.get_by_role("textbox", name="Job title", exact=True)
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)
    expect(cell(page, "Bert Carl", 1)).to_have_text("Buyer")
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    field.fill("Boss jjx")
    page.keyboard.press("Enter")
    expect(cell(page, "Bert Carl", 1)).to_have_text("Boss jjx")
    page.get_by_role("button", name="Undo").click()
    expect(cell(page, "Bert Carl", 1)).to_have_text("Buyer")
    expect(page).to_have_url("/objects/contacts?columns=city,jobtitle")


def test_what_follows_from_a_cell_is_shown_and_the_focus_stays(page: Page, bob: Viewer) -> None:
    make_deal(bob, "Oranges")
    page.goto("/objects/deals?columns=dealstage,closedate")
    cell(page, "Oranges", 0).dblclick()
    field = page.get_by_role("combobox", name="Deal stage", exact=True)
    expect(field).to_be_focused()
    field.select_option(label="Closed won")
    closing = page.locator("[data-editing]").get_by_label("Close date")
    if closing.count():
        expect(closing).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(cell(page, "Oranges", 0)).to_have_text("Closed won")
    expect(cell(page, "Oranges", 1)).not_to_have_text("")


def test_columns_are_chosen_and_made_wider(page: Page, bob: Viewer, demand_accessible: Callable[[Page], None]) -> None:
    make_contact(bob, "Ada Berg", city="Lund")
    page.goto("/objects/contacts?columns=email")
    page.get_by_role("link", name="Columns").click()
    dialog(page).get_by_placeholder("Search properties").fill("city")
    dialog(page).get_by_label("City").first.click()
    expect(dialog(page).get_by_role("button", name="Remove City")).to_be_visible()
    demand_accessible(page)
    dialog(page).get_by_role("button", name="Remove Email").click()
    expect(dialog(page).get_by_role("button", name="Remove Email")).to_have_count(0)
    dialog(page).get_by_role("button", name="Apply").click()
    expect(page.get_by_role("columnheader")).to_have_text(["Name", "City"])
    edge = page.get_by_role("separator", name="Width of City")
    edge.focus()
    with page.expect_response("**/column-widths"):
        page.keyboard.press("Shift+ArrowRight")
    width = edge.get_attribute("aria-valuenow") or ""
    page.reload()
    expect(edge).to_have_attribute("aria-valuenow", width)
    expect(page.locator("col").nth(1)).to_have_attribute("data-width", width)
    demand_accessible(page)
