"""Filters of the Activities tab; each state is in the address, so Back, forward and reload keep it (SPEC 1.6)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from crm.clock import now
from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.browser.screens import item, items, open_record
from tests.factories import make_call, make_contact, make_email, make_note, make_task

State = Callable[[], dict[str, list[str]]]


@dataclass(frozen=True)
class Team:
    """A contact with activities of three people in two teams."""

    contact: int


@pytest.fixture
def team(alice: Viewer, bob: Viewer, charlie: Viewer) -> Team:
    contact = make_contact(alice, "Ada Berg")
    for day, (make, owner, text) in enumerate(
        [
            (make_call, alice, "price of crates"),
            (make_call, bob, "price of oranges"),
            (make_call, bob, "weather"),
            (make_note, bob, "price of lids"),
            (make_note, charlie, "price of straw"),
            (make_email, charlie, "price in the body only"),
        ],
        1,
    ):
        moment = now() - timedelta(day)
        make(alice, contact, body=f"<p>{text}</p>", hubspot_owner_id=owner.user_id, activity_date=moment)
    make_task(alice, contact, title="Compare prices")
    return Team(contact)


@pytest.fixture
def page(page_of: OpenPage, alice: Viewer, team: Team) -> Page:
    """Alice, who sees all teams, reads the timeline."""
    page = page_of(alice)
    open_record(page, team.contact)
    return page


@pytest.fixture
def state(page: Page) -> State:
    """The state of the timeline as the address has it."""
    return lambda: parse_qs(urlsplit(page.url).query, keep_blank_values=True)


def test_rec_21_tabs_show_one_kind(page: Page) -> None:
    page.get_by_role("navigation", name="Kinds of activity").get_by_role("link", name="Notes", exact=True).click()
    expect(items(page)).to_have_count(2)
    expect(page.get_by_role("link", name="Notes", exact=True)).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("link", name="Notes", exact=True)).to_be_focused()
    page.get_by_role("link", name="Activity", exact=True).click()
    expect(items(page)).to_have_count(7)


def test_rec_23_24_25_type_user_team_and_words_hold_together(page: Page, bob: Viewer, state: State) -> None:
    page.get_by_role("link", name="Calls", exact=True).click()
    expect(items(page)).to_have_count(3)
    page.get_by_role("combobox", name="Owner", exact=True).select_option("Bob Stone")
    expect(items(page)).to_have_count(2)
    page.get_by_role("combobox", name="Team", exact=True).select_option("North")
    expect(page.get_by_role("list", name="Filters in use").get_by_role("listitem")).to_have_count(4)
    page.get_by_label("Search activities").press_sequentially("price")
    expect(items(page)).to_have_count(1)
    expect(items(page).locator("mark")).to_have_text("price")
    expect(page.get_by_label("Search activities")).to_be_focused()
    expect(page.get_by_label("Search activities")).to_have_value("price")
    expect(page).to_have_url(re.compile("[?&]q=price(&|$)"))
    known = state()
    assert known["kind"] == ["call"]
    assert known["owner"] == [str(bob.user_id)]
    assert known["team"]


def test_back_forward_and_reload_keep_the_filters(page: Page) -> None:
    page.get_by_role("link", name="Calls", exact=True).click()
    expect(items(page)).to_have_count(3)
    page.get_by_role("combobox", name="Owner", exact=True).select_option("Bob Stone")
    expect(items(page)).to_have_count(2)
    page.reload()
    expect(items(page)).to_have_count(2)
    expect(page.get_by_role("combobox", name="Owner", exact=True).locator("option:checked")).to_have_text("Bob Stone")
    page.go_back()
    expect(items(page)).to_have_count(3)
    expect(page.get_by_role("combobox", name="Owner", exact=True).locator("option:checked")).to_have_text("All users")
    page.go_back()
    expect(items(page)).to_have_count(7)
    page.go_forward()
    expect(items(page)).to_have_count(3)
    page.go_forward()
    expect(items(page)).to_have_count(2)


def test_rec_22_filter_activity_hides_a_kind_and_is_remembered(page: Page, team: Team) -> None:
    page.get_by_text("Filter activity").click()
    page.get_by_label("Calls", exact=True).click()
    page.get_by_role("button", name="Apply").click()
    expect(items(page)).to_have_count(4)
    page.reload()
    expect(items(page)).to_have_count(4)
    open_record(page, team.contact)
    expect(items(page)).to_have_count(4)
    page.get_by_text("Filter activity").click()
    expect(page.get_by_label("Calls", exact=True)).not_to_be_checked()
    page.get_by_role("button", name="Select all").click()
    expect(items(page)).to_have_count(7)


def test_rec_24_team_shows_what_its_members_own(page: Page) -> None:
    page.get_by_role("combobox", name="Team", exact=True).select_option("South")
    expect(items(page)).to_have_count(2)
    expect(item(page, "price of straw")).to_be_visible()


def test_rec_25_26_words_are_marked_and_clearing_brings_everything_back(page: Page) -> None:
    page.get_by_label("Search activities").press_sequentially("price")
    expect(items(page)).to_have_count(5)
    expect(item(page, "in the body only")).to_have_count(0)
    expect(items(page).locator("mark")).to_have_text(["prices", "price", "price", "price", "price"])
    page.get_by_label("Search activities").fill("")
    expect(items(page)).to_have_count(7)
    expect(page.locator("#timeline mark")).to_have_count(0)


def test_filter_that_leaves_nothing_says_so_and_clears_with_one_click(page: Page) -> None:
    page.get_by_label("Search activities").fill("nonesuch")
    expect(page.get_by_text("No activity matches")).to_be_visible()
    page.get_by_role("link", name="Clear all filters").click()
    expect(items(page)).to_have_count(7)


def test_chip_takes_its_filter_away(page: Page, state: State) -> None:
    page.get_by_label("Search activities").fill("price")
    expect(items(page)).to_have_count(5)
    page.get_by_role("link", name="Notes", exact=True).click()
    expect(items(page)).to_have_count(2)
    page.get_by_role("link", name="Remove filter: Notes").click()
    expect(items(page)).to_have_count(5)
    assert state()["q"] == ["price"]
    page.get_by_role("link", name="Clear all", exact=True).click()
    expect(items(page)).to_have_count(7)


def test_rec_22_remembered_choice_gives_way_to_what_is_asked_for(page: Page) -> None:
    page.get_by_text("Filter activity").click()
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.get_by_text("No activity matches")).to_be_visible()
    page.get_by_role("link", name="Remove filter: No types").click()
    expect(items(page)).to_have_count(7)
    page.get_by_role("link", name="Expand all").click()
    expect(items(page).locator(".item-body")).to_have_count(7)
    page.get_by_label("Search activities").fill("price")
    expect(items(page)).to_have_count(5)
    page.get_by_role("link", name="Clear all", exact=True).click()
    expect(items(page)).to_have_count(7)
