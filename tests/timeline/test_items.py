"""One entry of the timeline: expanding, editing, comments and associations where it stands (REC-20, REC-27 to 31)."""

from datetime import timedelta

import pytest

from crm.activities.operations import update_activity
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from tests.factories import make_activity, make_call, make_comment, make_company, make_note, make_task
from tests.support.html import Element
from tests.timeline.conftest import NOON, Screen, items, titles


def activities(page: Element) -> list[Element]:
    """The items that are activities."""
    return [item for item in items(page) if "data-system" not in item]


def opener(item: Element) -> str:
    """The address behind an item's title: its other state."""
    return item.one("h4", css="item-title").one("a")["hx-get"]


@pytest.fixture
def note(alice: Viewer, contact: int) -> int:
    """A note on the contact."""
    return make_note(alice, contact, "<p>Prefers <b>blood</b> oranges</p>")


@pytest.fixture
def item(screen: Screen, note: int) -> Element:
    """The note, collapsed."""
    return activities(screen.open())[0]


def test_rec_20_expand_all_opens_every_item_and_collapse_all_closes_them(
    alice: Viewer, screen: Screen, contact: int
) -> None:
    make_note(alice, contact)
    make_call(alice, contact)
    make_task(alice, contact)
    page = screen.open()
    assert not [one for one in activities(page) if "data-expanded" in one]
    expanded = screen.follow(page.one("a", id="expand-all")["href"], fragment=True)
    assert expanded.one("a", id="expand-all").text == "Collapse all"
    assert all("data-expanded" in one for one in activities(expanded))
    collapsed = screen.follow(expanded.one("a", id="expand-all")["href"], fragment=True)
    assert not [one for one in activities(collapsed) if "data-expanded" in one]


def test_rec_20_older_items_come_expanded_too(alice: Viewer, screen: Screen, contact: int) -> None:
    for _ in range(31):
        make_note(alice, contact)
    page = screen.open("expanded=all")
    more = screen.follow(page.one("p", css="month-more").one("a")["href"], fragment=True)
    assert all("data-expanded" in one for one in activities(more))


def test_rec_28_the_title_expands_one_item(screen: Screen, item: Element) -> None:
    expanded = screen.follow(opener(item), fragment=True).one("article")
    assert expanded["id"] == item["id"]
    assert "data-expanded" in expanded
    assert expanded.one("div", css="rich").text == "Prefers blood oranges"
    assert expanded.one("h4").one("a")["aria-expanded"] == "true"


def test_rec_27_the_title_of_an_expanded_item_collapses_it(screen: Screen, item: Element) -> None:
    expanded = screen.follow(opener(item), fragment=True).one("article")
    collapsed = screen.follow(opener(expanded), fragment=True).one("article")
    assert "data-expanded" not in collapsed
    assert not collapsed.all("div", css="rich")


def test_rec_27_other_items_stay_as_they_are(alice: Viewer, screen: Screen, contact: int, item: Element) -> None:
    make_call(alice, contact)
    fragment = screen.follow(opener(item), fragment=True)
    assert [one["id"] for one in items(fragment)] == [item["id"]]


def test_rec_28_an_expanded_item_can_be_edited_where_it_stands(
    screen: Screen, contact: int, note: int, item: Element
) -> None:
    menu = screen.follow(f"/activities/{note}/menu?record={contact}", fragment=True)
    edit = next(one["hx-get"] for one in menu.all("a") if one.text == "Edit")
    form = screen.follow(edit, fragment=True).one("form")
    fields = form.fields() | {"body": "<p>Prefers <b>lemons</b></p>"}
    saved = screen.send(form["hx-post"], **fields).one("article")
    assert saved["id"] == item["id"]
    assert saved.one("div", css="rich").text == "Prefers lemons"
    assert "Edited" in saved.text
    assert titles(screen.open()) == ["Prefers lemons"]


def test_without_htmx_the_title_leads_to_the_activitys_own_page(screen: Screen, note: int, item: Element) -> None:
    own_page = f"/activities/{note}?record={screen.record_id}"
    assert item.one("h4").one("a")["href"] == own_page
    answer = screen.browser.get(opener(item))
    assert (answer.status_code, answer.location) == (303, own_page)


def test_rec_29_there_is_a_comment_icon_only_with_comments(alice: Viewer, screen: Screen, note: int) -> None:
    assert not activities(screen.open())[0].all("a", css="item-comments")
    make_comment(alice, note)
    make_comment(alice, note)
    assert activities(screen.open())[0].one("a", css="item-comments").text == "2"


def test_rec_29_the_comment_icon_expands_the_item_with_its_comments(alice: Viewer, screen: Screen, note: int) -> None:
    make_comment(alice, note, "Ask again in May")
    icon = activities(screen.open())[0].one("a", css="item-comments")
    expanded = screen.follow(icon["hx-get"], fragment=True).one("article")
    assert "data-expanded" in expanded
    assert expanded.one("p", css="comment-body").text == "Ask again in May"


def test_rec_30_the_label_under_an_item_turns_from_add_to_the_count(
    alice: Viewer, screen: Screen, note: int, item: Element
) -> None:
    footer = screen.follow(opener(item), fragment=True).one("footer", css="item-foot")
    link = footer.one("div", css="comments").one("a")
    assert link.text == "Add comment"
    form = screen.follow(link["hx-get"], fragment=True).one("form", css="comment-form")
    first = screen.send(form["hx-post"], body="Ask again in May")
    assert first.one("p", css="comments-count").text == "1 comment"
    second = screen.send(form["hx-post"], body="Or in June")
    assert second.one("p", css="comments-count").text == "2 comments"
    footer = screen.follow(opener(item), fragment=True).one("footer", css="item-foot")
    assert footer.one("div", css="comments").one("a").text == "2 comments"


def test_rec_31_asc_28_the_footer_counts_the_records_it_is_on(alice: Viewer, screen: Screen, contact: int) -> None:
    company = make_company(alice)
    make_note(alice, contact, also_on=[company])
    item = activities(screen.open())[0]
    footer = screen.follow(opener(item), fragment=True).one("footer", css="item-foot")
    assert footer.one("span", css="item-facts").one("a", css="item-link").text == "2 associations"


def test_rec_31_unticking_a_record_takes_the_activity_off_its_timeline(
    alice: Viewer, screen: Screen, contact: int
) -> None:
    company = make_company(alice)
    note = make_note(alice, contact, also_on=[company])
    of_company = Screen(screen.browser, company)
    assert len(titles(of_company.open())) == 1
    popup = screen.follow(f"/activities/{note}/associations", fragment=True)
    form = next(one for one in popup.all("form", css="pick") if one.fields()["record_id"] == str(company))
    after = screen.send(form["hx-post"], **form.fields())
    assert after.one("a", hx_swap_oob=f"innerHTML:[data-associations='{note}']").text == "1 association"
    assert titles(of_company.open()) == []
    assert len(titles(screen.open())) == 1


def test_an_overdue_task_is_marked(alice: Viewer, screen: Screen, contact: int) -> None:
    make_task(alice, contact, activity_date=NOON - timedelta(minutes=1))
    assert activities(screen.open())[0].one("span", css="badge").text == "Overdue"


def test_titles_say_who_logged_what(alice: Viewer, screen: Screen, contact: int) -> None:
    for kind in ("call", "note", "sms"):
        make_activity(alice, kind, contact)
    said = {one.one("h4").text for one in activities(screen.open())}
    assert "Call logged by Alice Berg" in said
    assert all("Alice Berg" in one for one in said)


def test_a_tasks_title_names_whom_it_is_assigned_to(alice: Viewer, bob: Viewer, screen: Screen, contact: int) -> None:
    for owner, title in ((bob.user_id, "Task assigned to Bob Stone"), (None, "Task assigned to nobody")):
        make_task(alice, contact, hubspot_owner_id=owner)
        assert title in {one.one("h4").text for one in activities(screen.open())}


def test_a_completed_tasks_title_names_who_completed_it(
    alice: Viewer, bob: Viewer, dana: Viewer, screen: Screen, contact: int
) -> None:
    task = make_task(bob, contact, hubspot_owner_id=dana.user_id)
    end_read()
    with unit_of_work():
        update_activity(alice, task, {"status": "COMPLETED"})
    with unit_of_work():
        update_activity(bob, task, {"body": "<p>With samples</p>"})
    assert "Task completed by Alice Berg" in screen.open().text
    assert "Task completed by Alice Berg" in screen.follow(f"/activities/{task}").text


def test_a_task_logged_as_completed_names_its_owner(
    alice: Viewer, charlie: Viewer, screen: Screen, contact: int
) -> None:
    make_task(alice, contact, hubspot_owner_id=charlie.user_id, status="COMPLETED")
    assert "Task completed by Charlie Reed" in screen.open().text


def test_rec_25_words_stay_marked_when_an_item_is_expanded(screen: Screen, note: int) -> None:
    item = activities(screen.open("q=blood"))[0]
    expanded = screen.follow(opener(item), fragment=True).one("article")
    rich = expanded.one("div", css="rich")
    assert [one.text for one in rich.all("mark")] == ["blood"]
    assert rich.one("b").text == "blood"
    collapsed = screen.follow(opener(expanded), fragment=True).one("article")
    assert [one.text for one in collapsed.all("mark")] == ["blood"]


def test_somebody_who_only_reads_gets_no_buttons_to_change(client_of, dana: Viewer, contact: int, note: int) -> None:
    screen = Screen(client_of(dana), contact)
    menu = screen.follow(f"/activities/{note}/menu?record={contact}", fragment=True)
    assert menu.all("form") == []
    assert "Edit" not in menu.text


def test_an_entry_of_another_record_is_not_found(alice: Viewer, screen: Screen, item: Element) -> None:
    company = make_company(alice)
    answer = screen.browser.get(f"/records/{company}/timeline/entries/{item['id'].removeprefix('entry-')}")
    assert answer.status_code == 404


def test_a_system_entry_has_nothing_to_expand(screen: Screen) -> None:
    created = items(screen.open())[0]
    assert "data-system" in created
    assert created.one("h4").all("a") == []
    assert created.text.startswith("Ada Berg was created by Alice Berg")


def test_what_people_wrote_is_text_and_no_markup(alice: Viewer, screen: Screen, contact: int) -> None:
    make_task(alice, contact, title="<script>alert(1)</script>", body="<p>a &lt;b&gt; c</p>")
    for query in ("", "expanded=all", "q=alert"):
        page = screen.open(query)
        assert "<script>" in page.one("main").text
        assert not page.one("main").all("script")
