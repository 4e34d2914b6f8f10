"""The record page: tabs, properties edited where they stand, creating from the top bar (SPEC 1.1-1.6)."""

from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.browser.screens import demand_focus, item, open_record, property_of
from tests.browser.watch import Watch
from tests.factories import make_company, make_contact, make_deal, make_note


def tab(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def edit(page: Page, name: str, label: str) -> None:
    """Begin to edit a property of the About card."""
    property_of(page, name).hover()
    property_of(page, name).get_by_label(f"Edit {label}").click()


def test_rec_02_three_columns_in_order(page: Page, bob: Viewer) -> None:
    open_record(page, make_contact(bob))
    places = [
        page.get_by_role("complementary", name="About this contact"),
        page.get_by_role("region", name="Activity", exact=True),
        page.get_by_role("complementary", name="Related records"),
    ]
    edges = [place.bounding_box()["x"] for place in places]
    assert edges == sorted(edges)


def test_rec_19_activities_tab_opens_without_loading_the_page_anew(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    make_note(bob, contact, "<p>On the timeline</p>")
    open_record(page, contact, "overview")
    page.evaluate("window.sameDocument = true")
    tab(page, "Activities")
    expect(item(page, "On the timeline")).to_be_visible()
    expect(page).to_have_url(f"/records/{contact}?tab=activities")
    expect(page.get_by_role("button", name="Activities", exact=True)).to_be_focused()
    assert page.evaluate("window.sameDocument")
    page.go_back()
    expect(page.get_by_text("Data highlights")).to_be_visible()


def test_rec_35_first_visit_opens_the_overview_and_rec_36_later_ones_the_last_tab(page: Page, bob: Viewer) -> None:
    first, second = make_contact(bob), make_contact(bob, "Bert Carl")
    page.goto(f"/records/{first}")
    expect(page.get_by_text("Data highlights")).to_be_visible()
    tab(page, "Activities")
    expect(page.locator("#timeline")).to_be_visible()
    page.goto(f"/records/{second}")
    expect(page.locator("#timeline")).to_be_visible()
    tab(page, "Overview")
    expect(page.get_by_text("Data highlights")).to_be_visible()
    page.goto(f"/records/{first}")
    expect(page.get_by_text("Data highlights")).to_be_visible()


def test_rec_33_what_is_logged_appears_on_the_overview_at_once(page: Page, bob: Viewer) -> None:
    open_record(page, make_contact(bob), "overview")
    page.keyboard.press("n")
    expect(page.locator(".editor-text")).to_be_focused()
    page.keyboard.type("Fresh from the fair")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#card-recent")).to_contain_text("Fresh from the fair")


def test_text_is_edited_in_place_and_kept(page: Page, bob: Viewer) -> None:
    deal = make_deal(bob, "Ten tons")
    open_record(page, deal, "overview")
    page.evaluate("window.sameDocument = true")
    edit(page, "hs_next_step", "Next step")
    expect(page.get_by_role("textbox", name="Next step", exact=True)).to_be_focused()
    page.keyboard.type("Send samples & <prices>")
    page.keyboard.press("Enter")
    expect(property_of(page, "hs_next_step")).to_contain_text("Send samples & <prices>")
    expect(page.get_by_label("Edit Next step")).to_be_focused()
    assert page.evaluate("window.sameDocument")
    page.reload()
    expect(property_of(page, "hs_next_step")).to_contain_text("Send samples & <prices>")


def test_dropdown_is_edited_in_place_and_empty_shows_two_dashes(page: Page, bob: Viewer) -> None:
    open_record(page, make_contact(bob, lifecyclestage="lead"), "overview")
    edit(page, "lifecyclestage", "Lifecycle stage")
    page.get_by_role("combobox", name="Lifecycle stage", exact=True).select_option("Customer")
    property_of(page, "lifecyclestage").get_by_role("button", name="Save").click()
    expect(property_of(page, "lifecyclestage").locator(".property-value")).to_have_text("Customer")
    edit(page, "lifecyclestage", "Lifecycle stage")
    page.get_by_role("combobox", name="Lifecycle stage", exact=True).select_option("--")
    property_of(page, "lifecyclestage").get_by_role("button", name="Save").click()
    expect(property_of(page, "lifecyclestage").locator(".property-value")).to_have_text("--")


def test_date_and_amount_are_edited_in_place_and_the_header_follows(page: Page, bob: Viewer) -> None:
    open_record(page, make_deal(bob, closedate=datetime(2026, 5, 1, 9, tzinfo=UTC)), "overview")
    edit(page, "closedate", "Close date")
    page.get_by_label("Close date", exact=True).fill("2026-06-30T10:00")
    property_of(page, "closedate").get_by_role("button", name="Save").click()
    expect(property_of(page, "closedate")).to_contain_text("30 Jun 2026")
    expect(page.locator("#record-header")).to_contain_text("30 Jun 2026")
    edit(page, "amount", "Amount")
    page.get_by_role("textbox", name="Amount", exact=True).fill("12500.5")
    page.keyboard.press("Enter")
    expect(page.locator("#record-header")).to_contain_text("12,500.50")


def test_wrong_phone_is_told_beside_the_field_and_cancel_brings_the_old_one_back(
    page: Page, bob: Viewer, watch: Watch
) -> None:
    watch.allow(422, "/properties/phone$")
    open_record(page, make_contact(bob, phone="+46701740605"), "overview")
    edit(page, "phone", "Phone number")
    page.get_by_role("textbox", name="Phone number", exact=True).fill("call me maybe")
    page.keyboard.press("Enter")
    expect(property_of(page, "phone").locator(".field-error")).to_contain_text("is not a phone number")
    expect(page.get_by_role("textbox", name="Phone number", exact=True)).to_have_value("call me maybe")
    expect(page.get_by_role("textbox", name="Phone number", exact=True)).to_be_focused()
    property_of(page, "phone").get_by_role("link", name="Cancel").click()
    expect(property_of(page, "phone")).to_contain_text("+46 70 174 06 05")
    expect(page.get_by_label("Edit Phone number")).to_be_focused()


def test_two_people_who_change_the_same_property_see_both_values(
    page: Page, page_of: OpenPage, alice: Viewer, bob: Viewer, watch: Watch
) -> None:
    watch.allow(409, "/properties/hs_next_step$")
    deal = make_deal(bob)
    open_record(page, deal, "overview")
    edit(page, "hs_next_step", "Next step")
    page.get_by_role("textbox", name="Next step", exact=True).fill("Bob calls")
    other = page_of(alice)
    open_record(other, deal, "overview")
    edit(other, "hs_next_step", "Next step")
    other.get_by_role("textbox", name="Next step", exact=True).fill("Alice writes")
    other.keyboard.press("Enter")
    expect(property_of(other, "hs_next_step").locator(".property-value")).to_have_text("Alice writes")
    page.get_by_role("textbox", name="Next step", exact=True).press("Enter")
    expect(property_of(page, "hs_next_step").get_by_role("alert")).to_contain_text("Somebody changed this")
    expect(property_of(page, "hs_next_step")).to_contain_text("Alice writes")
    page.get_by_role("button", name="Save mine").click()
    expect(property_of(page, "hs_next_step").locator(".property-value")).to_have_text("Bob calls")


def test_e_mail_is_copied_by_its_button(page: Page, bob: Viewer) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_record(page, make_contact(bob, email="ada@example.com"), "overview")
    page.locator("#record-header").get_by_role("button", name="Copy Email").click()
    expect(page.locator("#record-header crm-copy[data-copied]")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "ada@example.com"
    expect(page.locator("[data-announcer]")).to_have_text("Copied")


def test_sections_of_the_record_close_and_open(page: Page, bob: Viewer) -> None:
    open_record(page, make_contact(bob), "overview")
    page.get_by_role("heading", name="About this contact").click()
    expect(property_of(page, "email")).to_be_hidden()
    page.get_by_role("heading", name="About this contact").click()
    expect(property_of(page, "email")).to_be_visible()
    demand_focus(page)


def test_rec_01_every_object_has_its_page_and_name(page: Page, bob: Viewer) -> None:
    for object_name, record, name in (
        ("companies", make_company(bob, "Orange Inc"), "Orange Inc"),
        ("deals", make_deal(bob, "Ten tons"), "Ten tons"),
        ("contacts", make_contact(bob, "Ada Berg"), "Ada Berg"),
    ):
        page.goto(f"/objects/{object_name}")
        page.get_by_role("link", name=name, exact=True).click()
        expect(page).to_have_url(f"/records/{record}")
        expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
