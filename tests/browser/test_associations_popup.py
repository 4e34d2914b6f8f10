"""The "[x] associations" pop-up of an activity, by mouse and by keyboard (SPEC 6.9)."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.conftest import Held
from tests.browser.screens import demand_focus, dialog, expand, item, items, open_record
from tests.factories import make_company, make_contact, make_deal, make_note, relate


@dataclass(frozen=True)
class Scene:
    """A note on a contact and its company; a deal it is not on, of two."""

    contact: int
    company: int
    deal: int


@pytest.fixture
def scene(bob: Viewer) -> Scene:
    contact, company = make_contact(bob, "Ada Berg"), make_company(bob, "Orange Inc")
    relate(bob, contact, company)
    make_note(bob, contact, "<p>Quixotic plan</p>", also_on=[company])
    make_deal(bob, "Two tons")
    return Scene(contact, company, make_deal(bob, "Ten tons"))


def link_of(shown: Locator) -> Locator:
    """The link at the lower right of an expanded activity."""
    return shown.locator(".item-facts a.item-link")


def tab(page: Page, name: str) -> Locator:
    return dialog(page).get_by_role("navigation").get_by_role("link", name=name)


def test_asc_28_29_30_pop_up_shows_all_links_and_those_of_one_object(page: Page, scene: Scene) -> None:
    open_record(page, scene.contact)
    shown = expand(page, "Quixotic plan")
    expect(link_of(shown)).to_have_text("2 associations")
    link_of(shown).click()
    expect(dialog(page).get_by_role("heading")).to_have_text("Associated with 2 records")
    expect(dialog(page).locator(".pick-name")).to_have_text(["Ada Berg", "Orange Inc"])
    tab(page, "Companies").click()
    expect(dialog(page).locator(".pick-name")).to_have_text(["Orange Inc"])
    expect(tab(page, "Companies")).to_have_attribute("aria-current", "true")
    dialog(page).get_by_label("Close").click()
    expect(dialog(page)).to_have_count(0)
    expect(link_of(shown)).to_be_focused()


def test_asc_31_32_activity_moves_to_another_record_and_search_finds_it_at_once(page: Page, scene: Scene) -> None:
    open_record(page, scene.contact)
    link_of(expand(page, "Quixotic plan")).click()
    tab(page, "Deals").click()
    dialog(page).get_by_role("searchbox", name="Search deals").press_sequentially("ten")
    dialog(page).get_by_label("Ten tons").click()
    expect(dialog(page).get_by_role("heading")).to_have_text("Associated with 3 records")
    expect(dialog(page).get_by_label("Ten tons")).to_be_checked()
    tab(page, "Contacts").click()
    dialog(page).get_by_label("Ada Berg").click()
    expect(dialog(page).get_by_role("heading")).to_have_text("Associated with 2 records")
    page.goto("/search?q=quixotic")
    expect(page.locator(".hit")).to_have_count(1)
    expect(page.locator(".hit mark")).to_have_text("Quixotic")
    expect(page.locator(".hit-context")).to_contain_text("Ten tons")
    open_record(page, scene.contact)
    expect(items(page)).to_have_count(0)
    for other in (scene.deal, scene.company):
        open_record(page, other)
        expect(item(page, "Quixotic plan")).to_be_visible()


def test_asc_31_32_pop_up_works_by_keyboard_alone(page: Page, scene: Scene) -> None:
    open_record(page, scene.contact)
    shown = expand(page, "Quixotic plan")
    link_of(shown).press("Enter")
    expect(dialog(page)).to_be_visible()
    tab(page, "Deals").press("Enter")
    expect(dialog(page).get_by_role("searchbox", name="Search deals")).to_be_focused()
    page.keyboard.type("ten")
    tick = dialog(page).get_by_label("Ten tons")
    expect(tick).to_be_visible()
    page.keyboard.press("Tab")
    expect(tick).to_be_focused()
    page.keyboard.press("Space")
    expect(tick).to_be_checked()
    expect(dialog(page).get_by_role("heading")).to_have_text("Associated with 3 records")
    expect(tick).to_be_focused()
    page.keyboard.press("Space")
    expect(dialog(page).get_by_role("heading")).to_have_text("Associated with 2 records")
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    expect(link_of(shown)).to_have_text("2 associations")
    expect(link_of(shown)).to_be_focused()


def test_keys_pressed_quicker_than_the_server_answers_all_count(page: Page, scene: Scene, held: Held) -> None:
    open_record(page, scene.contact)
    link_of(expand(page, "Quixotic plan")).click()
    tab(page, "Deals").click()
    dialog(page).get_by_role("searchbox", name="Search deals").press_sequentially("t")
    first, second = dialog(page).get_by_label("Ten tons"), dialog(page).get_by_label("Two tons")
    expect(second).to_be_visible()
    answer = held("**/associations")
    for tick in (first, second, first):
        tick.press("Space")
    answer()
    expect(dialog(page).get_by_role("heading")).to_have_text("Associated with 3 records")
    expect(second).to_be_checked()
    expect(first).not_to_be_checked()
    expect(first).to_be_focused()
    tab(page, "Deals").click()
    expect(dialog(page).locator(".pick-name")).to_have_text(["Two tons"])


def test_number_of_associations_on_the_timeline_follows_the_pop_up(page: Page, scene: Scene) -> None:
    open_record(page, scene.contact)
    shown = expand(page, "Quixotic plan")
    link_of(shown).click()
    dialog(page).get_by_label("Orange Inc").click()
    expect(dialog(page).get_by_role("heading")).to_have_text("Associated with 1 record")
    expect(link_of(shown)).to_have_text("1 association")


def test_last_association_cannot_be_removed(page: Page, scene: Scene) -> None:
    open_record(page, scene.contact)
    link_of(expand(page, "Quixotic plan")).click()
    dialog(page).get_by_label("Orange Inc").click()
    expect(dialog(page).get_by_label("Ada Berg")).to_be_disabled()


def test_dialog_keeps_the_focus_inside(page: Page, scene: Scene) -> None:
    open_record(page, scene.contact)
    link_of(expand(page, "Quixotic plan")).click()
    expect(dialog(page)).to_be_visible()
    demand_focus(page)
    for key in ("Tab", "Shift+Tab"):
        for _ in range(15):
            page.keyboard.press(key)
            on_page = "document.activeElement !== document.body && !document.activeElement.closest('dialog')"
            assert not page.evaluate(on_page), "the focus left the dialog for the page behind it"


def test_arrow_keys_walk_through_the_list_and_slash_goes_to_the_search(page: Page, scene: Scene) -> None:
    open_record(page, scene.contact)
    link_of(expand(page, "Quixotic plan")).click()
    tab(page, "Deals").click()
    search = dialog(page).get_by_role("searchbox", name="Search deals")
    search.press_sequentially("t")
    first, second = (dialog(page).get_by_label(name) for name in ("Ten tons", "Two tons"))
    expect(second).to_be_visible()
    rows = dialog(page).locator(".pick input[type=checkbox]")
    page.keyboard.press("ArrowDown")
    expect(rows.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(rows.last).to_be_focused()
    page.keyboard.press("Space")
    expect(rows.last).to_be_checked()
    expect(dialog(page).get_by_role("status").filter(has_text="Put on")).to_be_visible()
    page.keyboard.press("Space")
    expect(dialog(page).get_by_role("button", name="Undo")).to_be_visible()
    page.keyboard.press("/")
    expect(search).to_be_focused()
    expect(search).to_have_value("t")
    expect(first).not_to_be_checked()


def test_asc_31_all_that_match_are_put_on_with_one_button_and_undone_with_another(page: Page, scene: Scene) -> None:
    open_record(page, scene.contact)
    link_of(expand(page, "Quixotic plan")).click()
    tab(page, "Deals").click()
    dialog(page).get_by_role("searchbox", name="Search deals").press_sequentially("tons")
    dialog(page).get_by_role("button", name="Associate all 2 that match").click()
    expect(dialog(page).get_by_role("heading")).to_have_text("Associated with 4 records")
    expect(dialog(page).get_by_text("2 records were added at once")).to_be_visible()
    dialog(page).get_by_role("button", name="Undo").click()
    expect(dialog(page).get_by_role("heading")).to_have_text("Associated with 2 records")
