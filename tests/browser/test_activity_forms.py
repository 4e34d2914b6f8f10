"""What scripts add to the forms of activities: a timer, shortcuts, people found by search (SPEC 7.3, 8.5)."""

import re

from playwright.sync_api import Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.screens import composer, demand_focus, item, items, open_record
from tests.browser.test_composer import start
from tests.factories import make_contact, make_task

SOME_SECONDS = re.compile("^0:00:(?!00)")


def test_a_call_is_timed_and_its_time_is_saved(page: Page, bob: Viewer) -> None:
    open_record(page, make_contact(bob, "Ada Berg", phone="+46701740605"))
    start(page, "Call")
    link = composer(page).get_by_role("link", name="Call +46 70 174 06 05")
    expect(link).to_have_attribute("href", "tel:+46701740605")
    composer(page).get_by_role("button", name="Start timer").click()
    expect(composer(page).get_by_label("Time of the call")).to_have_text(SOME_SECONDS)
    composer(page).get_by_role("button", name="Stop").click()
    duration = composer(page).get_by_label("Duration", exact=True)
    expect(duration).to_have_value(SOME_SECONDS)
    taken = duration.input_value()
    composer(page).get_by_role("button", name="Log a call").click()
    item(page, "Call logged by Bob Stone").get_by_role("link", name="Call logged by Bob Stone").click()
    expect(item(page, "Call logged by Bob Stone")).to_contain_text(taken)


def test_a_meeting_takes_its_length_its_place_and_its_people(page: Page, bob: Viewer) -> None:
    make_contact(bob, "Zoe Quist")
    open_record(page, make_contact(bob, "Ada Berg"))
    start(page, "Meeting")
    form = composer(page)
    form.get_by_label("Meeting title").fill("Tasting")
    form.get_by_role("textbox", name="Start").fill("2030-05-06T10:00")
    form.get_by_role("button", name="45 min").click()
    expect(form.get_by_label("End", exact=True)).to_have_value("2030-05-06T10:45")
    form.get_by_role("textbox", name="Start").fill("2030-05-07T11:00")
    form.get_by_role("textbox", name="Start").blur()
    expect(form.get_by_label("End", exact=True)).to_have_value("2030-05-07T11:45")
    form.get_by_label("Location type").select_option("Video link")
    expect(form.get_by_label("Location", exact=True)).to_be_hidden()
    expect(form.get_by_label("Video link")).to_be_visible()
    form.get_by_label("Search contacts").fill("zoe")
    form.get_by_label("Zoe Quist").click()
    form.get_by_role("button", name="Log a meeting").click()
    item(page, "Meeting scheduled by Bob Stone").get_by_role("link", name="Meeting scheduled").click()
    expect(item(page, "Meeting scheduled by Bob Stone")).to_contain_text("Ada Berg, Zoe Quist")
    item(page, "Meeting scheduled by Bob Stone").get_by_label("Outcome").select_option("Canceled")
    expect(items(page).first).to_contain_text("Meeting by Bob Stone, canceled")


def test_a_task_is_completed_with_one_click_where_it_stands(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob, "Ada Berg")
    make_task(bob, contact, title="Send prices")
    open_record(page, contact)
    page.get_by_role("button", name="Mark as completed: Send prices").click()
    expect(item(page, "Task completed by Bob Stone")).to_be_visible()
    expect(page.get_by_role("button", name="Mark as completed: Send prices")).to_have_count(0)
    demand_focus(page)
