"""Creating records in the panel beside a page, and without JavaScript on a page of their own (SPEC 3, DB-15, DB-30)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.conftest import Held, OpenPage
from tests.browser.screens import open_record
from tests.browser.watch import Watch
from tests.factories import make_company, make_contact, make_deal
from tests.factories.property_settings import set_property

PHONE = {"width": 360, "height": 740}
REASON = {"name": "closed_lost_reason", "required": True}
LOST = {"operator": "any_of", "values": ["closedlost"], "dependents": [REASON]}
FITS = "document.documentElement.scrollWidth <= window.innerWidth"


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog")


def open_panel(page: Page, kind: str) -> Locator:
    page.get_by_role("banner").get_by_text("Create").click()
    page.get_by_role("banner").get_by_role("link", name=kind, exact=True).click()
    expect(panel(page).get_by_role("heading", level=2)).to_have_text(f"Create {kind.lower()}")
    return panel(page)


def create_button(page: Page) -> Locator:
    return panel(page).get_by_role("button", name="Create", exact=True)


@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_db_15_a_record_is_made_in_the_panel_beside_the_list(
    page_of: OpenPage, bob: Viewer, size: dict[str, int] | None, demand_accessible: Callable[[Page], None]
) -> None:
    page = page_of(bob, **({"viewport": size} if size else {}))
    page.goto("/objects/deals")
    page.locator("#create-record").click()
    expect(panel(page).get_by_label("Deal name")).to_be_focused()
    expect(create_button(page)).to_be_disabled()
    demand_accessible(page)
    assert page.evaluate(FITS)
    page.keyboard.type("Ten tons")
    expect(create_button(page)).to_be_enabled()
    page.keyboard.press("Enter")
    expect(panel(page)).to_have_count(0)
    expect(page.locator("#index-table").get_by_role("link", name="Ten tons", exact=True)).to_be_visible()
    toast = page.get_by_role("region", name="Messages")
    expect(toast).to_contain_text("A new deal was created.")
    toast.get_by_role("link", name="Go to record").click()
    expect(page.get_by_role("heading", name="Ten tons", level=1)).to_be_visible()


def test_create_and_add_another_empties_the_panel_and_keeps_it(page: Page) -> None:
    page.goto("/objects/companies")
    form = open_panel(page, "Company")
    form.get_by_label("Company name").fill("Lemon Ltd")
    form.get_by_role("button", name="Create and add another").click()
    expect(form.get_by_label("Company name")).to_have_value("")
    expect(create_button(page)).to_be_disabled()
    form.get_by_label("Company name").fill("Lime Ltd")
    create_button(page).click()
    expect(panel(page)).to_have_count(0)
    for name in ("Lemon Ltd", "Lime Ltd"):
        expect(page.locator("#index-table").get_by_role("link", name=name, exact=True)).to_have_count(1)


def test_a_click_beside_the_panel_keeps_what_was_typed(page: Page) -> None:
    page.goto("/objects/deals")
    form = open_panel(page, "Deal")
    form.get_by_label("Deal name").fill("Ten tons")
    page.mouse.click(100, 400)
    expect(form.get_by_label("Deal name")).to_have_value("Ten tons")
    form.get_by_role("link", name="Cancel").click()
    expect(panel(page)).to_have_count(0)
    open_panel(page, "Deal")
    page.mouse.click(100, 400)
    expect(panel(page)).to_have_count(0)


@pytest.mark.parametrize("typed", ["ada@example.com", "ada@work.example"])
def test_a_known_address_is_said_while_it_is_typed_and_blocks(page: Page, bob: Viewer, typed: str) -> None:
    make_contact(bob, "Ada Berg", email="ada@example.com", hs_additional_emails="ada@work.example")
    page.goto("/objects/contacts")
    form = open_panel(page, "Contact")
    form.get_by_label("Email").press_sequentially(typed)
    expect(form.get_by_text("Ada Berg already has this Email.")).to_be_visible()
    expect(create_button(page)).to_be_disabled()
    form.get_by_label("Email").press_sequentially("x")
    expect(create_button(page)).to_be_enabled()
    form.get_by_label("Email").fill(typed)
    form.get_by_role("link", name="Open it").click()
    expect(page.get_by_role("heading", name="Ada Berg", level=1)).to_be_visible()


def test_several_records_are_associated_as_it_is_made(page: Page, bob: Viewer) -> None:
    make_company(bob, "Orange Inc"), make_contact(bob, "John Doe"), make_deal(bob, "Peel")
    page.goto("/objects/tickets")
    form = open_panel(page, "Ticket")
    form.get_by_label("Ticket name").fill("Crates arrive wet")
    search = form.get_by_role("searchbox")
    search.press_sequentially("ora")
    form.get_by_label("Orange Inc").click()
    search.fill("john")
    form.get_by_label("John Doe").click()
    expect(form.get_by_label("Orange Inc")).to_be_checked()
    create_button(page).click()
    page.get_by_role("link", name="Go to record").click()
    expect(page.locator("#card-linked-companies .association-name")).to_have_text(["Orange Inc"])
    expect(page.locator("#card-linked-contacts .association-name")).to_have_text(["John Doe"])


def test_what_is_typed_while_the_fields_are_shown_anew_stays(page: Page, held: Held) -> None:
    set_property("deal", "dealstage", conditions=[LOST])
    page.goto("/objects/deals")
    form = open_panel(page, "Deal")
    form.get_by_label("Deal name").fill("Ten tons")
    answer = held("**/objects/deals/new")
    form.get_by_label("Deal stage").select_option("closedlost")
    form.get_by_label("Priority").select_option("high")
    form.get_by_label("Deal name").fill("Twenty tons")
    form.get_by_label("Amount").fill("12")
    answer()
    expect(form.get_by_label("Closed lost reason")).to_be_visible()
    expect(form.get_by_label("Amount")).to_be_focused()
    page.keyboard.type("5")
    expect(form.get_by_label("Amount")).to_have_value("125")
    expect(form.get_by_label("Priority")).to_have_value("high")
    expect(form.get_by_label("Deal name")).to_have_value("Twenty tons")
    expect(form.get_by_label("Deal stage")).to_have_value("closedlost")


def test_a_lead_waits_until_it_is_about_somebody(page: Page, bob: Viewer) -> None:
    make_deal(bob, "Orange crates"), make_company(bob, "Orange Inc")
    page.goto("/objects/leads")
    form = open_panel(page, "Lead")
    form.get_by_label("Lead name").fill("Fair")
    form.get_by_role("searchbox").fill("orange")
    form.get_by_label("Orange crates").click()
    expect(create_button(page)).to_be_disabled()
    form.get_by_label("Orange Inc").click()
    expect(create_button(page)).to_be_enabled()
    create_button(page).click()
    expect(page.locator("#index-table").get_by_role("link", name="Fair", exact=True)).to_be_visible()


def test_db_30_three_contacts_are_made_on_the_card_of_one_company(page: Page, bob: Viewer) -> None:
    open_record(page, make_company(bob, "Orange Inc"), "overview")
    card = page.locator("#card-linked-contacts")
    for number, name in enumerate(["Ada", "Eva", "Mia"], 1):
        card.get_by_role("link", name="Add contacts").click()
        panel(page).get_by_role("link", name="Create new").click()
        panel(page).get_by_label("First name").fill(name)
        panel(page).get_by_role("button", name="Create and link").click()
        expect(card.locator(".count")).to_have_text(str(number))
    expect(card.locator(".association-name")).to_have_text(["Mia", "Eva", "Ada"])


def test_db_15_without_script_the_form_is_a_page(page_of: OpenPage, bob: Viewer, watch: Watch) -> None:
    watch.allow(422, "/objects/contacts/new$")
    make_company(bob, "Orange Inc")
    make_contact(bob, "Ada Berg", email="ada@example.com")
    page = page_of(bob, java_script_enabled=False)
    page.goto("/objects/contacts")
    page.locator("#create-record").click()
    form = page.get_by_role("main")
    form.get_by_label("Email").fill("ada@example.com")
    form.get_by_label("Last name").fill("Doe")
    form.get_by_role("searchbox").fill("orange")
    form.get_by_role("button", name="Search").click()
    form.get_by_label("Orange Inc").click()
    form.get_by_role("button", name="Create", exact=True).click()
    expect(form.locator(".field-error")).to_contain_text("Ada Berg already has this Email.")
    form.get_by_label("Email").fill("doe@example.com")
    form.get_by_role("button", name="Create and add another").click()
    expect(form.get_by_label("Last name")).to_have_value("")
    expect(page.get_by_role("region", name="Messages")).to_contain_text("A new contact was created.")
    page.get_by_role("link", name="Go to record").click()
    expect(page.locator("#card-linked-companies .association-name").first).to_have_text("Orange Inc")


def test_addresses_are_added_made_primary_and_deleted_beside_the_record(page: Page, bob: Viewer, watch: Watch) -> None:
    watch.allow(422, "/addresses$")
    open_record(page, make_contact(bob, "Ada Berg", email="ada@example.com"), "overview")
    card = page.locator("#property-email")
    card.get_by_role("link", name="ada@example.com").click()
    new = panel(page).get_by_label("Add an e-mail address")
    expect(new).to_be_focused()
    new.fill("nonsense")
    page.keyboard.press("Enter")
    expect(panel(page).locator(".field-error")).to_contain_text("is not an e-mail address")
    panel(page).get_by_label("Add an e-mail address").fill("ada@work.example")
    page.keyboard.press("Enter")
    expect(card.locator(".property-more")).to_have_text("ada@work.example")
    panel(page).get_by_role("button", name="Set ada@work.example as primary").click()
    expect(card.get_by_role("link", name="ada@work.example")).to_have_count(1)
    expect(page.locator("#record-header")).to_contain_text("ada@work.example")
    panel(page).get_by_role("button", name="Delete ada@example.com").click()
    expect(card.locator(".property-more")).to_have_count(0)
    panel(page).get_by_role("link", name="Close").click()
    expect(panel(page)).to_have_count(0)


def test_without_script_addresses_are_a_page(page_of: OpenPage, bob: Viewer) -> None:
    page = page_of(bob, java_script_enabled=False, viewport=PHONE)
    orange = make_company(bob, "Orange Inc", domain="orange.example")
    page.goto(f"/records/{orange}/addresses")
    page.get_by_label("Add a domain").fill("fruit.example")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Set fruit.example as primary").click()
    expect(page.locator(".address").first).to_contain_text("fruit.example Primary", use_inner_text=True)


@pytest.mark.parametrize("scripted", [True, False], ids=["scripted", "scriptless"])
def test_the_create_form_is_put_in_order_in_the_settings(
    page_of: OpenPage, alice: Viewer, scripted: bool, demand_accessible: Callable[[Page], None]
) -> None:
    page = page_of(alice, java_script_enabled=scripted, viewport=PHONE)
    page.goto("/settings/objects/deals/create-form")
    if scripted:
        demand_accessible(page)
        assert page.evaluate(FITS)
    page.get_by_label("One more property").select_option(label="Next step")
    page.get_by_role("button", name="Add to the form").click()
    page.get_by_role("button", name="Move Next step up").press("Enter")
    page.get_by_role("button", name="Take Priority out").click()
    expect(page.locator(".form-line strong").last).to_have_text("Next step")
    page.get_by_label("Required: Next step").click()
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("region", name="Messages")).to_contain_text("Saved.")
    page.get_by_role("link", name="Look at the form").click()
    expect(page.get_by_label("Next step")).to_have_attribute("required", "")
    expect(page.get_by_label("Priority")).to_have_count(0)
