"""Cards of the record page under real hands: dragged, folded, filled, with a mouse, a finger and a keyboard."""

from playwright.sync_api import Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.browser.screens import dialog, open_record
from tests.browser.watch import Watch
from tests.factories import make_contact

PHONE = {"width": 360, "height": 780}


def keys(page: Page, column: str) -> list[str]:
    found = page.locator(f"#cards-{column} > .card")
    return [one.removeprefix("card-") for one in found.evaluate_all("all => all.map((one) => one.id)")]


def drag(page: Page, key: str, onto: str) -> None:
    """Drag a card by its grip to the upper half of another."""
    page.locator(f"#card-{key} .card-head").first.hover()
    grip, target = page.locator(f"#card-{key} [data-grip]").bounding_box(), page.locator(f"#card-{onto}").bounding_box()
    assert grip
    assert target
    page.mouse.move(grip["x"] + 4, grip["y"] + 6)
    page.mouse.down()
    page.mouse.move(target["x"] + 40, target["y"] + 40, steps=4)
    page.mouse.move(target["x"] + 40, target["y"] + 4, steps=2)
    with page.expect_response(lambda answer: answer.url.endswith("/order")) as sent:
        page.mouse.up()
    assert sent.value.ok


def test_rec_39_and_40_a_section_is_dragged_and_folded_and_stays_so(page: Page, bob: Viewer, watch: Watch) -> None:
    contact = make_contact(bob)
    open_record(page, contact, "overview")
    before = keys(page, "right")
    drag(page, "linked-tickets", "linked-companies")
    wanted = ["linked-tickets", *(one for one in before if one != "linked-tickets")]
    assert keys(page, "right") == wanted
    page.locator("#fold-linked-deals").click()
    expect(page.locator("#card-linked-deals .card-body")).to_have_count(0)
    expect(page.locator("#fold-linked-deals")).to_be_focused()
    page.locator("#card-linked-tickets").get_by_label("Actions for Tickets").click()
    page.locator("#card-linked-tickets > .card-head").get_by_role("button", name="Move down").click()
    expect(page.locator("#cards-right > .card").nth(1)).to_have_id("card-linked-tickets")
    expect(page.locator("#card-linked-tickets > .card-head summary")).to_be_focused()
    page.reload()
    assert keys(page, "right")[:2] == [before[0], "linked-tickets"]
    expect(page.locator("#fold-linked-deals")).to_have_attribute("aria-expanded", "false")
    page.locator("#fold-linked-deals").press("Enter")
    expect(page.locator("#card-linked-deals .card-body")).to_be_visible()


def test_own_properties_are_chosen_in_a_dialog(page: Page, bob: Viewer, watch: Watch) -> None:
    open_record(page, make_contact(bob, "Ada Berg", city="Oslo"), "overview")
    page.locator("#card-about").get_by_label("Actions for About this contact").click()
    page.locator("#choose-about").click()
    dialog(page).get_by_label("Another property").select_option(label="City")
    dialog(page).get_by_role("button", name="Add").click()
    expect(page.locator("#card-about")).to_contain_text("Oslo")
    dialog(page).get_by_role("button", name="As everybody sees it").click()
    expect(page.locator("#card-about")).not_to_contain_text("Oslo")
    dialog(page).get_by_role("link", name="Done").click()
    expect(dialog(page)).to_have_count(0)


def test_rec_65_on_a_phone_without_javascript_sections_are_moved_and_folded(page_of: OpenPage, bob: Viewer) -> None:
    contact = make_contact(bob)
    page = page_of(bob, viewport=PHONE, java_script_enabled=False)
    open_record(page, contact, "overview")
    page.locator("[name=column][value=right] + span").click()
    page.locator("#card-linked-deals").get_by_label("Actions for Deals").click()
    page.get_by_role("button", name="Move up").click()
    page.locator("[name=column][value=right] + span").click()
    expect(page.locator("#cards-right > .card").first).to_have_id("card-linked-deals")
    page.locator("#fold-linked-deals").click()
    page.locator("[name=column][value=right] + span").click()
    expect(page.locator("#card-linked-deals .card-body")).to_have_count(0)
    expect(page.locator("#card-about")).to_be_hidden()
