"""Rules and conditions as people meet them: a value refused, a field that appears, with and without scripts (DB-13)."""

import pytest
from playwright.sync_api import Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.browser.screens import open_record, property_of
from tests.browser.watch import Watch
from tests.factories import make_deal
from tests.factories.property_settings import set_property

LOST = {
    "operator": "any_of",
    "values": ["closedlost"],
    "dependents": [{"name": "closed_lost_reason", "required": True}],
}


@pytest.fixture(autouse=True)
def logic(app: object) -> None:
    """A next step of at least five letters in capitals; a lost deal needs a reason."""
    set_property("deal", "hs_next_step", rules={"length": {"min": 5}}, formatting=["upper_case"])
    set_property("deal", "dealstage", conditions=[LOST])


def test_db_13_a_value_that_breaks_a_rule_is_refused_beside_its_field(page: Page, watch: Watch, bob: Viewer) -> None:
    watch.allow(422, "/properties/hs_next_step$")
    open_record(page, make_deal(bob), "overview")
    property_of(page, "hs_next_step").hover()
    property_of(page, "hs_next_step").get_by_label("Edit Next step").click()
    field = page.locator("#property-hs_next_step-field")
    field.fill("call")
    page.keyboard.press("Enter")
    expect(property_of(page, "hs_next_step")).to_contain_text("At least 5 characters; this has 4.")
    expect(field).to_have_value("call")
    expect(field).to_be_focused()
    field.fill("call them")
    page.keyboard.press("Enter")
    expect(property_of(page, "hs_next_step")).to_contain_text("CALL THEM")


def test_a_field_appears_when_the_choice_before_it_is_made(page: Page, watch: Watch, bob: Viewer) -> None:
    watch.allow(422, "/properties/dealstage$")
    open_record(page, make_deal(bob), "overview")
    property_of(page, "dealstage").hover()
    property_of(page, "dealstage").get_by_label("Edit Deal stage").click()
    stage = page.locator("#property-dealstage-field")
    stage.select_option("closedlost")
    reason = page.get_by_label("Closed lost reason")
    expect(reason).to_be_visible()
    page.locator("#property-dealstage").get_by_role("button", name="Save").click()
    expect(page.locator("#property-dealstage")).to_contain_text("is required for this Deal stage.")
    expect(stage).to_have_value("closedlost")
    reason.fill("Price")
    page.locator("#property-dealstage").get_by_role("button", name="Save").click()
    expect(property_of(page, "dealstage")).to_contain_text("Closed lost")
    stage_line = property_of(page, "dealstage")
    stage_line.hover()
    stage_line.get_by_label("Edit Deal stage").click()
    expect(page.get_by_label("Closed lost reason")).to_have_value("Price")
    stage.select_option("contractsent")
    expect(page.get_by_label("Closed lost reason")).to_have_count(0)


def test_the_create_form_shows_the_field_for_the_choice(page: Page, bob: Viewer) -> None:
    page.goto("/objects/deals/new")
    form = page.locator("#record-form")
    form.get_by_label("Deal name").fill("Gone")
    form.get_by_label("Deal stage").select_option("closedlost")
    reason = form.get_by_label("Closed lost reason")
    expect(reason).to_be_visible()
    expect(form.get_by_label("Deal name")).to_have_value("Gone")
    reason.fill("Price")
    form.locator(".form-foot").get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="Gone", level=1)).to_be_visible()


def test_conditions_hold_without_scripts(page_of: OpenPage, watch: Watch, bob: Viewer) -> None:
    watch.allow(422, "/new$")
    page = page_of(bob, java_script_enabled=False)
    page.goto("/objects/deals/new")
    form = page.locator("#record-form")
    form.get_by_label("Deal name").fill("Gone")
    form.get_by_label("Deal stage").select_option("closedlost")
    form.get_by_role("button", name="Show the fields for this choice").click()
    expect(form.get_by_label("Closed lost reason")).to_be_visible()
    form.locator(".form-foot").get_by_role("button", name="Create", exact=True).click()
    expect(form).to_contain_text("Closed lost reason is required")
    expect(form.get_by_label("Deal name")).to_have_value("Gone")
    form.get_by_label("Closed lost reason").fill("Price")
    form.locator(".form-foot").get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="Gone", level=1)).to_be_visible()


def test_rules_and_conditions_are_set_in_the_settings(
    page_of: OpenPage, alice: Viewer, demand_accessible: object
) -> None:
    page = page_of(alice)
    page.goto("/settings/objects/contacts/properties/city")
    page.get_by_text("Validation rules").click()
    page.get_by_label("At most this many characters").fill("20")
    page.get_by_text("Automatic formatting", exact=True).first.click()
    page.get_by_label("Capital first letter of each word").click()
    page.get_by_role("main").get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("region", name="Messages")).to_contain_text("Saved.")
    expect(page.get_by_label("At most this many characters")).to_have_value("20")
    demand_accessible(page)
    page.goto("/settings/objects/deals/properties/dealtype/conditions")
    block = page.get_by_role("group", name="New condition")
    block.get_by_label("New Business").click()
    block.get_by_label("Show").first.select_option("hs_next_step")
    page.get_by_role("button", name="Save conditions").click()
    expect(page.get_by_role("group", name="Condition 1")).to_be_visible()
    demand_accessible(page)
