"""A rule of automatic association is tried on a record while it is written, then saved (SPEC 6.7)."""

from playwright.sync_api import Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.factories import make_contact, make_deal, relate


def test_asc_26_a_rule_is_tried_saved_and_followed_by_the_composer(page_of: OpenPage, alice: Viewer) -> None:
    jane = make_contact(alice, "Jane Doe")
    for name in ("Older deal", "Newer deal"):
        relate(alice, jane, make_deal(alice, name))
    page: Page = page_of(alice)
    page.goto("/settings/auto-associations/contacts/rule")
    page.get_by_label("Which activities").select_option(label="Meetings")
    page.get_by_label("Associate them with").select_option(label="Deals")
    page.get_by_label("How many").fill("1")
    page.get_by_role("searchbox", name="Search contacts").fill("jane")
    page.get_by_role("button", name="Preview").click()
    outcome = page.locator(".rule-outcome")
    expect(outcome).to_contain_text("By rule: newest open deal of Jane Doe")
    expect(outcome).not_to_contain_text("Older deal")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#rules-contact")).to_contain_text("with their 1 most recent open deal")
    page.goto(f"/records/{jane}/activities/new?kind=meeting")
    expect(page.get_by_text("Associated with 2 records")).to_be_visible()
