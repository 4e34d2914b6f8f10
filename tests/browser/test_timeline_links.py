"""Choosing kinds by category, filters under a name, and a link to one activity far down (SPEC 1.6)."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from crm.clock import now
from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.browser.screens import items, open_record
from tests.factories import make_call, make_contact, make_note


@pytest.fixture
def contact(alice: Viewer) -> int:
    """A contact with a call and forty notes, each older than the one before."""
    made = make_contact(alice, "Ada Berg")
    make_call(alice, made, body="<p>call</p>", activity_date=now() - timedelta(hours=1))
    for day in range(40):
        make_note(alice, made, f"<p>note {day}</p>", activity_date=now() - timedelta(days=day + 1))
    return made


@pytest.fixture
def page(page_of: OpenPage, alice: Viewer, contact: int) -> Page:
    """Alice reads the timeline."""
    page = page_of(alice)
    open_record(page, contact)
    return page


def test_rec_22_a_category_is_ticked_as_a_whole_searched_and_kept_as_a_filter(page: Page) -> None:
    page.get_by_text("Filter activity").click()
    everything = page.get_by_label("Communication", exact=True)
    page.get_by_label("Notes", exact=True).click()
    assert everything.evaluate("box => box.indeterminate")
    everything.click()
    expect(page.get_by_label("Notes", exact=True)).to_be_checked()
    everything.click()
    page.get_by_label("Search types of activity").fill("call")
    expect(page.get_by_label("Notes", exact=True)).to_be_hidden()
    page.get_by_label("Calls", exact=True).click()
    page.get_by_role("button", name="Apply").click()
    expect(items(page).filter(has_text="call")).to_have_count(1)
    expect(items(page).filter(has_text="note")).to_have_count(0)
    page.get_by_role("link", name="Saved filters").click()
    page.get_by_role("link", name="Save filter").click()
    page.get_by_label("Name", exact=True).fill("No writing")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".filters-saved")).to_contain_text("No writing")
    page.get_by_role("link", name="Activity", exact=True).click()
    expect(items(page).filter(has_text="note")).not_to_have_count(0)
    page.get_by_role("link", name="Saved filters").click()
    page.get_by_role("link", name="No writing").click()
    expect(items(page).filter(has_text="note")).to_have_count(0)
    page.go_back()
    expect(items(page).filter(has_text="note")).not_to_have_count(0)


def test_a_link_to_an_old_activity_shows_it_with_what_is_newer(alice: Viewer, page: Page, contact: int) -> None:
    old = make_note(alice, contact, "<p>long ago</p>", activity_date=now() - timedelta(days=35, hours=5))
    page.goto(f"/records/{contact}?tab=activities&activity={old}")
    marked = page.locator(".item[data-linked]")
    expect(marked).to_contain_text("long ago")
    expect(marked).to_be_in_viewport()
    expect(marked.get_by_role("heading").get_by_role("link")).to_be_focused()
    page.get_by_role("link", name="Show newer activity").click()
    expect(page.get_by_text("note 3", exact=True)).to_be_visible()
    months = page.locator(".month-title").all_inner_texts()
    assert len(months) == len(set(months))
    page.get_by_role("link", name="Show all activities").click()
    expect(items(page).first).to_contain_text("call")
    expect(marked).to_have_count(0)
