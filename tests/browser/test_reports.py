"""A report is made by mouse and by finger, kept on a dashboard, and read by everybody (issue 7)."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.factories import make_deal

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def deals(bob: Viewer) -> None:
    for name, stage, amount in (("One", "contractsent", 100), ("Two", "closedwon", 50)):
        make_deal(bob, name, dealstage=stage, pipeline="default", amount=Decimal(amount))


def test_report_is_made_in_three_clicks_changed_and_kept(
    page: Page, deals: None, demand_accessible: Callable[[Page], None]
) -> None:
    page.goto("/objects/contacts")
    page.get_by_role("navigation", name="Records").get_by_role("link", name="Deals").click()
    page.get_by_role("link", name="Report", exact=True).click()
    page.get_by_role("link", name="Sales by stage").click()
    expect(page.get_by_role("img", name="Sum of Amount by deal stage")).to_be_visible()
    demand_accessible(page)
    shape = page.get_by_label("Shape")
    shape.select_option(label="Bars")
    expect(page).to_have_url(re.compile("shape=bar"))
    page.get_by_label("And by").select_option(label="Deal owner")
    expect(page.get_by_role("columnheader", name="Bob Stone")).to_be_visible()
    demand_accessible(page)
    page.get_by_label("Name").fill("Who sells what")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("heading", name="Who sells what")).to_be_visible()
    demand_accessible(page)
    page.get_by_role("link", name="$150.00").last.click()
    expect(page.get_by_text("2 in all")).to_be_visible()


def test_dashboard_fits_a_phone(page_of: OpenPage, bob: Viewer, deals: None) -> None:
    page = page_of(bob, viewport=PHONE)
    page.goto("/reports/new?object=deals&group=closedate&by=dealstage&measure=sum:amount")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("heading", name="My reports")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
