"""A salesman of another team, who may see what his team owns, sees nothing of it in his browser (DESIGN 6)."""

from playwright.sync_api import expect

from crm.permissions.viewer import Viewer
from tests.browser.conftest import OpenPage
from tests.browser.watch import Watch
from tests.factories import make_company, make_contact, make_note, relate


def test_other_team_sees_none_of_it_on_any_page(page_of: OpenPage, bob: Viewer, charlie: Viewer, watch: Watch) -> None:
    watch.allow(404, r"/(records|activities)/\d+")
    contact, company = make_contact(bob, "Zanzibar Berg"), make_company(bob, "Zanzibar Trading")
    relate(bob, contact, company)
    note = make_note(bob, contact, "<p>Zanzibar is calling</p>")
    page = page_of(charlie)
    page.goto("/objects/contacts")
    expect(page.get_by_text("No contacts yet")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("zanzibar")
    expect(page.get_by_role("option")).to_have_text(["Search everything for “zanzibar”"])
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing matches “zanzibar”")).to_be_visible()
    page.goto("/objects/companies?q=zanzibar")
    expect(page.get_by_text("Nothing matches “zanzibar”")).to_be_visible()
    for address in (f"/records/{contact}", f"/records/{contact}/timeline", f"/activities/{note}"):
        page.goto(address)
        expect(page.get_by_text("404")).to_be_visible()
        expect(page.get_by_text("Zanzibar")).to_have_count(0)


def test_colleague_of_the_same_team_sees_it(page_of: OpenPage, alice: Viewer, bob: Viewer) -> None:
    contact = make_contact(alice, "Zanzibar Berg")
    page = page_of(bob)
    page.goto("/objects/contacts")
    page.get_by_role("link", name="Zanzibar Berg", exact=True).click()
    expect(page).to_have_url(f"/records/{contact}")


def test_who_may_only_look_is_offered_nothing_to_change(page_of: OpenPage, bob: Viewer, dana: Viewer) -> None:
    contact = make_contact(bob, "Ada Berg")
    make_note(bob, contact, "<p>Likes lemons</p>")
    page = page_of(dana)
    page.goto(f"/records/{contact}?tab=activities")
    expect(page.get_by_text("Likes lemons")).to_be_visible()
    expect(page.get_by_role("navigation", name="Log an activity")).to_have_count(0)
    expect(page.locator(".property-edit, .card-add")).to_have_count(0)
    page.get_by_label("Actions", exact=True).click()
    expect(page.locator(".menu-item", has_text="Copy link")).to_be_visible()
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)
