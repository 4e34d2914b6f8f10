"""Somebody is invited, comes in by the link, and may do what their permission set says, no more (SPEC 0.2)."""

from playwright.sync_api import Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.factories import make_contact
from tests.support.cast import PASSWORD


def invite(page: Page) -> str:
    """Invite Ewa as somebody who may look only, as an administrator does; the link that is shown."""
    page.goto("/")
    page.get_by_label("Your account: Alice Berg").click()
    page.get_by_role("link", name="Settings", exact=True).click()
    page.locator(".settings-card", has_text="Invite people").click()
    page.get_by_role("link", name="Invite user").click()
    page.get_by_label("Name").fill("Ewa Nowak")
    page.get_by_label("E-mail").fill("ewa@example.com")
    page.get_by_label("Permission set").select_option(label="View only")
    page.get_by_role("button", name="Create invitation").click()
    return page.get_by_label("Link to hand over").input_value()


def test_invited_person_comes_in_signs_in_again_and_may_only_look(page_of: OpenPage, alice: Viewer) -> None:
    contact = make_contact(alice, "Ada Berg")
    link = invite(page_of(alice))
    page = page_of(None, java_script_enabled=False)
    page.goto(link)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("heading", name="Contacts", level=1)).to_be_visible()
    page.get_by_label("Your account: Ewa Nowak").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("E-mail").fill("ewa@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Ada Berg", exact=True).click()
    expect(page.get_by_role("heading", name="Ada Berg", level=1)).to_be_visible()
    assert page.url.endswith(f"/records/{contact}")
    expect(page.get_by_label("Edit Phone number")).to_have_count(0)
    page.goto("/settings")
    expect(page.locator(".settings-card strong")).to_have_text(["Profile and security", "Notifications"])
