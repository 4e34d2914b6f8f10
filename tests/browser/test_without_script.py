"""Everything a salesperson needs works as plain pages, without JavaScript (QUALITY 4)."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from crm.clock import now
from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.browser.screens import item, items, open_record, property_of
from tests.browser.watch import Watch
from tests.factories import make_call, make_company, make_contact, make_deal, make_note, relate
from tests.support.cast import PASSWORD, email_of


@pytest.fixture
def page(page_of: OpenPage, bob: Viewer) -> Page:
    return page_of(bob, java_script_enabled=False)


def test_sign_in_browse_and_open(page_of: OpenPage, bob: Viewer) -> None:
    make_contact(bob, "Ada Berg")
    page = page_of(None, java_script_enabled=False)
    page.goto("/")
    page.get_by_label("E-mail").fill(email_of("bob"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Name", exact=True).click()
    page.get_by_role("main").get_by_role("searchbox").fill("berg")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Ada Berg", exact=True).click()
    expect(page.get_by_role("heading", name="Ada Berg", level=1)).to_be_visible()
    page.get_by_role("button", name="Activities", exact=True).click()
    expect(page.locator("#timeline")).to_be_visible()
    page.get_by_label("Your account: Bob Stone").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()


def test_timeline_is_filtered_searched_and_continued(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    make_call(bob, contact, body="<p>About lemons</p>")
    for number in range(32):
        make_note(bob, contact, f"<p>Note {number}</p>", activity_date=now() - timedelta(days=number))
    open_record(page, contact)
    page.get_by_role("link", name="Show older activity").click()
    expect(item(page, "Note 31")).to_be_visible()
    open_record(page, contact)
    page.get_by_role("link", name="Calls", exact=True).click()
    expect(items(page)).to_have_count(1)
    page.get_by_label("Search activities").fill("lemons")
    page.get_by_role("combobox", name="Owner", exact=True).select_option("Bob Stone")
    page.get_by_role("search", name="Search and filter activity").get_by_role("button", name="Apply").click()
    expect(items(page)).to_have_count(1)
    expect(items(page).locator("mark")).to_have_text("lemons")
    page.get_by_text("Filter activity").click()
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.get_by_text("No activity matches")).to_be_visible()
    page.get_by_role("link", name="Clear all filters").click()
    page.get_by_role("link", name="Expand all").click()
    expect(items(page).locator(".item-body").first).to_be_visible()


def test_search_finds_records_and_activities(page: Page, bob: Viewer) -> None:
    make_note(bob, make_contact(bob, "Quixotic Berg"), "<p>A quixotic plan</p>")
    page.goto("/objects/deals")
    page.get_by_role("combobox", name="Search records and activities").fill("quixotic")
    page.keyboard.press("Enter")
    expect(page.locator(".hit")).to_have_count(2)
    expect(page.locator(".hit mark").first).to_be_visible()


def test_contact_is_created_and_a_property_edited(page: Page, watch: Watch) -> None:
    watch.allow(422, "/properties/phone$")
    page.goto("/objects/contacts")
    page.get_by_role("banner").get_by_text("Create").click()
    page.get_by_role("banner").get_by_role("link", name="Contact", exact=True).click()
    page.get_by_label("First name").fill("Ada")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="Ada", level=1)).to_be_visible()
    page.get_by_label("Edit Phone number").click()
    page.get_by_label("Phone number", exact=True).fill("call me maybe")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".field-error")).to_contain_text("is not a phone number")
    page.get_by_label("Phone number", exact=True).fill("+46701740605")
    page.get_by_role("button", name="Save").click()
    expect(property_of(page, "phone")).to_contain_text("+46 70 174 06 05")


def test_note_is_logged_commented_edited_deleted_and_restored(page: Page, bob: Viewer) -> None:
    open_record(page, make_contact(bob))
    page.get_by_role("link", name="Note", exact=True).click()
    page.get_by_role("textbox", name="Note", exact=True).fill("Written without\na script")
    page.get_by_role("button", name="Create a note").click()
    item(page, "Written without a script").get_by_role("link", name="Note by Bob Stone").click()
    page.get_by_label("Add comment").fill("And commented")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator(".comment-body")).to_have_text("And commented")
    page.locator(".comment-actions").get_by_role("link", name="Edit").click()
    page.get_by_label("Edit comment").fill("And improved")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".comment-body")).to_have_text("And improved")
    page.locator(".page-actions").get_by_role("link", name="Edit").click()
    page.get_by_role("textbox", name="Note", exact=True).fill("Written again")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".rich")).to_have_text("Written again")
    page.locator(".page-actions").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("region", name="Messages")).to_contain_text("Deleted.")
    expect(items(page)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(item(page, "Written again")).to_be_visible()


def test_activity_is_associated_through_the_page_of_the_pop_up(page: Page, bob: Viewer) -> None:
    contact, company, deal = make_contact(bob, "Ada Berg"), make_company(bob), make_deal(bob, "Ten tons")
    relate(bob, contact, company)
    make_note(bob, contact, "<p>Wandering note</p>", also_on=[])
    open_record(page, contact)
    item(page, "Wandering note").get_by_role("link", name="Note by Bob Stone").click()
    page.get_by_role("link", name="1 association").click()
    page.get_by_role("navigation", name="Types of record").get_by_role("link", name="Deals").click()
    page.get_by_role("searchbox", name="Search deals").fill("ten")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.get_by_role("main").get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Associated with 2 records")).to_be_visible()
    page.get_by_role("navigation", name="Types of record").get_by_role("link", name="Contacts").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", name="Associated with 1 record")).to_be_visible()
    open_record(page, contact)
    expect(items(page)).to_have_count(0)
    open_record(page, deal)
    expect(item(page, "Wandering note")).to_be_visible()


def test_records_are_associated_and_parted(page: Page, bob: Viewer) -> None:
    make_company(bob, "Orange Inc")
    open_record(page, make_contact(bob), "overview")
    page.locator("#card-linked-companies").get_by_role("link", name="Add companies").click()
    page.get_by_role("searchbox", name="Search companies").fill("orange")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.get_by_label("Orange Inc").click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#card-linked-companies .association-name")).to_have_text(["Orange Inc"])
    page.locator("#card-linked-companies").get_by_label("Actions for Orange Inc").click()
    page.get_by_role("button", name="Remove link").click()
    expect(page.locator("#card-linked-companies")).to_contain_text("None linked yet.")
