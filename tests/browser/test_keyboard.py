"""Everything by keyboard: hotkeys, suggestions, menus, dialogs (QUALITY 4)."""

import pytest
from playwright.sync_api import Locator, Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.conftest import Held
from tests.browser.screens import demand_focus, dialog, focused, open_record
from tests.factories import make_company, make_contact


def search_box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search records and activities")


@pytest.mark.parametrize(
    ("key", "heading"), [("c", "Contacts"), ("o", "Companies"), ("d", "Deals"), ("t", "Tickets"), ("l", "Leads")]
)
def test_g_and_a_letter_goes_to_a_list(page: Page, key: str, heading: str) -> None:
    page.goto("/objects/deals" if key == "c" else "/objects/contacts")
    page.keyboard.press("g")
    page.keyboard.press(key)
    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()


def test_slash_goes_to_the_search_and_letters_in_a_field_are_letters(page: Page) -> None:
    page.goto("/objects/contacts")
    page.keyboard.press("/")
    expect(search_box(page)).to_be_focused()
    page.keyboard.type("g c? /n")
    expect(search_box(page)).to_have_value("g c? /n")
    assert page.url.endswith("/objects/contacts")
    expect(dialog(page)).to_have_count(0)


def test_suggestions_are_chosen_with_arrow_keys(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob, "Oranna Berg")
    make_company(bob, "Orange Inc")
    page.goto("/objects/deals")
    page.keyboard.press("/")
    page.keyboard.type("oran")
    suggestions = page.get_by_role("listbox", name="Suggestions")
    expect(suggestions).to_contain_text("Search everything for “oran”")
    expect(suggestions.get_by_role("option")).to_have_count(3)
    expect(suggestions.locator("mark").first).to_be_visible()
    expect(search_box(page)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(suggestions).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(suggestions).to_be_visible()
    chosen = suggestions.locator("[aria-selected=true]")
    while "Oranna Berg" not in chosen.inner_text():
        page.keyboard.press("ArrowDown")
    expect(search_box(page)).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"/records/{contact}")


def test_choice_among_suggestions_stays_when_later_ones_arrive(page: Page, bob: Viewer, held: Held) -> None:
    for name in ("Oranna Berg", "Orando Stone"):
        make_contact(bob, name)
    page.goto("/objects/deals")
    page.keyboard.press("/")
    page.keyboard.type("oran")
    suggestions = page.get_by_role("listbox", name="Suggestions")
    expect(suggestions).to_contain_text("Search everything for “oran”")
    answer = held("**/search/suggestions*")
    page.keyboard.type("n")
    chosen = suggestions.locator("[aria-selected=true]")
    page.keyboard.press("ArrowDown")
    while "Oranna Berg" not in chosen.inner_text():
        page.keyboard.press("ArrowDown")
    answer()
    expect(suggestions).to_contain_text("Search everything for “orann”")
    expect(chosen).to_contain_text("Oranna Berg")


def test_enter_in_the_search_box_opens_the_results(page: Page, bob: Viewer) -> None:
    make_contact(bob, "Orlando Berg")
    page.goto("/objects/deals")
    page.keyboard.press("/")
    page.keyboard.type("orlando")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Results for “orlando”")).to_be_visible()
    expect(page.locator(".hit mark")).to_have_text("Orlando")
    expect(search_box(page)).to_have_value("orlando")


def test_c_opens_the_create_menu_and_arrows_walk_through_it(page: Page) -> None:
    page.goto("/objects/contacts")
    page.keyboard.press("c")
    menu = page.get_by_role("banner").locator("details[open]")
    expect(menu.get_by_role("link", name="Contact", exact=True)).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("link", name="Contact", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    assert "Create" in focused(page)
    page.keyboard.press("c")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Create company")).to_be_visible()


def test_question_mark_lists_the_keys_and_gives_the_focus_back(page: Page) -> None:
    page.goto("/objects/contacts")
    page.get_by_role("link", name="Deals", exact=True).focus()
    page.keyboard.press("?")
    expect(dialog(page).get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("o")
    expect(dialog(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    expect(page.get_by_role("link", name="Deals", exact=True)).to_be_focused()


def test_list_of_keys_opened_from_the_account_menu_gives_the_focus_back(page: Page) -> None:
    page.goto("/objects/contacts")
    page.get_by_label("Your account: Bob Stone").click()
    page.locator("#account-menu").get_by_role("button", name="Keyboard shortcuts").click()
    expect(dialog(page)).to_be_visible()
    dialog(page).get_by_label("Close").click()
    expect(dialog(page)).to_have_count(0)
    demand_focus(page)


def test_first_tab_stop_skips_to_the_content(page: Page, bob: Viewer) -> None:
    open_record(page, make_contact(bob))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
