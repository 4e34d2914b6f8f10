"""Filtering an index page, of a custom object too, with and without JavaScript (SPEC 5.2)."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from crm.db import end_read, unit_of_work
from crm.objects.definitions.custom import DETAILS
from crm.objects.properties import create_property
from crm.permissions.viewer import Viewer
from tests.browser.conftest import Held, OpenPage
from tests.browser.test_index_page import names
from tests.browser.watch import Watch
from tests.factories import make_contact, make_deal, make_record, relate
from tests.factories.objects import make_object

PHONE = {"width": 360, "height": 740}


def form(page: Page) -> Locator:
    return page.get_by_role("form", name="Filter", exact=True)


def chip(page: Page, text: str) -> Locator:
    return page.locator(".chip", has_text=text)


@pytest.fixture
def machines(alice: Viewer) -> None:
    """Three machines, one of unknown weight."""
    name = make_object(alice)
    end_read()
    with unit_of_work():
        create_property(name, "Weight", "number", DETAILS.name, (), {})
    for label, more in (("Crane", {"weight": 900}), ("Drill", {"weight": 3}), ("Saw", {})):
        values: dict[str, Any] = {"serial_number": label, **more}
        make_record(alice, name, **values)


@pytest.fixture
def three(bob: Viewer) -> None:
    for name, city in (("Bert Carl", "Rome"), ("Ada Berg", "Oslo"), ("Cleo Dahl", "rome")):
        make_contact(bob, name, city=city)


@pytest.mark.usefixtures("three")
def test_a_filter_is_made_changed_and_taken_away(page: Page) -> None:
    page.goto("/objects/contacts?sort=lastname")
    page.get_by_role("main").get_by_role("link", name="Filter", exact=True).click()
    form(page).get_by_label("Property").select_option("City")
    form(page).get_by_label("Values, one on each line").fill("ROME")
    form(page).get_by_role("button", name="Apply").click()
    expect(names(page)).to_have_text(["Bert Carl", "Cleo Dahl"])
    expect(form(page)).to_have_count(0)
    page.get_by_role("main").get_by_role("searchbox").press_sequentially("cleo")
    expect(names(page)).to_have_text(["Cleo Dahl"])
    expect(chip(page, "City is equal to any of ROME")).to_be_visible()
    page.go_back()
    expect(names(page)).to_have_text(["Bert Carl", "Cleo Dahl"])
    page.get_by_role("button", name="Change filter: City is equal").click()
    form(page).get_by_label("Condition").select_option("starts with any of")
    expect(form(page).get_by_label("Condition")).to_have_value("starts")
    form(page).get_by_label("Values, one on each line").fill("os")
    form(page).get_by_role("button", name="Apply").click()
    expect(names(page)).to_have_text(["Ada Berg"])
    page.reload()
    expect(names(page)).to_have_text(["Ada Berg"])
    page.get_by_role("button", name="Remove filter: City starts").click()
    expect(names(page)).to_have_count(3)
    expect(page.locator(".chip")).to_have_count(0)


@pytest.mark.parametrize("how", [{}, {"java_script_enabled": False, "viewport": PHONE}], ids=["script", "phone"])
@pytest.mark.usefixtures("machines")
def test_a_custom_object_is_filtered_by_its_own_property(
    page_of: OpenPage, watch: Watch, alice: Viewer, how: dict[str, Any]
) -> None:
    watch.allow(422, "filter-value=a(%20|[+])lot")
    page = page_of(alice, **how)
    page.goto("/objects/machines?sort=serial_number")
    page.get_by_role("main").get_by_role("link", name="Filter", exact=True).click()
    form(page).get_by_label("Property").select_option("Weight")
    if how:
        form(page).get_by_role("button", name="Next").click()
    expect(form(page).get_by_label("Condition")).to_have_value("equal")
    form(page).get_by_label("Condition").select_option("is greater than")
    form(page).get_by_label("Value").fill("a lot")
    form(page).get_by_role("button", name="Apply").click()
    expect(form(page)).to_contain_text("“a lot” is not a number.")
    expect(form(page).get_by_label("Value")).to_have_value("a lot")
    form(page).get_by_label("Value").fill("100")
    form(page).get_by_role("button", name="Apply").click()
    expect(names(page)).to_have_text(["Crane"])
    page.get_by_role("link", name="Or …").click()
    form(page).get_by_label("Property").select_option("Weight")
    if how:
        form(page).get_by_role("button", name="Next").click()
    form(page).get_by_label("Condition").select_option("is unknown")
    if not how:
        expect(form(page).get_by_label("Value")).to_have_count(0)
    form(page).get_by_role("button", name="Apply").click()
    expect(names(page)).to_have_text(["Crane", "Saw"])
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    page.get_by_role("link", name="Clear all filters").click()
    expect(names(page)).to_have_count(3)


@pytest.mark.usefixtures("three")
def test_db_40_a_filter_by_association_asks_step_by_step(page: Page, bob: Viewer, held: Held) -> None:
    person = make_contact(bob, "Dora Eng")
    relate(bob, person, make_deal(bob, "Big", amount=900), make_deal(bob, "Small", amount=3))
    page.goto("/objects/contacts?sort=lastname")
    page.get_by_role("main").get_by_role("link", name="Filter", exact=True).click()
    form(page).get_by_label("Property").select_option("Associated deals")
    form(page).get_by_label("What is asked").select_option("Amount")
    expect(form(page).get_by_label("It holds for")).to_be_visible()
    answer = held("**filter-quantity=not_associated**")
    form(page).get_by_label("It holds for").select_option("none of them")
    form(page).get_by_label("Condition").select_option("is greater than")
    form(page).get_by_label("Value").fill("500")
    answer()
    expect(page.locator(".htmx-request")).to_have_count(0)
    expect(form(page).get_by_label("Value")).to_have_value("500")
    form(page).get_by_role("button", name="Apply").click()
    expect(names(page)).to_have_text(["Ada Berg", "Bert Carl", "Cleo Dahl"])
    page.get_by_role("button", name="Change filter: Associated deals: none whose Amount").click()
    form(page).get_by_label("It holds for").select_option("one of them")
    form(page).get_by_role("button", name="Apply").click()
    expect(names(page)).to_have_text(["Dora Eng"])
    page.get_by_role("button", name="Change filter: Associated deals: one whose Amount").click()
    form(page).get_by_label("What is asked").select_option("How many there are")
    form(page).get_by_label("Condition").select_option("at least …")
    form(page).get_by_label("How many", exact=True).fill("2")
    form(page).get_by_role("button", name="Apply").click()
    expect(names(page)).to_have_text(["Dora Eng"])
    expect(chip(page, "Associated deals: at least 2")).to_be_visible()


def test_what_is_typed_into_a_filter_outlasts_a_table_that_is_read_anew(page_of: OpenPage, alice: Viewer) -> None:
    make_contact(alice, "Ada Berg", city="Oslo")
    page = page_of(alice)
    page.goto("/objects/contacts?filtering=new-0&filter-property=city")
    value = form(page).get_by_label("Value").first
    value.fill("Os")
    make_contact(alice, "Ben Stone", city="Oslo")
    page.locator("body").dispatch_event("records-changed")
    expect(page.get_by_role("link", name="Ben Stone", exact=True)).to_be_visible()
    expect(value).to_have_value("Os")
    form(page).get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Nothing matches this filter")).to_be_visible()
