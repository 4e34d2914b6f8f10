"""Writing activities in the panel at the lower edge (SPEC 1.4, 6.5)."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from crm.clock import now
from crm.permissions.viewer import Viewer
from tests.browser.screens import body_of, composer, demand_focus, item, items, open_record, title_of
from tests.browser.watch import Watch
from tests.factories import make_company, make_contact, make_deal, make_note, relate

KINDS = {
    # button: (in the menu "More", button that saves, title field, line on the timeline)
    "Note": (False, "Create a note", None, "Note by Bob Stone"),
    "Email": (False, "Log an email", "Subject", "Email sent by Bob Stone"),
    "Call": (False, "Log a call", None, "Call logged by Bob Stone"),
    "Task": (False, "Create a task", "Task title", "Task assigned to Bob Stone"),
    "Meeting": (False, "Log a meeting", "Meeting title", "Meeting scheduled by Bob Stone"),
    "Log a LinkedIn message": (True, "Log a LinkedIn message", None, "LinkedIn message logged by Bob Stone"),
    "Log an SMS": (True, "Log an SMS", None, "SMS logged by Bob Stone"),
    "Log a WhatsApp message": (True, "Log a WhatsApp message", None, "WhatsApp message logged by Bob Stone"),
    "Log postal mail": (True, "Log postal mail", None, "Postal mail logged by Bob Stone"),
}


def start(page: Page, button: str) -> None:
    """Press an activity button of the record page."""
    buttons = page.get_by_role("navigation", name="Log an activity")
    if KINDS[button][0]:
        buttons.get_by_text("More").click()
    buttons.get_by_role("link", name=button, exact=True).click()
    expect(composer(page)).to_be_visible()


@pytest.mark.parametrize("button", KINDS)
def test_rec_15_activity_button_opens_a_composer_that_saves_onto_the_timeline(
    page: Page, bob: Viewer, button: str
) -> None:
    open_record(page, make_contact(bob, "Ada Berg", phone="+46701740605"))
    start(page, button)
    _in_more, save, title, line = KINDS[button]
    expect(body_of(composer(page))).to_be_focused()
    page.keyboard.type("Talked about crates.")
    if title:
        composer(page).get_by_label(title).fill("Crates for spring")
    composer(page).get_by_role("button", name=save).click()
    expect(item(page, line)).to_contain_text("Talked about crates.")
    if title:
        expect(item(page, line)).to_contain_text("Crates for spring")
    expect(composer(page)).to_have_count(0)
    expect(page.get_by_role("region", name="Messages")).to_contain_text("Saved.")
    demand_focus(page)


def test_saved_with_the_keyboard_the_focus_returns_to_the_button(page: Page, bob: Viewer) -> None:
    open_record(page, make_contact(bob))
    page.keyboard.press("n")
    expect(body_of(composer(page))).to_be_focused()
    page.keyboard.type("Only keys were pressed.")
    page.keyboard.press("Control+Enter")
    expect(item(page, "Only keys were pressed.")).to_be_visible()
    expect(page.get_by_role("link", name="Note", exact=True)).to_be_focused()


def test_composer_is_minimised_and_expanded_and_keeps_what_was_written(page: Page, bob: Viewer) -> None:
    open_record(page, make_contact(bob))
    start(page, "Note")
    body_of(composer(page)).fill("Half a thought")
    panel = composer(page)
    height = panel.bounding_box()["height"]
    panel.get_by_role("button", name="Minimise").click()
    expect(body_of(panel)).to_be_hidden()
    panel.get_by_role("button", name="Minimise").click()
    expect(body_of(panel)).to_have_text("Half a thought")
    panel.get_by_role("button", name="Expand").click()
    expect(panel.get_by_role("button", name="Expand")).to_have_attribute("aria-pressed", "true")
    assert panel.bounding_box()["height"] > height
    expect(body_of(panel)).to_have_text("Half a thought")


def test_discarding_something_written_asks_and_nothing_written_does_not(page: Page, bob: Viewer) -> None:
    open_record(page, make_contact(bob))
    start(page, "Note")
    composer(page).get_by_label("Discard", exact=True).click()
    expect(page.locator(".composer-head")).to_have_count(0)
    start(page, "Note")
    body_of(composer(page)).fill("Not to be lost")
    composer(page).get_by_label("Discard", exact=True).click()
    question = page.get_by_role("alertdialog", name="Discard what you wrote?")
    question.get_by_role("button", name="Keep writing").click()
    expect(question).to_be_hidden()
    expect(body_of(composer(page))).to_be_focused()
    composer(page).get_by_label("Discard", exact=True).click()
    question.get_by_role("button", name="Discard").click()
    expect(page.locator(".composer-head")).to_have_count(0)
    expect(items(page)).to_have_count(0)
    demand_focus(page)


def test_empty_note_is_refused_beside_the_field(page: Page, bob: Viewer, watch: Watch) -> None:
    watch.allow(422, r"/activities$")
    open_record(page, make_contact(bob))
    start(page, "Note")
    composer(page).get_by_role("button", name="Create a note").click()
    expect(composer(page).get_by_role("alert")).to_contain_text("Not saved yet")
    expect(body_of(composer(page))).to_have_attribute("aria-invalid", "true")
    expect(body_of(composer(page))).to_be_focused()
    page.keyboard.type("Now there is something.")
    composer(page).get_by_role("button", name="Create a note").click()
    expect(item(page, "Now there is something.")).to_be_visible()


def test_asc_33_associations_are_chosen_while_writing(page: Page, bob: Viewer) -> None:
    contact, company, deal = make_contact(bob), make_company(bob, "Orange Inc"), make_deal(bob, "Ten tons")
    relate(bob, contact, company, deal)
    open_record(page, contact)
    start(page, "Note")
    panel = composer(page)
    panel.get_by_text("Associated with 3 records").click()
    expect(panel.get_by_label("Ada Berg")).to_be_disabled()
    expect(panel.get_by_label("Ten tons")).to_be_checked()
    panel.get_by_label("Orange Inc").click()
    body_of(panel).fill("Only for the deal")
    panel.get_by_role("button", name="Create a note").click()
    expect(item(page, "Only for the deal")).to_be_visible()
    open_record(page, company)
    expect(items(page)).to_have_count(0)
    open_record(page, deal)
    expect(item(page, "Only for the deal")).to_be_visible()


def test_call_makes_a_task_to_follow_up(page: Page, bob: Viewer) -> None:
    open_record(page, make_contact(bob, "Ada Berg", phone="+46701740605"))
    start(page, "Call")
    body_of(composer(page)).fill("Will think about it")
    composer(page).get_by_label("Create a to-do task to follow up in").click()
    composer(page).get_by_label("Business days until the follow-up").fill("5")
    composer(page).get_by_role("button", name="Log a call").click()
    upcoming = page.locator("#timeline .month", has_text="Upcoming")
    expect(upcoming.locator(".item")).to_contain_text("Follow up with Ada Berg")
    expect(item(page, "Will think about it")).to_be_visible()


def test_rec_18_upcoming_stands_above_what_happened(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    make_note(bob, contact, "<p>Long ago</p>", activity_date=now() - timedelta(days=70))
    make_note(bob, contact, "<p>Lately</p>", activity_date=now() - timedelta(minutes=5))
    open_record(page, contact)
    start(page, "Meeting")
    composer(page).get_by_label("Meeting title").fill("Tasting")
    composer(page).get_by_role("button", name="Log a meeting").click()
    expect(items(page)).to_contain_text(["Tasting", "Lately", "Long ago"])


def test_text_stays_as_it_was_typed_and_formatting_is_kept(page: Page, bob: Viewer) -> None:
    open_record(page, make_contact(bob))
    start(page, "Note")
    page.keyboard.type("Tom & Jerry <b>not bold</b>")
    composer(page).get_by_role("button", name="Create a note").click()
    expect(item(page, "Tom & Jerry <b>not bold</b>")).to_be_visible()
    start(page, "Note")
    composer(page).get_by_role("button", name="Bold").click()
    page.keyboard.type("Very bold")
    composer(page).get_by_role("button", name="Create a note").click()
    title_of(item(page, "Very bold")).click()
    expect(item(page, "Very bold").locator(".rich b")).to_have_text("Very bold")


def test_asc_33_the_number_of_associations_follows_the_ticks_of_all_tabs(page: Page, bob: Viewer) -> None:
    contact, deal = make_contact(bob, "Ada Berg"), make_deal(bob, "Lanterns for the harbour")
    relate(bob, contact, make_company(bob, "Orange Inc"))
    open_record(page, contact)
    start(page, "Note")
    body_of(composer(page)).press_sequentially("Shown on the deal")
    summary = composer(page).locator("#composer-links-summary")
    expect(summary).to_have_text("Associated with 2 records")
    summary.click()
    links = composer(page).locator("#composer-links")
    links.get_by_role("button", name="Deals").click()
    links.get_by_role("searchbox").press_sequentially("lant")
    links.get_by_label("Lanterns for the harbour").click()
    expect(summary).to_have_text("Associated with 3 records")
    links.get_by_role("button", name="Companies").click()
    links.get_by_label("Orange Inc").click()
    expect(summary).to_have_text("Associated with 2 records")
    composer(page).get_by_role("button", name="Create a note").click()
    expect(item(page, "Shown on the deal")).to_be_visible()
    open_record(page, deal)
    expect(item(page, "Shown on the deal")).to_be_visible()
