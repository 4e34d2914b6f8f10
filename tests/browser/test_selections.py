"""Rows ticked on a list: associated with a record in bulk, watched, and undone (SPEC 5.1, 6.1)."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from crm.associations.queries import is_associated
from crm.db import end_read
from crm.permissions.viewer import Viewer
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
