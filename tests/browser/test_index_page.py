"""The index page: sorting, searching, paging, preview (SPEC 5.1)."""

import pytest
from playwright.sync_api import Locator, Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.screens import demand_focus
from tests.factories import make_contact, make_note, make_record


def names(page: Page) -> Locator:
    return page.locator("#index-table tbody .table-name > a:first-child")


@pytest.fixture
def three(bob: Viewer) -> None:
    for name in ("Bert Carl", "Ada Berg", "Cleo Dahl"):
        make_contact(bob, name)


@pytest.mark.usefixtures("three")
def test_column_sorts_both_ways_and_back_keeps_it(page: Page) -> None:
    page.goto("/objects/contacts")
    expect(names(page)).to_have_text(["Cleo Dahl", "Ada Berg", "Bert Carl"])
    page.get_by_role("link", name="Name", exact=True).click()
    expect(names(page)).to_have_text(["Ada Berg", "Bert Carl", "Cleo Dahl"])
    expect(page.get_by_role("columnheader", name="Name", exact=True)).to_have_attribute("aria-sort", "ascending")
    expect(page.get_by_role("link", name="Name", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(names(page)).to_have_text(["Cleo Dahl", "Bert Carl", "Ada Berg"])
    page.go_back()
    expect(names(page)).to_have_text(["Ada Berg", "Bert Carl", "Cleo Dahl"])
    page.reload()
    expect(names(page)).to_have_text(["Ada Berg", "Bert Carl", "Cleo Dahl"])


@pytest.mark.usefixtures("three")
def test_list_narrows_while_somebody_types(page: Page) -> None:
    page.goto("/objects/contacts")
    search = page.get_by_role("main").get_by_role("searchbox")
    search.press_sequentially("ber")
    expect(names(page)).to_have_text(["Ada Berg", "Bert Carl"])
    expect(search).to_be_focused()
    expect(page.locator("[data-announcer]")).to_have_text("2 Contacts")
    search.fill("nobody at all")
    expect(page.get_by_text("Nothing matches “nobody at all”")).to_be_visible()
    page.get_by_role("link", name="Clear search").click()
    expect(names(page)).to_have_count(3)


def test_pages_follow_each_other(page: Page, bob: Viewer) -> None:
    for number in range(55):
        make_record(bob, "company", name=f"Firm {number:02}")
    page.goto("/objects/companies?sort=name")
    expect(page.get_by_text("55 in all")).to_be_visible()
    shown = names(page).all_text_contents()
    while page.get_by_role("link", name="Next page").is_visible():
        page.get_by_role("link", name="Next page").click()
        expect(names(page).first).to_have_text(f"Firm {len(shown):02}")
        demand_focus(page)
        shown += names(page).all_text_contents()
    assert shown == [f"Firm {number:02}" for number in range(55)]
    page.get_by_role("link", name="First page").click()
    expect(names(page).first).to_have_text("Firm 00")


def test_preview_opens_beside_the_list_and_gives_the_focus_back(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob, "Ada Berg", jobtitle="Buyer")
    make_note(bob, contact, "<p>Likes lemons</p>")
    page.goto("/objects/contacts")
    page.get_by_role("row", name="Ada Berg").hover()
    page.get_by_role("link", name="Preview Ada Berg").click()
    preview = page.get_by_role("complementary", name="Preview")
    expect(preview.get_by_role("heading", name="Ada Berg")).to_be_visible()
    expect(preview).to_contain_text("Likes lemons")
    expect(preview.get_by_label("Close preview")).to_be_focused()
    page.keyboard.press("Enter")
    expect(preview).to_be_hidden()
    expect(page.get_by_role("link", name="Preview Ada Berg")).to_be_focused()
    page.keyboard.press("Enter")
    preview.get_by_role("link", name="View record").click()
    expect(page).to_have_url(f"/records/{contact}")


def test_empty_list_offers_what_to_do_next(page: Page) -> None:
    page.goto("/objects/tickets")
    expect(page.get_by_text("No tickets yet")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Create ticket").last.click()
    expect(page.get_by_role("heading", name="Create ticket")).to_be_visible()
