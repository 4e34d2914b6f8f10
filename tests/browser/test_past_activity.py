"""Past activity comes along as a deal is made beside the list (SPEC 3, 6.8)."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from crm.clock import now
from crm.permissions.viewer import Viewer
from tests.factories import make_company, make_note


def test_asc_34_and_asc_38_a_company_is_found_picked_and_its_past_brought_along(page: Page, bob: Viewer) -> None:
    firm = make_company(bob, "Orange Inc")
    for days in (1, 40, 100):
        make_note(bob, firm, f"<p>Said {days} days ago</p>", activity_date=now() - timedelta(days=days), also_on=[])
    page.goto("/objects/deals")
    page.locator("#create-record").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Deal name").fill("Peel")
    form.get_by_role("searchbox").press_sequentially("oran")
    tick = form.get_by_label("Add timeline activity from this company to this deal")
    expect(form.get_by_label("Orange Inc")).to_be_visible()
    expect(tick).to_be_hidden()
    form.get_by_label("Orange Inc").click()
    period = form.get_by_label("How far back")
    expect(period).to_be_hidden()
    tick.click()
    expect(period).to_have_value("30")
    period.select_option(label="Past 60 days")
    form.get_by_role("button", name="Create", exact=True).click()
    toasts = page.get_by_role("region", name="Messages")
    expect(toasts).to_contain_text("2 past activities were added.")
    toasts.get_by_role("link", name="Go to record").click()
    page.get_by_role("button", name="Activities", exact=True).click()
    timeline = page.locator("#timeline")
    expect(timeline.get_by_text("Said 1 days ago")).to_be_visible()
    expect(timeline.get_by_text("Said 40 days ago")).to_be_visible()
    expect(timeline.get_by_text("Said 100 days ago")).to_have_count(0)
