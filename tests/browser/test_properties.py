"""Properties in the settings: made, used in forms, lists and on records, put in order, archived; on a phone, too."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from crm.db import end_read, unit_of_work
from crm.objects.definitions.base import OptionDefinition
from crm.objects.properties import create_property
from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.browser.test_phone import FINGER, PHONE, too_wide
from tests.browser.watch import Watch
from tests.factories import make_contact

BASE = "/settings/objects/contacts/properties"
COLORS = (OptionDefinition("red", "Red", "red"), OptionDefinition("green", "Green"), OptionDefinition("blue", "Blue"))
PAGES = (
    BASE,
    f"{BASE}?q=nobody",
    f"{BASE}/new",
    f"{BASE}/new?type=dropdown",
    f"{BASE}/new?type=number",
    f"{BASE}/mood",
    f"{BASE}/mood/options",
    f"{BASE}/mood/option?value=red",
    f"{BASE}/mood/type?type=text",
    f"{BASE}/mood/uses",
    f"{BASE}/email/uses",
    "/settings/objects/contacts/groups",
    "/settings/objects/contacts/groups/contact",
)
TARGETS = ".settings-page :is(.button, .input, .tab)"


@pytest.fixture
def mood(alice: Viewer) -> str:
    end_read()
    with unit_of_work():
        return create_property("contact", "Mood", "dropdown", "contact", COLORS).name


def test_db_12_a_property_is_made_and_edited_on_a_record(page_of: OpenPage, alice: Viewer) -> None:
    contact = make_contact(alice, "Ada Berg")
    page = page_of(alice)
    page.goto(BASE)
    page.get_by_role("link", name="Create property").click()
    page.get_by_role("link", name="Dropdown").first.click()
    page.get_by_label("Name", exact=True).fill("Favourite fruit")
    page.get_by_label("Options, one to a line").fill("Apple\nPear\nLemon")
    page.get_by_role("button", name="Create property").click()
    expect(page.get_by_role("heading", name="Favourite fruit")).to_be_visible()
    page.goto(f"/records/{contact}/properties/favourite_fruit/edit")
    page.get_by_role("main").get_by_role("combobox").select_option("pear")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Save")).to_be_hidden()
    page.goto(f"/records/{contact}/properties?q=fruit")
    expect(page.get_by_role("main").get_by_text("Pear")).to_be_visible()


def test_a_name_like_another_is_told_while_typing_and_asked_about(
    page_of: OpenPage, watch: Watch, alice: Viewer, mood: str
) -> None:
    watch.allow(422, "/properties/new$")
    page = page_of(alice)
    page.goto(f"{BASE}/new?type=text")
    page.get_by_label("Name", exact=True).press_sequentially("Moods")
    expect(page.locator("#similar").get_by_role("link", name="Mood")).to_be_visible()
    page.get_by_role("button", name="Create property").click()
    expect(page.get_by_role("alert")).to_contain_text("similar name")
    page.get_by_role("button", name="Create anyway").click()
    expect(page.get_by_role("heading", name="Moods")).to_be_visible()


def test_options_are_put_in_order_by_keyboard(page_of: OpenPage, alice: Viewer, mood: str) -> None:
    page = page_of(alice)
    page.goto(f"{BASE}/{mood}/options")
    down = page.get_by_role("button", name="Move Red down")
    down.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".settings-row-name")).to_have_text(["Green", "Red", "Blue"])
    expect(page.get_by_role("button", name="Move Red down")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".settings-row-name")).to_have_text(["Green", "Blue", "Red"])


def test_without_script_a_property_is_made_ordered_and_archived(page_of: OpenPage, alice: Viewer, mood: str) -> None:
    page = page_of(alice, java_script_enabled=False)
    page.goto(f"{BASE}/{mood}/options")
    page.get_by_role("button", name="Move Blue up").click()
    expect(page.locator(".settings-row-name")).to_have_text(["Red", "Blue", "Green"])
    page.get_by_label("Name", exact=True).fill("Violet")
    page.get_by_role("button", name="Add option").click()
    expect(page.locator(".settings-row-name").last).to_have_text("Violet")
    page.get_by_role("link", name="Used in").click()
    page.get_by_role("button", name="Archive property").click()
    expect(page.get_by_text("is archived")).to_be_visible()
    page.goto(f"{BASE}/{mood}")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("link", name="Details")).to_be_visible()


def test_what_cannot_be_taken_stands_in_the_form_with_its_message(
    page_of: OpenPage, watch: Watch, alice: Viewer
) -> None:
    watch.allow(422, "/properties/new$")
    page = page_of(alice)
    page.goto(f"{BASE}/new?type=number")
    page.get_by_label("Name", exact=True).fill("Weight")
    page.get_by_label("Default value").fill("heavy")
    page.get_by_role("button", name="Create property").click()
    expect(page.get_by_label("Default value")).to_have_value("heavy")
    expect(page.get_by_text("“heavy” is not a number.")).to_be_visible()


def test_axe_finds_nothing_serious_in_pages_of_properties(
    page_of: OpenPage, alice: Viewer, mood: str, demand_accessible: Callable[[Page], None]
) -> None:
    page = page_of(alice)
    for address in PAGES:
        page.goto(address)
        demand_accessible(page)


def test_pages_of_properties_fit_a_phone(page_of: OpenPage, alice: Viewer, mood: str) -> None:
    page = page_of(alice, viewport=PHONE, has_touch=True, is_mobile=True)
    for address in PAGES:
        page.goto(address)
        assert too_wide(page) <= 0, address
        small = page.evaluate(
            """([selector, finger]) => [...document.querySelectorAll(selector)]
            .filter(one => one.offsetParent && one.getBoundingClientRect().height < finger)
            .map(one => one.textContent.trim() || one.name)""",
            [TARGETS, FINGER],
        )
        assert not small, f"{address}: {small}"
