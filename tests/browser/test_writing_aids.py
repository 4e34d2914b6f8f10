"""Drafts that survive, templates put in, files sent while writing, mentions chosen by quick fingers (SPEC 1.6, 8.4)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import unquote_plus

from playwright.sync_api import Page, Response, expect

from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.text_templates.operations import Content, create_template
from tests.browser.conftest import OpenPage
from tests.browser.screens import body_of, composer, item, open_record
from tests.browser.watch import Watch
from tests.factories import make_contact


def kept(page: Page, words: str) -> AbstractContextManager[object]:
    """Do something, and wait until the server has a draft in which these words are."""

    def has_them(answer: Response) -> bool:
        is_draft = "/activities/draft?" in answer.url and answer.status == 204
        return is_draft and words in unquote_plus(answer.request.post_data or "")

    return page.expect_response(has_them)


def test_a_draft_with_its_file_survives_a_reload_and_is_logged(page: Page, bob: Viewer) -> None:
    open_record(page, make_contact(bob, "Ada Berg"))
    page.keyboard.press("n")
    expect(body_of(composer(page))).to_be_focused()
    with kept(page, "Half a thought"):
        page.keyboard.type("Half a thought")
    with kept(page, "attached="):
        composer(page).get_by_label("Attach files").set_input_files(
            [{"name": "Plan.txt", "mimeType": "text/plain", "buffer": b"crates"}]
        )
    expect(composer(page).get_by_label("Plan.txt")).to_be_checked()
    page.reload()
    page.locator("#log-note").click()
    expect(body_of(composer(page))).to_have_text("Half a thought")
    expect(composer(page).get_by_role("button", name="Discard draft")).to_be_visible()
    composer(page).get_by_role("button", name="Create a note").click()
    expect(item(page, "Half a thought")).to_be_visible()
    expect(page.locator("#card-attachments")).to_contain_text("Plan.txt")
    page.locator("#log-note").click()
    expect(body_of(composer(page))).to_have_text("")


def test_a_template_is_put_in_and_what_is_missing_is_not_logged_unawares(
    page: Page, bob: Viewer, watch: Watch, demand_accessible: Callable[[Page], None]
) -> None:
    watch.allow(422, r"/activities$")
    end_read()
    with unit_of_work():
        body = "<p>Dear {{contact.firstname}}, how is {{contact.city}}?</p>"
        create_template(bob, Content("Greeting", ("note",), "", body, "private"))
    open_record(page, make_contact(bob, "Ada Berg"))
    page.keyboard.press("n")
    expect(body_of(composer(page))).to_be_focused()
    page.keyboard.type("First this.")
    composer(page).get_by_text("Templates", exact=True).click()
    composer(page).get_by_role("button", name="Greeting").click()
    expect(body_of(composer(page))).to_contain_text("First this.Dear Ada, how is {{contact.city}}?")
    demand_accessible(page)
    composer(page).get_by_role("button", name="Create a note").click()
    composer(page).get_by_label("Log it anyway").click()
    composer(page).get_by_role("button", name="Create a note").click()
    expect(item(page, "Dear Ada")).to_be_visible()


def test_a_template_is_written_with_tokens_from_the_list_and_seen_on_a_record(
    page_of: OpenPage, bob: Viewer, demand_accessible: Callable[[Page], None]
) -> None:
    make_contact(bob, "Ada Berg")
    page = page_of(bob, viewport={"width": 360, "height": 740})
    page.goto("/templates/new?kind=note")
    page.get_by_label("Name", exact=True).fill("Greeting")
    page.locator("[contenteditable]").click()
    page.keyboard.type("Dear ")
    page.get_by_text("Insert a token").click()
    page.locator(".token-group summary", has_text="Contact").click()
    page.get_by_role("button", name="First name {{contact.firstname}}").click()
    expect(page.locator(".template-sheet")).to_contain_text("Dear Ada")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    demand_accessible(page)
    page.get_by_role("button", name="Save template").click()
    expect(page.get_by_role("link", name="Greeting", exact=True)).to_be_visible()
    demand_accessible(page)


def test_enter_waits_for_the_people_of_the_letters_just_typed(page: Page, bob: Viewer) -> None:
    open_record(page, make_contact(bob))
    page.keyboard.press("n")
    expect(body_of(composer(page))).to_be_focused()
    page.keyboard.type("Ask @")
    expect(composer(page).get_by_role("option").first).to_contain_text("Alice Berg")
    page.route("**/people/suggestions**", lambda route: (page.wait_for_timeout(150), route.continue_()))
    page.keyboard.type("dan")
    page.keyboard.press("Enter")
    expect(body_of(composer(page))).to_have_text("Ask @Dana Holm\u00a0")
