"""A timeline that reloads itself disturbs nobody who is reading or writing in it."""

from playwright.sync_api import Page, expect

from crm.permissions.viewer import Viewer
from tests.browser.screens import body_of, choose, expand, item, items, open_record, property_of
from tests.factories import make_call, make_comment, make_contact, make_note, make_task


def change_stage(page: Page, text: str) -> None:
    """Change a property on the About card, where it stands."""
    shown = property_of(page, "lifecyclestage")
    shown.hover()
    shown.locator(".property-edit").click()
    property_of(page, "lifecyclestage").locator("select").select_option(label=text)
    property_of(page, "lifecyclestage").get_by_role("button", name="Save").click()


def test_a_change_of_the_record_appears_on_its_timeline_at_once(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    make_note(bob, contact, "<p>Lemons</p>")
    make_note(bob, contact, "<p>Oranges</p>")
    open_record(page, contact)
    expand(page, "Lemons")
    change_stage(page, "Customer")
    expect(page.locator("#timeline")).to_contain_text("changed the lifecycle stage")
    expect(item(page, "Lemons").locator(".item-body")).to_be_visible()
    expect(item(page, "Oranges").locator(".item-body")).to_have_count(0)


def test_what_is_being_written_stays_when_the_timeline_reloads(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    make_note(bob, contact, "<p>Lemons</p>")
    make_comment(bob, make_call(bob, contact, title="First call"), "Well done")
    open_record(page, contact)
    choose(page, item(page, "Lemons"), "Edit")
    form = page.locator(".item-form")
    body_of(form).fill("Half a sentence")
    page.locator(".item-comments").click()
    draft = item(page, "First call").get_by_placeholder("Add comment")
    draft.fill("Half a comment")
    change_stage(page, "Customer")
    expect(page.locator("#timeline")).to_contain_text("changed the lifecycle stage")
    expect(body_of(form)).to_have_text("Half a sentence")
    expect(draft).to_have_value("Half a comment")
    body_of(form).press_sequentially(" more")
    form.get_by_role("button", name="Save").click()
    expect(item(page, "more")).to_have_count(1)
    draft.press("Tab")
    item(page, "First call").get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator(".item-comments")).to_have_text("2")


def test_a_task_that_is_completed_leaves_the_upcoming_ones_at_once(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    make_task(bob, contact, title="Send prices")
    open_record(page, contact)
    expect(page.locator(".month-title", has_text="Upcoming")).to_have_count(1)
    choose(page, item(page, "Send prices"), "Edit")
    form = page.locator(".item-form")
    form.locator("select[name=status]").select_option(label="Completed")
    form.get_by_role("button", name="Save").click()
    expect(page.locator(".month-title", has_text="Upcoming")).to_have_count(0)
    expect(items(page)).to_have_count(1)
    expect(item(page, "Task completed by Bob Stone").locator(".item-body")).to_be_visible()


def test_a_pin_that_drove_out_another_is_undone(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    for text in ("Lemons", "Oranges"):
        make_note(bob, contact, f"<p>{text}</p>")
    open_record(page, contact)
    pinned = page.locator(".month", has=page.locator(".month-title", has_text="Pinned"))
    for text in ("Lemons", "Oranges"):
        choose(page, item(page, text), "Pin to top")
        expect(pinned).to_contain_text(text)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(pinned).to_contain_text("Lemons")
