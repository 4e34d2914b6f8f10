"""Signing in and out (SPEC 0.2, QUALITY 3)."""

from playwright.sync_api import Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.browser.watch import Watch
from tests.factories import make_contact
from tests.support.cast import PASSWORD, email_of


def sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_signing_in_leads_to_the_page_that_was_asked_for(page_of: OpenPage, bob: Viewer) -> None:
    contact = make_contact(bob, "Ada Berg")
    page = page_of(None)
    page.goto(f"/records/{contact}?tab=activities")
    expect(page).to_have_title("Sign in · Kartotek")
    expect(page.get_by_label("E-mail")).to_be_focused()
    sign_in(page, email_of("bob"), PASSWORD)
    expect(page.get_by_role("heading", name="Ada Berg", level=1)).to_be_visible()
    assert page.url.endswith(f"/records/{contact}?tab=activities")


def test_wrong_password_is_told_and_the_address_is_kept(page_of: OpenPage, watch: Watch) -> None:
    watch.allow(422, "/login$")
    page = page_of(None)
    page.goto("/login")
    sign_in(page, email_of("bob"), "not his password")
    expect(page.get_by_role("alert")).to_have_text("E-mail or password is wrong.")
    expect(page.get_by_label("E-mail")).to_have_value(email_of("bob"))
    expect(page.get_by_label("Password")).to_have_value("")
    sign_in(page, email_of("bob"), PASSWORD)
    expect(page.get_by_role("heading", name="Contacts", level=1)).to_be_visible()


def test_signing_out_ends_the_session_and_going_back_shows_nothing(page: Page) -> None:
    page.goto("/objects/contacts")
    page.get_by_label("Your account: Bob Stone").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
