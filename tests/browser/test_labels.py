"""Labels by mouse and keyboard: given in the picker, changed in the pop-up, and without scripts (DB-40)."""

from playwright.sync_api import Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.browser.screens import dialog, open_record
from tests.browser.watch import Watch
from tests.factories import make_contact
from tests.support.links import make_label, relate_as


def test_db_40_labels_are_ticked_in_the_picker_and_changed_from_the_card(
    page: Page, alice: Viewer, bob: Viewer, watch: Watch
) -> None:
    make_label(alice, "contact", "contact", "Manager", "Employee")
    make_label(alice, "contact", "contact", "Friend")
    ada, max_ = make_contact(bob, "Ada Berg"), make_contact(bob, "Max Full")
    open_record(page, ada, "overview")
    page.locator("#add-contacts").click()
    manager = dialog(page).get_by_role("checkbox", name="Manager the other way")
    manager.click()
    dialog(page).get_by_label("Search contacts").fill("max")
    dialog(page).get_by_label("Max Full").click()
    expect(manager).to_be_checked()
    dialog(page).get_by_role("button", name="Save").click()
    card = page.locator("#card-linked-contacts .association")
    expect(card.locator(".badge")).to_have_text(["Manager"])
    card.hover()
    card.get_by_label("Actions for Max Full").click()
    page.get_by_role("link", name="Edit labels").click()
    dialog(page).get_by_label("Friend").click()
    dialog(page).get_by_role("button", name="Save").press("Enter")
    expect(card.locator(".badge")).to_have_text(["Friend", "Manager"])
    expect(dialog(page)).to_have_count(0)
    open_record(page, max_, "overview")
    expect(card.locator(".badge")).to_have_text(["Employee", "Friend"])


def test_labels_are_changed_without_scripts(page_of: OpenPage, alice: Viewer, bob: Viewer) -> None:
    label = make_label(alice, "contact", "contact", "Friend")
    ada, max_ = make_contact(bob, "Ada Berg"), make_contact(bob, "Max Full")
    relate_as(bob, ada, max_, [label])
    page = page_of(bob, java_script_enabled=False)
    open_record(page, ada, "overview")
    page.locator("#card-linked-contacts").get_by_label("Actions for Max Full").click()
    page.get_by_role("link", name="Edit labels").click()
    page.get_by_label("Friend").click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#card-linked-contacts .association")).to_have_count(1)
    expect(page.locator("#card-linked-contacts .association .badge")).to_have_count(0)
