"""The Actions menu of a record: properties, history, copies, deletion and return (SPEC 1.3, 4.7)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.operations import archive_record, update_record
from tests.browser.conftest import OpenPage
from tests.browser.screens import open_record, property_of
from tests.factories import make_company, make_contact, make_deal, relate

PHONE = {"viewport": {"width": 360, "height": 780}}


@pytest.fixture
def desk(page_of: OpenPage, alice: Viewer) -> Page:
    """Alice's browser."""
    return page_of(alice)


@pytest.fixture
def scriptless(page_of: OpenPage, alice: Viewer) -> Page:
    """Alice's browser without JavaScript."""
    return page_of(alice, java_script_enabled=False)


def tool(page: Page, name: str) -> Locator:
    """One entry of the Actions menu, or of the page in its place."""
    return page.locator("#record-tools, .tool-list").get_by_role("link", name=name, exact=True)


def actions(page: Page, name: str) -> None:
    """Choose from the Actions menu of the record."""
    page.locator("#record-tools").click()
    tool(page, name).click()


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_menu_is_walked_by_keyboard_and_closes_by_escape(desk: Page, alice: Viewer) -> None:
    open_record(desk, make_deal(alice), "overview")
    desk.locator("#record-tools").focus()
    desk.keyboard.press("Enter")
    first = desk.locator("#record-tools .menu-item").first
    expect(first).to_be_focused()
    desk.keyboard.press("ArrowDown")
    expect(tool(desk, "View all properties")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(first).to_be_hidden()
    expect(desk.locator("#record-tools summary")).to_be_focused()


def test_rec_12_a_record_is_deleted_in_a_dialog_and_comes_back_by_the_toast(desk: Page, alice: Viewer) -> None:
    contact = make_contact(alice, "Ada Berg")
    open_record(desk, contact, "overview")
    actions(desk, "Delete")
    dialog = desk.get_by_role("dialog", name="Delete Ada Berg?")
    expect(dialog.get_by_label("Delete, restorable for 90 days")).to_be_checked()
    desk.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    actions(desk, "Delete")
    dialog.get_by_role("button", name="Delete").click()
    desk.wait_for_url("**/objects/contacts")
    expect(desk.locator("#index-table")).not_to_contain_text("Ada Berg")
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_role("heading", name="Ada Berg", level=1)).to_be_visible()


def test_several_come_back_from_the_bin(desk: Page, alice: Viewer) -> None:
    deals = [make_deal(alice, name) for name in ("Pears", "Apples", "Plums")]
    end_read()
    with unit_of_work():
        for deal in deals:
            archive_record(alice, deal)
    desk.goto("/objects/deals")
    desk.locator(".index-head").get_by_text("Actions").click()
    desk.get_by_role("link", name="Restore records").click()
    desk.get_by_role("main").get_by_role("searchbox").fill("p")
    expect(desk.locator("#bin .settings-row")).to_have_count(3)
    desk.get_by_role("main").get_by_role("searchbox").fill("pl")
    expect(desk.locator("#bin .settings-row")).to_have_count(2)
    desk.get_by_label("Plums").click()
    desk.get_by_role("button", name="Restore what is ticked").click()
    expect(desk.get_by_text("1 record is back.")).to_be_visible()
    desk.goto("/objects/deals")
    expect(desk.locator("#index-table")).to_contain_text("Plums")


def test_rec_11_a_copy_is_made_in_a_dialog_which_says_what_is_missing(desk: Page, alice: Viewer, watch: object) -> None:
    watch.allow(422, "/clone$")  # type: ignore[attr-defined]
    deal, company = make_deal(alice, "Oranges"), make_company(alice, "Orange Inc")
    relate(alice, deal, company)
    open_record(desk, deal, "overview")
    actions(desk, "Clone")
    name = desk.get_by_role("dialog").get_by_label("Deal name")
    expect(name).to_have_value("Copy of Oranges")
    expect(name).to_be_focused()
    name.fill("")
    desk.get_by_role("dialog").get_by_role("button", name="Clone").click()
    expect(desk.get_by_role("dialog").get_by_text("Deal name is required.")).to_be_visible()
    name.fill("More oranges")
    desk.get_by_role("dialog").get_by_role("button", name="Clone").click()
    expect(desk.get_by_role("heading", name="More oranges", level=1)).to_be_visible()
    expect(desk.get_by_text("Orange Inc").first).to_be_visible()


def test_rec_07_db_24_all_properties_are_searched_and_edited_where_they_stand(desk: Page, alice: Viewer) -> None:
    contact = make_contact(alice, "Ada Berg", jobtitle="Buyer")
    open_record(desk, contact, "overview")
    actions(desk, "View all properties")
    expect(desk.get_by_role("heading", name="All properties")).to_be_visible()
    desk.get_by_role("main").get_by_role("searchbox").fill("job")
    expect(desk.locator("#all-properties .property")).to_have_count(1)
    property_of(desk, "jobtitle").hover()
    property_of(desk, "jobtitle").get_by_label("Edit Job title").click()
    desk.locator("#property-jobtitle-field").fill("Cook")
    desk.keyboard.press("Enter")
    expect(property_of(desk, "jobtitle")).to_contain_text("Cook")
    desk.get_by_role("link", name="Details Job title").click()
    dialog = desk.get_by_role("dialog", name="Details of Job title")
    expect(dialog.locator(".history-line")).to_have_count(2)
    dialog.get_by_role("button", name="Revert Job title to “Buyer”").click()
    expect(desk.get_by_text("Job title has its earlier value again.")).to_be_visible()
    desk.get_by_role("combobox", name="Property").select_option("First name")
    expect(desk.locator(".history-line")).to_have_count(1)


def test_all_of_it_without_script(scriptless: Page, alice: Viewer) -> None:
    page, deal = scriptless, make_deal(alice, "Oranges", description="Sweet")
    end_read()
    with unit_of_work():
        update_record(alice, deal, {"dealname": "Pears"})
    page.goto(f"/records/{deal}")
    actions(page, "View property history")
    page.get_by_role("combobox", name="Property").select_option("Deal name")
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("button", name="Revert Deal name to “Oranges”").click()
    expect(page.locator(".history-line").first).to_contain_text("reverted")
    page.goto(f"/records/{deal}/tools")
    tool(page, "Clone").click()
    page.get_by_role("button", name="Clone").click()
    expect(page.get_by_role("heading", name="Copy of Oranges", level=1)).to_be_visible()
    actions(page, "View all properties")
    page.get_by_label("Hide blank properties").click()
    page.get_by_role("main").get_by_role("button", name="Search").click()
    expect(page.locator("#property-description")).to_contain_text("Sweet")
    expect(page.locator("#property-hs_next_step")).to_have_count(0)
    page.get_by_role("link", name="Details Deal description").click()
    expect(page.locator(".history-line")).to_have_count(1)
    page.goto(f"/records/{deal}/as-of")
    page.get_by_role("button", name="Show").click()
    page.goto(f"/records/{deal}")
    actions(page, "Delete")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Oranges was deleted.")).to_be_visible()
    page.goto("/objects/deals/bin")
    page.get_by_label("Oranges").click()
    page.get_by_role("button", name="Restore what is ticked").click()
    expect(page.get_by_text("1 record is back.")).to_be_visible()


def test_every_page_fits_a_phone_and_is_for_everybody(
    page_of: OpenPage, alice: Viewer, demand_accessible: Callable[[Page], None]
) -> None:
    page = page_of(alice, **PHONE)
    contact, company = make_contact(alice, "Ada Berg", jobtitle="Buyer of fruit " * 8), make_company(alice)
    gone = make_contact(alice, "Maximiliane von und zu Liechtenstein-Hohenzollern")
    relate(alice, contact, company)
    end_read()
    with unit_of_work():
        update_record(alice, contact, {"jobtitle": "x" * 200})
        archive_record(alice, gone)
    paths = ("properties", "history", "properties/jobtitle/history", "associations/history", "deletion", "tools")
    for path in (*paths, f"as-of?date={page.evaluate('new Date().toISOString().slice(0, 10)')}"):
        page.goto(f"/records/{contact}/{path}")
        fits(page)
        demand_accessible(page)
    page.goto("/objects/contacts/bin")
    fits(page)
    demand_accessible(page)
    page.goto(f"/records/{contact}")
    page.locator("#record-tools").click()
    expect(tool(page, "Delete")).to_be_visible()
    fits(page)
    demand_accessible(page)
