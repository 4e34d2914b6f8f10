"""Associated records in the right column: adding, creating, removing, the primary company (SPEC 1.9, 6.1-6.2)."""

from playwright.sync_api import Locator, Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.screens import composer, dialog, open_record
from tests.browser.watch import Watch
from tests.factories import make_company, make_contact, make_deal, relate


def section(page: Page, plural: str) -> Locator:
    return page.locator(f"#card-linked-{plural}")


def names(page: Page, plural: str) -> Locator:
    return section(page, plural).locator(".association-name")


def test_rec_43_several_existing_records_are_found_ticked_and_linked(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob, "Ada Berg")
    first, _other = make_deal(bob, "Ten tons"), make_deal(bob, "Twenty crates")
    open_record(page, contact, "overview")
    section(page, "deals").get_by_role("link", name="Add deals").click()
    search = dialog(page).get_by_role("searchbox", name="Search deals")
    expect(search).to_be_focused()
    search.press_sequentially("ten")
    dialog(page).get_by_label("Ten tons").click()
    search.fill("twenty")
    dialog(page).get_by_label("Twenty crates").click()
    dialog(page).get_by_role("button", name="Save").click()
    expect(dialog(page)).to_have_count(0)
    expect(names(page, "deals")).to_have_count(2)
    expect(section(page, "deals").locator(".count")).to_have_text("2")
    expect(section(page, "deals").get_by_role("link", name="Add deals")).to_be_focused()
    expect(page.locator("#overview")).to_contain_text("Twenty crates")
    open_record(page, first, "overview")
    expect(names(page, "contacts")).to_have_text(["Ada Berg"])


def test_new_record_is_created_and_linked_in_the_dialog(page: Page, bob: Viewer, watch: Watch) -> None:
    open_record(page, make_contact(bob), "overview")
    section(page, "deals").get_by_role("link", name="Add deals").click()
    dialog(page).get_by_role("link", name="Create new").click()
    expect(dialog(page).get_by_label("Deal name")).to_be_focused()
    expect(dialog(page).get_by_role("button", name="Create and link")).to_be_disabled()
    dialog(page).get_by_label("Deal name").fill("Fresh deal")
    dialog(page).get_by_role("button", name="Create and link").click()
    expect(names(page, "deals")).to_have_text(["Fresh deal"])
    expect(dialog(page)).to_have_count(0)


def test_link_is_removed_from_its_card(page: Page, bob: Viewer) -> None:
    contact, deal = make_contact(bob), make_deal(bob, "Ten tons")
    relate(bob, contact, deal)
    open_record(page, contact, "overview")
    section(page, "deals").get_by_label("Actions for Ten tons").click()
    section(page, "deals").get_by_role("button", name="Remove link").click()
    expect(section(page, "deals")).to_contain_text("None linked yet.")
    open_record(page, deal, "overview")
    expect(section(page, "contacts")).to_contain_text("None linked yet.")


def test_another_company_becomes_the_primary_one(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    relate(bob, contact, make_company(bob, "Orange Inc"), make_company(bob, "Lemon Ltd"))
    open_record(page, contact, "overview")
    expect(page.locator(".association", has_text="Orange Inc")).to_contain_text("Primary")
    section(page, "companies").get_by_label("Actions for Lemon Ltd").click()
    section(page, "companies").get_by_role("button", name="Set as primary").click()
    expect(page.locator(".association", has_text="Lemon Ltd")).to_contain_text("Primary")
    expect(page.locator(".association", has_text="Orange Inc")).not_to_contain_text("Primary")


def test_cancelled_dialog_links_nothing_and_gives_the_focus_back(page: Page, bob: Viewer) -> None:
    make_deal(bob, "Ten tons")
    open_record(page, make_contact(bob), "overview")
    section(page, "deals").get_by_role("link", name="Add deals").click()
    dialog(page).get_by_role("searchbox", name="Search deals").press_sequentially("ten")
    dialog(page).get_by_label("Ten tons").click()
    dialog(page).get_by_role("link", name="Cancel").click()
    expect(dialog(page)).to_have_count(0)
    expect(names(page, "deals")).to_have_count(0)
    expect(section(page, "deals").get_by_role("link", name="Add deals")).to_be_focused()


def test_associated_records_open_as_a_list(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    make_deal(bob, "Somebody else's")
    relate(bob, contact, make_deal(bob, "Ten tons"))
    open_record(page, contact, "overview")
    section(page, "deals").get_by_role("link", name="View associated deals").click()
    expect(page.get_by_role("rowheader")).to_have_count(1)
    expect(page.get_by_role("rowheader")).to_contain_text("Ten tons")


def test_a_linked_record_is_looked_at_and_a_note_written_on_it_without_leaving(page: Page, bob: Viewer) -> None:
    contact, company = make_contact(bob, "Ada Berg"), make_company(bob, "Quince Ltd")
    relate(bob, contact, company)
    open_record(page, contact, "overview")
    page.get_by_role("link", name="Preview Quince Ltd").first.click()
    panel = page.get_by_role("dialog", name="Quince Ltd")
    expect(panel).to_be_visible()
    panel.get_by_role("link", name="Note").click()
    expect(panel).to_be_hidden()
    expect(composer(page)).to_contain_text("Quince Ltd")
