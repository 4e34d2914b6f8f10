"""The search page: filters said back and taken away, types a click away, help within reach (SPEC 5.1)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from crm.permissions.viewer import Viewer
from tests.factories import make_call, make_company, make_contact, make_note

NARROW = {"width": 360, "height": 740}


def hits(page: Page) -> Locator:
    return page.locator("#search-results .hit-title")


@pytest.fixture
def orange(bob: Viewer) -> int:
    company = make_company(bob, "Orange Inc")
    contact = make_contact(bob, "Mira Orange", email="mira@orange.com")
    make_note(bob, company, "<p>Asked for the price of blood oranges, delivered weekly to the shop in Göteborg.</p>")
    make_call(bob, contact, title="Price of oranges", body="<p>They want a price by Friday.</p>")
    return company


@pytest.mark.usefixtures("orange")
def test_filters_are_said_back_and_taken_away(page: Page, demand_accessible: Callable[[Page], None]) -> None:
    page.goto("/")
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search records and activities")
    box.fill('price on:"Orange Inc" type:note owner:zorro')
    box.press("Enter")
    expect(page.locator("#search-problems")).to_contain_text("There is no user “zorro”")
    expect(box).to_have_value('price on:"Orange Inc" type:note owner:zorro')
    chips = page.get_by_role("list", name="Filters in use").get_by_role("link")
    expect(chips).to_have_text(["Remove filter: On: Orange Inc", "Remove filter: Type: Notes", "Clear all"])
    expect(hits(page)).to_have_text(["Note by Bob Stone"])
    demand_accessible(page)
    page.get_by_role("link", name="Remove filter: On: Orange Inc").click()
    expect(box).to_have_value("price type:note owner:zorro")
    page.get_by_role("navigation", name="Types").get_by_role("link", name="Calls").click()
    expect(hits(page)).to_have_text(["Price of oranges"])
    expect(page.get_by_role("navigation", name="Types").locator("[aria-current]")).to_have_text("Calls")


@pytest.mark.usefixtures("orange")
def test_search_page_fits_a_phone_and_explains_itself(page: Page, demand_accessible: Callable[[Page], None]) -> None:
    page.set_viewport_size(NARROW)
    page.goto("/search?q=orange+type:call,note,company+since:2026-01-01")
    expect(hits(page).first).to_be_visible()
    page.get_by_text("How to search").click()
    expect(page.get_by_role("link", name="owner:me")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    demand_accessible(page)
    page.get_by_role("link", name="owner:me").click()
    expect(page).to_have_url(page.url.split("?")[0] + "?q=owner%3Ame")
    expect(page.get_by_role("list", name="Filters in use")).to_contain_text("Owner: Bob Stone")
