"""One activity on the timeline: opening, editing, comments, pin, delete and Undo (SPEC 1.6)."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from crm.clock import now
from crm.permissions.viewer import Viewer
from tests.browser.screens import choose, demand_focus, expand, item, items, open_record, title_of
from tests.browser.watch import Watch
from tests.factories import make_call, make_comment, make_company, make_contact, make_note, make_task, relate


def test_rec_28_right_arrow_expands_and_rec_27_down_arrow_collapses_one_item(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    make_note(bob, contact, "<p>Lemons</p>")
    make_note(bob, contact, "<p>Oranges</p>")
    open_record(page, contact)
    one, two = item(page, "Lemons"), item(page, "Oranges")
    title_of(one).click()
    expect(one.locator(".item-body")).to_be_visible()
    expect(title_of(one)).to_be_focused()
    expect(two.locator(".item-body")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(one.locator(".item-body")).to_have_count(0)
    expect(title_of(one)).to_be_focused()


def test_rec_20_expand_all_and_collapse_all(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    for number in range(3):
        make_call(bob, contact, title=f"Call {number}")
    open_record(page, contact)
    page.get_by_role("link", name="Expand all").click()
    expect(items(page).locator(".item-body")).to_have_count(3)
    expect(page.get_by_role("link", name="Collapse all")).to_be_focused()
    page.reload()
    expect(items(page).locator(".item-body")).to_have_count(3)
    page.get_by_role("link", name="Collapse all").click()
    expect(page.get_by_role("link", name="Expand all")).to_be_visible()
    expect(items(page).locator(".item-body")).to_have_count(0)


def test_rec_20_expand_all_applies_to_older_items_too(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    for number in range(33):
        make_note(bob, contact, f"<p>Note {number}</p>", activity_date=now() - timedelta(days=number))
    open_record(page, contact, state="&expanded=all")
    page.locator("a", has_text="Show older activity").scroll_into_view_if_needed()
    expect(items(page)).to_have_count(33)
    expect(items(page).locator(".item-body")).to_have_count(33)


def test_rec_28_expanded_activity_is_edited_in_place(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    make_call(bob, contact, title="First call", body="<p>Asked for <b>prices</b>.</p>")
    open_record(page, contact)
    shown = expand(page, "First call")
    choose(page, shown, "Edit")
    form = page.locator(".item-form")
    expect(form.locator(".editor-text")).to_be_focused()
    expect(form.locator(".editor-text b")).to_have_text("prices")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Twice.")
    form.get_by_label("Call title").fill("Second call")
    form.get_by_role("button", name="Save").click()
    changed = item(page, "Second call")
    expect(changed.locator(".rich")).to_contain_text("Asked for prices. Twice.")
    expect(changed.locator(".item-foot")).to_contain_text("Edited")
    expect(title_of(changed)).to_be_focused()
    page.reload()
    expect(item(page, "Second call")).to_be_visible()


def test_activity_edited_wrongly_keeps_what_was_typed(page: Page, bob: Viewer, watch: Watch) -> None:
    watch.allow(422, r"/activities/\d+$")
    contact = make_contact(bob)
    make_task(bob, contact, title="Send prices")
    open_record(page, contact)
    choose(page, item(page, "Send prices"), "Edit")
    form = page.locator(".item-form")
    form.get_by_label("Task title").fill("")
    form.get_by_role("textbox", name="Due date").fill("2030-01-02T10:00")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("Not saved yet")
    expect(form.get_by_label("Task title")).to_be_focused()
    expect(form.get_by_role("textbox", name="Due date")).to_have_value("2030-01-02T10:00")
    form.get_by_role("link", name="Cancel").click()
    expect(item(page, "Send prices")).to_be_visible()
    demand_focus(page)


def test_rec_29_comment_icon_expands_the_item_with_its_comments(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    note = make_note(bob, contact, "<p>With comment</p>")
    make_note(bob, contact, "<p>Without</p>")
    make_comment(bob, note, "Well done")
    open_record(page, contact)
    expect(item(page, "Without").locator(".item-comments")).to_have_count(0)
    item(page, "With comment").get_by_label("Comments: 1").click()
    expect(item(page, "With comment").locator(".comment")).to_contain_text("Well done")
    demand_focus(page)


def test_rec_30_comment_is_added_edited_and_deleted(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    make_note(bob, contact, "<p>A note</p>")
    open_record(page, contact)
    shown = expand(page, "A note")
    shown.get_by_role("link", name="Add comment").click()
    expect(shown.get_by_label("Add comment")).to_be_focused()
    page.keyboard.type("Ring them <b>twice</b>")
    shown.get_by_role("button", name="Comment", exact=True).click()
    expect(shown.locator(".comments-count")).to_have_text("1 comment")
    expect(shown.locator(".comment-body")).to_have_text("Ring them <b>twice</b>")
    shown.locator(".comment-actions").get_by_role("link", name="Edit").click()
    expect(shown.get_by_label("Edit comment")).to_be_focused()
    shown.get_by_label("Edit comment").fill("Ring them once")
    shown.get_by_role("button", name="Save").click()
    expect(shown.locator(".comment-body")).to_have_text("Ring them once")
    expect(shown.locator(".comment-head")).to_contain_text("Edited")
    expect(shown.locator(".comment-actions").get_by_role("link", name="Edit")).to_be_focused()
    shown.locator(".comment-actions").get_by_role("button", name="Delete").click()
    expect(shown.locator(".comment")).to_have_count(0)
    demand_focus(page)


def test_rec_30_number_of_comments_stands_at_the_bottom(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    note = make_note(bob, contact, "<p>A note</p>")
    make_comment(bob, note)
    make_comment(bob, note)
    open_record(page, contact)
    expect(expand(page, "A note").get_by_role("link", name="2 comments")).to_be_visible()


def test_empty_comment_is_refused(page: Page, bob: Viewer, watch: Watch) -> None:
    watch.allow(422, "/comments$")
    contact = make_contact(bob)
    make_note(bob, contact, "<p>A note</p>")
    open_record(page, contact)
    shown = expand(page, "A note")
    shown.get_by_role("link", name="Add comment").click()
    shown.get_by_role("button", name="Comment", exact=True).click()
    expect(shown.get_by_label("Add comment")).to_have_attribute("aria-invalid", "true")
    expect(shown.get_by_label("Add comment")).to_be_focused()


def test_activity_is_pinned_to_the_top_and_unpinned(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    make_note(bob, contact, "<p>Old and dear</p>", activity_date=now() - timedelta(days=100))
    make_note(bob, contact, "<p>New</p>")
    open_record(page, contact)
    expect(items(page)).to_contain_text(["New", "Old and dear"])
    choose(page, item(page, "Old and dear"), "Pin to top")
    expect(page.get_by_role("heading", name="Pinned")).to_be_visible()
    expect(items(page)).to_contain_text(["Old and dear", "New"])
    demand_focus(page)
    page.reload()
    expect(items(page)).to_contain_text(["Old and dear", "New"])
    choose(page, item(page, "Old and dear"), "Unpin")
    expect(page.get_by_role("heading", name="Pinned")).to_have_count(0)
    expect(items(page)).to_contain_text(["New", "Old and dear"])


def test_deleted_activity_comes_back_by_undo(page: Page, bob: Viewer) -> None:
    contact, company = make_contact(bob), make_company(bob)
    relate(bob, contact, company)
    make_note(bob, contact, "<p>By mistake</p>")
    open_record(page, contact)
    choose(page, item(page, "By mistake"), "Delete")
    expect(page.locator("[data-deleted]")).to_contain_text("Deleted.")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(item(page, "By mistake")).to_be_visible()
    expect(title_of(item(page, "By mistake"))).to_be_focused()
    open_record(page, company)
    expect(item(page, "By mistake")).to_be_visible()
    choose(page, item(page, "By mistake"), "Delete")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    open_record(page, contact)
    expect(items(page)).to_have_count(0)


def test_what_an_answer_brings_can_be_pressed_at_once(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    make_note(bob, contact, "<p>By mistake</p>")
    open_record(page, contact)
    page.evaluate(
        """new MutationObserver((_, observer) => {
            const undo = document.querySelector("[data-deleted] button");
            if (undo) { observer.disconnect(); window.pressed = true; undo.click(); }
        }).observe(document.body, { childList: true, subtree: true })"""
    )
    choose(page, item(page, "By mistake"), "Delete")
    expect(item(page, "By mistake").locator("time")).to_be_visible()
    expect(title_of(item(page, "By mistake"))).to_be_focused()
    assert page.evaluate("window.pressed"), "the whole page was loaded anew"


def test_older_activities_load_on_scrolling(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    for number in range(61):
        make_note(bob, contact, f"<p>Note number {number}.</p>", activity_date=now() - timedelta(days=number))
    open_record(page, contact)
    everything = page.locator("#timeline .item")
    expect(everything).to_have_count(30)
    page.mouse.move(700, 500)
    page.mouse.wheel(0, 20_000)
    expect(everything).to_have_count(60)
    page.mouse.wheel(0, 20_000)
    expect(everything).to_have_count(62)
    expect(item(page, "Note number 60.")).to_be_visible()
    months = page.locator(".month-title").all_text_contents()
    assert len(months) == len(set(months))


def test_older_activities_load_by_keyboard(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob)
    for number in range(31):
        make_note(bob, contact, f"<p>Note number {number}.</p>", activity_date=now() - timedelta(days=number))
    page.set_viewport_size({"width": 1400, "height": 500})
    open_record(page, contact)
    page.get_by_role("link", name="Show older activity").press("Enter")
    expect(items(page)).to_have_count(31)
    demand_focus(page)


def test_activity_has_an_address_of_its_own(page: Page, bob: Viewer) -> None:
    contact = make_contact(bob, "Ada Berg")
    make_call(bob, contact, title="First call", body="<p>Asked for prices.</p>")
    open_record(page, contact)
    choose(page, item(page, "First call"), "Open on its own page")
    expect(page.get_by_role("heading", name="First call", level=1)).to_be_visible()
    expect(page.get_by_text("Asked for prices.")).to_be_visible()
    page.get_by_role("link", name="Ada Berg").first.click()
    expect(page.get_by_role("heading", name="Ada Berg", level=1)).to_be_visible()
