"""On a phone of 360 pixels: nothing scrolls sideways, columns are tabs, a finger hits what it aims at (QUALITY 4)."""

import pytest
from playwright.sync_api import Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.browser.screens import body_of, composer, dialog, expand, item, open_record
from tests.factories import make_activity, make_company, make_contact, make_deal, relate

PHONE = {"width": 360, "height": 780}
FINGER = 44
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
ADDRESSES = (
    "/objects/contacts",
    "/objects/deals?sort=amount",
    "/objects/contacts/new",
    "/objects/tasks",
    "/objects/contacts/selected?action=associate&all=1",
    "/objects/leads/new?associate_with={record}",
    "/records/{record}/addresses",
    "/objects/contacts?q=nobody",
    "/records/{record}?tab=overview",
    "/records/{record}?tab=activities",
    "/records/{record}?tab=activities&expanded=all",
    "/records/{record}?tab=activities&q=lemons&kind=note",
    "/records/{record}/timeline",
    "/records/{record}/preview",
    "/records/{record}/properties/phone/edit",
    "/records/{record}/associations/deals/add",
    "/records/{record}/activities/new?kind=email",
    "/activities/{activity}",
    "/activities/{activity}/edit",
    "/activities/{activity}/comments",
    "/activities/{activity}/associations",
    "/search?q=ada",
    "/signed-out",
)
TARGETS = ".button, .nav-link, .tab, .pill, .kind, .menu > details > summary, .find-input, .more, .input"


@pytest.fixture
def phone(page_of: OpenPage, bob: Viewer) -> Page:
    return page_of(bob, viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)


@pytest.fixture
def places(bob: Viewer) -> dict[str, int]:
    email = f"a@{'x' * 60}.com"
    contact = make_contact(bob, f"Ada {LONG}", phone="+46701740605", jobtitle="Buyer of fruit", email=email)
    relate(bob, contact, make_company(bob, LONG), make_deal(bob, "Ten tons of lemons by ship and rail"))
    for kind in ("call", "task", "meeting", "email"):
        make_activity(bob, kind, contact)
    return {"record": contact, "activity": make_activity(bob, "note", contact, body=f"<p>{LONG} lemons</p>")}


def too_wide(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def small_targets(page: Page) -> list[str]:
    """Controls on the screen that a finger may miss."""
    return page.evaluate(
        """([targets, finger]) => [...document.querySelectorAll(targets)]
            .filter((one) => one.checkVisibility() && !one.closest("[hidden], .hide-visually"))
            .map((one) => [one, one.getBoundingClientRect()])
            .filter(([, box]) => box.width > 1 && (box.height < finger - 0.5 || box.width < 24))
            .map(([one, box]) => `${one.outerHTML.slice(0, 90)} is ${box.width} x ${box.height}`)""",
        [TARGETS, FINGER],
    )


def test_rec_65_no_page_scrolls_sideways_and_main_controls_fit_a_finger(phone: Page, places: dict[str, int]) -> None:
    faults = []
    for address in ADDRESSES:
        phone.goto(address.format_map(places))
        if too_wide(phone) > 0:
            faults.append(f"{address} is {too_wide(phone)} pixels too wide")
        faults += [f"{address}: {target}" for target in small_targets(phone)]
    assert not faults, "\n".join(faults)


def test_sign_in_fits_a_phone(page_of: OpenPage) -> None:
    page = page_of(None, viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto("/login")
    assert too_wide(page) <= 0
    assert not small_targets(page)


def test_rec_65_columns_of_a_record_are_tabs(phone: Page, places: dict[str, int]) -> None:
    open_record(phone, places["record"])
    timeline, about, related = phone.locator("#timeline"), phone.locator("#card-about"), phone.locator("#record-right")
    expect(timeline).to_be_visible()
    expect(about).to_be_hidden()
    phone.get_by_text("About", exact=True).tap()
    expect(about).to_be_visible()
    expect(timeline).to_be_hidden()
    assert too_wide(phone) <= 0
    assert not small_targets(phone)
    phone.get_by_text("Related", exact=True).tap()
    expect(related).to_be_visible()
    expect(about).to_be_hidden()
    assert too_wide(phone) <= 0
    assert not small_targets(phone)


def test_note_is_written_on_a_phone(phone: Page, places: dict[str, int]) -> None:
    open_record(phone, places["record"])
    phone.get_by_role("link", name="Note", exact=True).tap()
    expect(body_of(composer(phone))).to_be_visible()
    assert too_wide(phone) <= 0
    assert not small_targets(phone)
    body_of(composer(phone)).fill("Written on the tram")
    composer(phone).get_by_role("button", name="Create a note").tap()
    expect(item(phone, "Written on the tram")).to_be_visible()


def test_pop_up_and_menus_stay_on_the_screen_of_a_phone(phone: Page, places: dict[str, int]) -> None:
    open_record(phone, places["record"])
    shown = expand(phone, "lemons")
    shown.get_by_label("Actions", exact=True).tap()
    menu = shown.locator(".menu-list")
    expect(menu).to_be_visible()
    box = menu.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    phone.keyboard.press("Escape")
    shown.locator(".item-facts a.item-link").tap()
    expect(dialog(phone)).to_be_visible()
    assert too_wide(phone) <= 0
    assert not small_targets(phone)
    dialog(phone).get_by_label("Close").tap()
    phone.locator("#kinds-button").tap()
    kinds = phone.locator(".filters .menu-list")
    expect(kinds).to_be_visible()
    box = kinds.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
