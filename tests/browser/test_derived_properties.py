"""Calculated, rolled up and mirrored properties made in the settings and read on records; on a phone, too."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.browser.test_phone import FINGER, PHONE, too_wide
from tests.browser.watch import Watch
from tests.factories import make_company, make_contact, make_deal, relate

WITH_AND_WITHOUT = pytest.mark.parametrize("scripts", [True, False], ids=["script", "no_script"])
FORMS = (
    "/settings/objects/deals/properties/new?type=calculation",
    "/settings/objects/companies/properties/new?type=rollup",
    "/settings/objects/contacts/properties/new?type=property_sync",
)
TARGETS = ".settings-page :is(.button, .input, .tab, summary)"


@WITH_AND_WITHOUT
def test_db_27_values_follow_from_others_as_the_settings_say(
    page_of: OpenPage, alice: Viewer, work: Callable[[], None], scripts: bool
) -> None:
    company, contact = make_company(alice, "Orange"), make_contact(alice, "Ada Berg")
    relate(alice, company, contact, make_deal(alice, amount=Decimal(250)), make_deal(alice, amount=Decimal(4000)))
    page = page_of(alice, java_script_enabled=scripts)
    page.goto(FORMS[0])
    page.get_by_label("Name", exact=True).fill("Our fee")
    page.get_by_label("Formula", exact=True).fill("amount * 0.1")
    page.get_by_label("How numbers are shown").select_option("Currency")
    create(page, "Our fee")
    page.goto(FORMS[1])
    page.get_by_label("Name", exact=True).fill("Large fees")
    page.get_by_label("Associated records").select_option("Deals")
    page.get_by_label("What is done with them").select_option("Sum")
    page.locator("#rollup-source").select_option("Deals: Our fee")
    page.get_by_label("Condition 1").select_option("Deals: Amount")
    page.get_by_label("How it is compared").first.select_option("is greater than")
    page.get_by_label("Value", exact=True).first.fill("1000")
    create(page, "Large fees")
    page.goto(FORMS[2])
    page.get_by_label("Name", exact=True).fill("Fees of the firm")
    page.get_by_label("Property of an associated record").select_option("Companies: Large fees")
    page.get_by_label("Which record, if there are several").select_option("The primary company")
    create(page, "Fees of the firm")
    work()
    page.goto(f"/records/{contact}/properties?q=fees")
    expect(page.get_by_role("main").get_by_text("$400.00")).to_be_visible()
    page.goto("/settings/objects/companies/properties/large_fees")
    expect(page.get_by_label("Condition 1")).to_have_value("deal/amount")
    expect(page.get_by_label("Value", exact=True).first).to_have_value("1000")


@WITH_AND_WITHOUT
def test_a_wrong_formula_stays_with_what_is_wrong_beside_it(
    page_of: OpenPage, watch: Watch, alice: Viewer, scripts: bool
) -> None:
    watch.allow(422, "/properties/new$")
    page = page_of(alice, java_script_enabled=scripts)
    page.goto(FORMS[0])
    page.get_by_label("Name", exact=True).fill("Our fee")
    page.get_by_label("Formula", exact=True).fill("amount * (2")
    page.get_by_role("button", name="Create property").click()
    formula = page.get_by_label("Formula", exact=True)
    expect(formula).to_have_attribute("aria-invalid", "true")
    expect(formula).to_have_value("amount * (2")
    expect(formula).to_have_accessible_description("The formula ends too early.")


def test_axe_finds_nothing_serious_in_the_forms_of_values_that_follow(
    page_of: OpenPage, alice: Viewer, demand_accessible: Callable[[Page], None]
) -> None:
    page = page_of(alice)
    for address in FORMS:
        page.goto(address)
        for summary in page.locator(".worked-out summary").all():
            summary.click()
        demand_accessible(page)


def test_forms_of_values_that_follow_fit_a_phone(page_of: OpenPage, alice: Viewer) -> None:
    page = page_of(alice, viewport=PHONE, has_touch=True, is_mobile=True)
    for address in FORMS:
        page.goto(address)
        for summary in page.locator(".worked-out summary").all():
            summary.click()
        assert too_wide(page) <= 0, address
        small = page.evaluate(
            """([selector, finger]) => [...document.querySelectorAll(selector)]
            .filter(one => one.offsetParent && one.getBoundingClientRect().height < finger)
            .map(one => one.textContent.trim() || one.name)""",
            [TARGETS, FINGER],
        )
        assert not small, f"{address}: {small}"


def create(page: Page, label: str) -> None:
    page.get_by_role("button", name="Create property").click()
    expect(page.get_by_role("heading", name=label)).to_be_visible()
