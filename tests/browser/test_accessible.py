"""axe finds nothing serious on any page, in the light and in the dark (QUALITY 4)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from crm.accounts.links import Purpose, create_link
from crm.clock import now
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.browser.screens import body_of, composer, dialog, items, open_record
from tests.browser.watch import Watch
from tests.factories import make_activity, make_comment, make_company, make_contact, make_deal, make_ticket, relate
from tests.support.cast import email_of

KINDS = ("call", "task", "meeting", "email", "sms", "note")
Demand = Callable[[Page], None]


@pytest.fixture
def contact(bob: Viewer) -> int:
    """A contact with something in every place."""
    contact = make_contact(bob, "Ada Berg", phone="+46701740605", jobtitle="Buyer", lifecyclestage="customer")
    relate(bob, contact, make_company(bob), make_deal(bob), make_ticket(bob))
    activities = [make_activity(bob, kind, contact) for kind in KINDS]
    make_activity(bob, "task", contact, title="Too late", activity_date=now() - timedelta(days=2))
    make_comment(bob, activities[-1])
    return contact


def test_pages_before_signing_in(page_of: OpenPage, watch: Watch, bob: Viewer, demand_accessible: Demand) -> None:
    watch.allow(422, "/login$")
    end_read()
    with unit_of_work():
        token = create_link(Purpose.SIGN_IN, bob.user_id)
    page = page_of(None)
    page.goto("/login")
    page.get_by_label("E-mail").fill(email_of("bob"))
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    demand_accessible(page)
    for address in ("/signed-out", f"/sign-in/{token}"):
        page.goto(address)
        demand_accessible(page)


def test_lists(page: Page, contact: int, demand_accessible: Demand) -> None:
    page.goto("/objects/contacts?sort=lastname")
    page.get_by_role("link", name="Preview Ada Berg").click()
    expect(page.get_by_role("complementary", name="Preview").get_by_role("heading", name="Ada Berg")).to_be_visible()
    demand_accessible(page)
    page.goto("/objects/leads")
    page.get_by_role("banner").get_by_text("Create").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Contact", exact=True)).to_be_visible()
    demand_accessible(page)
    page.goto("/objects/tasks")
    page.get_by_role("link", name="Preview Too late").click()
    expect(page.get_by_role("complementary", name="Preview").get_by_role("heading", name="Too late")).to_be_visible()
    demand_accessible(page)
    page.get_by_label("Select page").click()
    page.locator("#selected-more").click()
    page.get_by_role("button", name="Associate").click()
    expect(page.get_by_role("heading", name="Associate")).to_be_visible()
    demand_accessible(page)


def test_record_overview(page: Page, contact: int, demand_accessible: Demand) -> None:
    open_record(page, contact, "overview")
    page.get_by_label("Edit Lead status").click()
    expect(page.get_by_role("combobox", name="Lead status", exact=True)).to_be_focused()
    demand_accessible(page)


def test_record_activities_expanded_with_filters(page: Page, contact: int, demand_accessible: Demand) -> None:
    open_record(page, contact, state="&expanded=all&owner=2")
    expect(items(page).locator(".item-body")).to_have_count(len(KINDS) + 1)
    page.get_by_text("Filter activity").click()
    expect(page.get_by_label("Communication", exact=True)).to_be_visible()
    demand_accessible(page)


def test_composer(page: Page, contact: int, watch: Watch, demand_accessible: Demand) -> None:
    watch.allow(422, "/activities$")
    open_record(page, contact)
    page.get_by_role("link", name="Note", exact=True).click()
    composer(page).get_by_role("button", name="Create a note").click()
    expect(body_of(composer(page))).to_have_attribute("aria-invalid", "true")
    composer(page).get_by_text("Associated with").click()
    demand_accessible(page)


def test_pop_up_and_dialogs(page: Page, contact: int, demand_accessible: Demand) -> None:
    open_record(page, contact, state="&expanded=all")
    page.locator(".item-facts a.item-link").first.click()
    dialog(page).get_by_role("navigation").get_by_role("link", name="Companies").click()
    expect(dialog(page).get_by_role("searchbox")).to_be_focused()
    demand_accessible(page)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Add deals").last.click()
    expect(dialog(page).get_by_role("searchbox")).to_be_focused()
    demand_accessible(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(dialog(page)).to_be_visible()
    demand_accessible(page)


def test_comments_and_editing(page: Page, contact: int, demand_accessible: Demand) -> None:
    open_record(page, contact)
    page.get_by_label("Comments: 1").click()
    expect(page.locator(".comment-body")).to_be_visible()
    page.locator(".item", has=page.locator(".comment")).get_by_label("Actions", exact=True).click()
    expect(page.locator(".menu-item", has_text="Edit")).to_be_visible()
    demand_accessible(page)
    page.locator(".menu-item", has_text="Edit").click()
    expect(page.locator(".item-form .editor-text")).to_be_focused()
    demand_accessible(page)


def test_search_and_errors(page: Page, contact: int, watch: Watch, demand_accessible: Demand) -> None:
    watch.allow(404, "/records/999999$")
    page.goto("/search?q=ada")
    expect(page.locator(".hit").first).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type(" b")
    expect(page.get_by_role("option").first).to_be_visible()
    demand_accessible(page)
    page.goto("/search?q=nothing+like+it")
    demand_accessible(page)
    page.goto("/records/999999")
    demand_accessible(page)


def test_forms(page: Page, watch: Watch, demand_accessible: Demand) -> None:
    watch.allow(422, "/objects/contacts/new$")
    page.goto("/objects/contacts/new")
    page.get_by_label("Email").fill("nonsense")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.locator(".field-error").first).to_be_visible()
    demand_accessible(page)
