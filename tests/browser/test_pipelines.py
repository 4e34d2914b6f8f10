"""Making a pipeline, giving a stage a required property, being asked for it, with scripts and without (SPEC 2.9)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.browser.test_phone import PHONE
from tests.browser.watch import Watch
from tests.factories import make_deal
from tests.factories.pipelines import make_pipeline, set_stage

DEALS = "/settings/objects/deals/pipelines"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_pipeline_is_made_with_a_stage_that_asks_for_a_property(
    page_of: OpenPage, alice: Viewer, scripts: bool
) -> None:
    page = page_of(alice, java_script_enabled=scripts)
    page.goto(DEALS)
    page.get_by_label("Name", exact=True).fill("Renewals")
    page.get_by_role("button", name="Create pipeline").click()
    expect(page.get_by_role("heading", name="Renewals")).to_be_visible()
    page.get_by_text("Add a stage").click()
    page.get_by_label("Name", exact=True).fill("Legal review")
    page.get_by_label("Probability in percent").fill("95")
    page.get_by_role("button", name="Add stage").click()
    page.get_by_role("link", name="Legal review").click()
    page.get_by_label("Next step", exact=True).click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("1 required property")).to_be_visible()
    page.get_by_role("button", name="Move Legal review up").click()
    expect(page.locator(".settings-row-name").nth(4)).to_have_text("Legal review")


def ask_for_next_step(page: Page, alice: Viewer, scripts: bool) -> None:
    pipeline = make_pipeline()
    set_stage(pipeline, "second", required=("hs_next_step",))
    deal = make_deal(alice, "Oranges", pipeline=pipeline, dealstage="first")
    page.goto(f"/records/{deal}")
    page.locator("#property-dealstage").hover()
    page.locator("#edit-dealstage").click()
    stage = page.locator("select[name=dealstage]")
    expect(stage).to_be_visible()
    stage.select_option("second")
    if not scripts:
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Next step is required in “Second”.")).to_be_visible()
    page.locator("#property-dealstage input[name=hs_next_step]").fill("Send the offer")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#property-dealstage .property-value")).to_have_text("Second")
    expect(page.locator("#property-hs_next_step .property-value")).to_have_text("Send the offer")


@pytest.mark.parametrize("scripts", [True, False])
def test_moving_a_deal_asks_for_what_the_stage_requires(
    page_of: OpenPage, alice: Viewer, watch: Watch, scripts: bool
) -> None:
    watch.allow(422, "/properties/dealstage$")
    ask_for_next_step(page_of(alice, java_script_enabled=scripts), alice, scripts)


def test_the_pages_are_accessible_and_fit_a_phone(
    page_of: OpenPage, alice: Viewer, demand_accessible: Callable[[Page], None]
) -> None:
    make_pipeline()
    paths = (DEALS, f"{DEALS}/renewals", f"{DEALS}/renewals/stages/second")
    page = page_of(alice)
    for path in paths:
        page.goto(path)
        demand_accessible(page)
    phone = page_of(alice, viewport=PHONE, has_touch=True, is_mobile=True)
    for path in paths:
        phone.goto(path)
        width = phone.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], f"{path} is {width} px wide"
