"""Rows ticked on a list: what is offered for them, done in bulk, watched, and undone (SPEC 5.1, 6.1)."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from crm.associations.queries import is_associated
from crm.db import end_read
from crm.permissions.viewer import Viewer
from crm.records.queries import get_record
from tests.factories import make_company, make_contact


def test_asc_04_all_that_match_are_associated_with_progress_and_undone(
    page: Page, bob: Viewer, work: Callable[[], None]
) -> None:
    company = make_company(bob, "Orange Inc")
    contacts = [make_contact(bob, f"Ada {number:02}") for number in range(27)]
    page.goto("/objects/contacts")
    box = page.get_by_role("checkbox", name="Select Ada 26")
    box.focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.get_by_label("Select page").click()
    expect(page.get_by_text("25 selected")).to_be_visible()
    page.get_by_label("All 27 that match").click()
    page.locator("#selected-more").click()
    page.get_by_role("button", name="Associate").click()
    panel = page.locator("#selected")
    panel.get_by_role("link", name="Companies").click()
    panel.get_by_role("searchbox").press_sequentially("oran")
    panel.get_by_label("Orange Inc").click()
    panel.get_by_role("button", name="Associate").click()
    expect(page.get_by_text("25 of 27 so far")).to_be_visible()
    page.locator(".toast").get_by_role("link", name="Show").click()
    work()
    expect(page.get_by_text("27 of 27")).to_be_visible()
    end_read()
    assert all(is_associated(contact, company) for contact in contacts)
    page.get_by_role("button", name="Undo").click()
    work()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    end_read()
    assert not any(is_associated(contact, company) for contact in contacts)


def test_a_property_is_written_from_the_panel_and_undone_on_a_phone(page: Page, bob: Viewer) -> None:
    contacts = [make_contact(bob, f"Ada {number:02}", city="Oslo") for number in range(2)]
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/objects/contacts")
    page.get_by_label("Select Ada 00").click()
    page.locator("#selected-more").click()
    expect(page.locator("#selected-tasks")).to_be_visible()
    expect(page.locator("#selected-merge")).to_be_hidden()
    page.keyboard.press("Escape")
    page.get_by_label("Select Ada 01").click()
    page.locator("#selected-more").click()
    expect(page.locator("#selected-merge")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#selected-edit").click()
    page.get_by_label("Property", exact=True).select_option("city")
    page.get_by_label("City", exact=True).fill("Rome")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator("#selected").get_by_role("button", name="Edit").click()
    expect(page.get_by_text("2 changed")).to_be_visible()
    end_read()
    assert [get_record(bob, one).values["city"] for one in contacts] == ["Rome", "Rome"]
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    end_read()
    assert [get_record(bob, one).values["city"] for one in contacts] == ["Oslo", "Oslo"]
