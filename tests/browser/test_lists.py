"""Lists: made with the editor of filters, a record put on one, and deleting that is undone (SPEC 5.4)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.screens import dialog, open_record
from tests.factories import make_contact
from tests.support.lists import make_list

Demand = Callable[[Page], None]


@pytest.fixture
def ada(bob: Viewer) -> int:
    make_contact(bob, "Bert Holm", city="Rome")
    return make_contact(bob, "Ada Berg", city="Berlin")


@pytest.mark.usefixtures("ada")
def test_list_is_made_with_the_editor_and_keeps_what_was_typed(
    page: Page, work: Callable[[], None], demand_accessible: Demand
) -> None:
    page.goto("/lists/new?object=contacts")
    page.get_by_label("Name", exact=True).fill("Berliners")
    page.get_by_role("main").get_by_role("link", name="Filter", exact=True).click()
    form = page.get_by_role("form", name="Filter", exact=True)
    form.get_by_label("Property").select_option("City")
    form.get_by_label("Values, one on each line").fill("Berlin")
    form.get_by_role("button", name="Apply").click()
    expect(page.locator(".list-meeting")).to_have_text("1 contacts")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Berliners")
    demand_accessible(page)
    page.get_by_role("button", name="Save list").click()
    expect(page.get_by_role("heading", name="Berliners")).to_be_visible()
    work()
    page.reload()
    expect(page.locator("tbody th a").first).to_have_text("Ada Berg")
    demand_accessible(page)
    for part in ("Details", "Lists"):
        page.get_by_role("main").get_by_role("link", name=part, exact=True).click()
        expect(page.get_by_role("main")).to_contain_text("Created by")
        demand_accessible(page)


def test_record_is_put_on_a_list_in_a_dialog_and_its_card_counts(page: Page, bob: Viewer, ada: int) -> None:
    make_list(bob, "Guests")
    open_record(page, ada, "overview")
    card = page.locator("#card-list_memberships")
    expect(card).to_contain_text("On no list yet.")
    card.get_by_role("link", name="Manage lists").click()
    dialog(page).get_by_label("Guests").click()
    dialog(page).get_by_role("button", name="Save").click()
    expect(dialog(page)).to_have_count(0)
    expect(card.locator(".card-head .count")).to_have_text("1")
    expect(card.get_by_role("link", name="Guests")).to_be_visible()


def test_deleted_list_comes_back(page: Page, bob: Viewer) -> None:
    list_id = make_list(bob, "Guests")
    page.goto(f"/lists/{list_id}")
    page.get_by_role("main").locator("summary", has_text="Actions").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#lists")).to_contain_text("No lists yet")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Guests")).to_be_visible()
