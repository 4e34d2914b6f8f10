"""The name of a record, edited in its header (REC-05, SPEC 1.2)."""

from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import Locator, Page, expect

from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record
from tests.browser.conftest import Held, OpenPage
from tests.browser.screens import open_record, property_of
from tests.browser.watch import Watch
from tests.factories import make_contact, make_deal
from tests.factories.property_settings import set_property

REASON = {"name": "closed_lost_reason", "required": True}
LOST = {"operator": "any_of", "values": ["closedlost"], "dependents": [REASON]}


def choose_quickly(stage: Locator, answer: Callable[[], None]) -> None:
    stage.select_option("closedwon")
    stage.select_option("closedlost")
    answer()


def pencil(page: Page) -> None:
    page.locator("#record-header").hover()
    page.locator("#edit-header").click()


def test_rec_05_the_pencil_edits_the_name_and_the_focus_comes_back(page: Page, bob: Viewer) -> None:
    open_record(page, make_contact(bob, "Ada Berg"), "overview")
    pencil(page)
    expect(page.get_by_label("First name")).to_be_focused()
    page.get_by_label("First name").fill("Eva")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Eva Berg")).to_be_visible()
    expect(page.locator("#edit-header")).to_be_focused()
    pencil(page)
    page.get_by_role("link", name="Cancel").click()
    expect(page.locator("#edit-header")).to_be_focused()


def test_what_is_saved_in_the_header_shows_everywhere_and_open_forms_stay(page: Page, bob: Viewer) -> None:
    open_record(page, make_deal(bob, "Lemons", amount=Decimal(10)), "overview")
    property_of(page, "hs_next_step").hover()
    property_of(page, "hs_next_step").get_by_label("Edit Next step").click()
    page.locator("#property-hs_next_step-field").fill("Call them")
    pencil(page)
    page.locator("#header-amount").fill("1200")
    page.locator(".header-form").get_by_role("button", name="Save").click()
    expect(property_of(page, "amount")).to_contain_text("1,200.00")
    expect(page.locator(".highlights")).to_contain_text("1,200.00")
    expect(page.locator("#record-header")).to_contain_text("1,200.00")
    expect(page.locator("#property-hs_next_step-field")).to_have_value("Call them")


def test_of_two_choices_made_quickly_the_last_one_counts(page: Page, bob: Viewer, held: Held) -> None:
    set_property("deal", "dealstage", conditions=[LOST])
    open_record(page, make_deal(bob, "Lemons"), "overview")
    pencil(page)
    choose_quickly(page.locator("#header-dealstage"), held("**/header"))
    expect(page.locator(".header-form").get_by_label("Closed lost reason")).to_be_visible()
    expect(page.locator("#header-dealstage")).to_have_value("closedlost")
    page.locator(".header-form").get_by_role("link", name="Cancel").click()
    property_of(page, "dealstage").hover()
    property_of(page, "dealstage").get_by_label("Edit Deal stage").click()
    choose_quickly(page.locator("#property-dealstage-field"), held("**/properties/dealstage"))
    expect(property_of(page, "dealstage").get_by_label("Closed lost reason")).to_be_visible()
    expect(page.locator("#property-dealstage-field")).to_have_value("closedlost")


def test_a_conflict_is_chosen_property_by_property(page: Page, watch: Watch, alice: Viewer, bob: Viewer) -> None:
    watch.allow(409, "/header$")
    deal = make_deal(bob, "Lemons", amount=Decimal(10))
    open_record(page, deal, "overview")
    pencil(page)
    expect(page.locator("#header-dealname")).to_be_focused()
    end_read()
    with unit_of_work():
        update_record(alice, deal, {"dealname": "Oranges", "amount": Decimal(20)})
    page.get_by_label("Deal name").fill("Limes")
    page.locator("#header-amount").fill("30")
    page.locator(".header-form").get_by_role("button", name="Save").click()
    page.get_by_role("group", name="Amount").get_by_label("Keep theirs").click()
    page.locator(".header-form").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Limes", exact=True)).to_be_visible()
    expect(page.locator("#record-header")).to_contain_text("20.00")


def test_on_a_phone_and_for_everybody(
    page_of: OpenPage, bob: Viewer, demand_accessible: Callable[[Page], None]
) -> None:
    page = page_of(bob, viewport={"width": 360, "height": 780})
    open_record(page, make_deal(bob, "Ten tons of lemons by ship and rail", amount=Decimal(10)), "overview")
    pencil(page)
    expect(page.locator("#header-dealname")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    demand_accessible(page)
