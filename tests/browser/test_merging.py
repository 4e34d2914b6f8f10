"""Merging two records, taking them apart, and the pairs that look alike, as people do it (SPEC 4.6, 4.7)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from crm.merging.duplicates.finding import find_duplicates
from crm.permissions.viewer import Viewer
from tests.factories import make_contact, make_note

OpenPage = Callable[..., Page]
NARROW = {"viewport": {"width": 360, "height": 740}}


def two(actor: Viewer) -> tuple[int, int]:
    first = make_contact(actor, "Ada Berg", city="Bonn", company="Orange Inc", lifecyclestage="lead")
    second = make_contact(actor, "Ada Burg", city="Köln", company="Orange Inc", lifecyclestage="customer")
    make_note(actor, second, "<p>They like plums.</p>")
    return first, second


def test_rec_10_merge_from_the_actions_menu_and_undo(
    page: Page, bob: Viewer, demand_accessible: Callable[[Page], None]
) -> None:
    first, second = two(bob)
    page.goto(f"/records/{first}?tab=activities")
    page.locator("#record-tools").click()
    page.get_by_role("link", name="Merge", exact=True).click()
    page.get_by_role("main").get_by_role("searchbox").press_sequentially("burg")
    page.get_by_role("link", name="Compare with Ada Burg").click()
    expect(page.get_by_role("heading", name="Merge Ada Berg and Ada Burg")).to_be_visible()
    expect(page.get_by_text("The stage further down the funnel is kept.")).to_be_visible()
    demand_accessible(page)
    page.get_by_role("radio", name="Köln").click()
    expect(page.get_by_text("Chosen by you.")).to_be_visible()
    expect(page.get_by_role("radio", name="Köln")).to_be_focused()
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_text("Ada Berg and Ada Burg are one record now.")).to_be_visible()
    expect(page.get_by_text("They like plums.")).to_be_visible()
    merged = page.url
    page.goto(f"/records/{second}")
    assert page.url.partition("?")[0] == merged.partition("?")[0]
    page.goto(f"{merged.partition('?')[0]}/merges")
    demand_accessible(page)
    page.get_by_role("link", name="Unmerge Ada Burg").click()
    expect(page.get_by_role("button", name="Unmerge")).to_be_visible()
    demand_accessible(page)
    page.get_by_role("button", name="Unmerge").click()
    expect(page.get_by_text("They are two records again")).to_be_visible()
    expect(page).to_have_url(f"{page.url.partition('/records')[0]}/records/{first}")


def test_toast_undoes_a_merge_at_once(page: Page, bob: Viewer) -> None:
    first, second = two(bob)
    page.goto(f"/records/{first}/merge?with={second}")
    page.get_by_role("button", name="Merge", exact=True).click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("They are two records again: this is Ada Berg.")).to_be_visible()


def test_merge_and_unmerge_without_javascript(page_of: OpenPage, bob: Viewer) -> None:
    first, second = two(bob)
    page = page_of(bob, java_script_enabled=False)
    page.goto(f"/records/{first}/merge")
    page.get_by_role("main").get_by_role("searchbox").fill("burg")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Compare with Ada Burg").click()
    page.get_by_role("radio", name="Köln").click()
    page.get_by_role("button", name="Show the result of my choice").click()
    expect(page.get_by_text("Chosen by you.")).to_be_visible()
    expect(page.get_by_role("radio", name="Köln")).to_be_checked()
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_text("Ada Berg and Ada Burg are one record now.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page).to_have_url(f"{page.url.partition('/records')[0]}/records/{first}")


@pytest.mark.parametrize("path", ["/records/{first}/merge?with={second}", "/objects/contacts/duplicates"])
def test_pages_of_merging_fit_a_phone(page_of: OpenPage, bob: Viewer, path: str) -> None:
    first, second = two(bob)
    find_duplicates("contact")
    page = page_of(bob, **NARROW)
    page.goto(path.format(first=first, second=second))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_pair_is_reviewed_or_dismissed(page: Page, bob: Viewer, demand_accessible: Callable[[Page], None]) -> None:
    make_contact(bob, "Ada Berg", company="Orange Inc")
    make_contact(bob, "Ada Berg", company="orange")
    find_duplicates("contact")
    page.goto("/objects/contacts")
    page.locator("summary", has_text="Actions").first.click()
    page.get_by_role("link", name="Manage duplicates").click()
    expect(page.locator("#duplicates").get_by_text("Same name")).to_be_visible()
    demand_accessible(page)
    page.get_by_role("button", name="Dismiss Ada Berg and Ada Berg").click()
    expect(page.get_by_text("not offered again unless something changes")).to_be_visible()
    expect(page.get_by_text("No two contacts look like the same.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("link", name="Review Ada Berg and Ada Berg").click()
    expect(page.get_by_role("button", name="Merge", exact=True)).to_be_visible()
