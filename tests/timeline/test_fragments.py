"""With and without htmx the timeline says the same: a fragment is the part of the page (DESIGN 9)."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from crm.activities.operations import pin
from crm.db import unit_of_work
from crm.permissions.viewer import Viewer
from tests.factories import make_call, make_comment, make_note, make_task
from tests.support.html import Element
from tests.timeline.conftest import NOON, Screen, items

STATES = [
    "",
    "kind=note",
    "kind=",
    "kind=none",
    "q=samples",
    "kind=note&q=samples&expanded=all",
    "expanded=all",
]


def plain(element: Element) -> str:
    """An element without what differs from answer to answer."""
    return re.sub(r"('csrf_token'[^}]*'value': )'[^']*'", r"\1''", repr(element))


@pytest.fixture
def busy(alice: Viewer, screen: Screen, contact: int) -> Screen:
    """A timeline with more than a page of everything."""
    for number in range(34):
        make_note(alice, contact, activity_date=NOON - timedelta(days=3 * number))
    for number in range(27):
        make_task(alice, contact, activity_date=NOON + timedelta(days=number))
    note = make_note(alice, contact, "<p>Pinned</p>")
    make_comment(alice, make_call(alice, contact))
    with unit_of_work():
        pin(alice, contact, note)
    return screen


def test_the_fragment_is_the_timeline_of_the_page(busy: Screen) -> None:
    for state in STATES:
        fragment = busy.open(state, fragment=True)
        assert not fragment.all("html")
        assert plain(fragment.one(id="timeline")) == plain(busy.open(state).one(id="timeline")), state


def test_the_record_page_shows_the_same_timeline(busy: Screen) -> None:
    for state in STATES:
        on_page = busy.follow(f"/records/{busy.record_id}?tab=activities&{state}").one(id="timeline")
        assert plain(on_page) == plain(busy.open(state).one(id="timeline")), state


def test_the_address_of_a_fragment_opens_the_same_state(busy: Screen) -> None:
    for state in STATES:
        answer = busy.browser.get(f"{busy.url}?{state}", fragment=True)
        page = busy.follow(answer.headers["HX-Push-Url"])
        assert plain(page.one(id="timeline")) == plain(busy.open(state).one(id="timeline")), state


def walk(screen: Screen, css: str, fragment: bool) -> list[str]:
    """The ids of all entries, following "Show older activity" to the end."""
    page = screen.open()
    found = [item["id"] for item in items(page)]
    while (
        more := page.one(id="timeline").all("p", css="month-more")
        if page.all(id="timeline")
        else page.all("p", css="month-more")
    ):
        links = [one.one("a")["href"] for one in more if css in one.one("a")["href"]]
        if not links:
            return found
        page = screen.follow(links[0], fragment)
        found += [item["id"] for item in items(page)]
    return found


@pytest.mark.parametrize("fragment", [False, True], ids=["page", "fragment"])
def test_older_pages_hold_every_entry_once(busy: Screen, fragment: bool) -> None:
    found = walk(busy, "before=", fragment)
    assert len(found) == len(set(found)) == 10 + 1 + 34 + 1 + 1


@pytest.mark.parametrize("fragment", [False, True], ids=["page", "fragment"])
def test_further_upcoming_ones_come_once(busy: Screen, fragment: bool) -> None:
    found = walk(busy, "upcoming=", fragment)
    assert len(found) == len(set(found))
    assert len(found) == 30 + 1 + 27


def test_older_pages_keep_the_filters(busy: Screen) -> None:
    page = busy.open("kind=note&q=samples")
    more = page.one("p", css="month-more").one("a")["href"]
    assert len(items(busy.follow(more, fragment=True))) == 4


def test_a_month_is_not_named_again_on_the_next_page(busy: Screen) -> None:
    page = busy.open("kind=note")
    more = busy.follow(page.one("p", css="month-more").one("a")["href"], fragment=True)
    named = [one.text for one in (*page.all("h3", css="month-title"), *more.all("h3", css="month-title"))]
    assert len(named) == len(set(named))


def test_what_depends_on_htmx_says_so_to_caches(busy: Screen) -> None:
    for fragment in (False, True):
        assert "HX-Request" in busy.browser.get(busy.url, fragment=fragment).headers["Vary"]


def test_a_page_restored_from_history_is_whole(busy: Screen) -> None:
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert busy.browser.get(busy.url, headers=headers).text.startswith("<!doctype html>")


def reload(screen: Screen, page: Element, *stays: tuple[str, str]) -> Element:
    """What a page gets when its timeline reloads itself."""
    fields = page.one("form", id="timeline-filters").fields()
    return screen.follow(f"{screen.url}?{urlencode([*fields.items(), *stays])}", fragment=True)


def test_the_timeline_reloads_when_the_record_or_the_place_of_an_activity_changes(busy: Screen) -> None:
    trigger = busy.open().one(id="timeline")["hx-trigger"]
    for event in ("activity-logged", "activity-moved", "record-updated", f"activity-left-{busy.record_id}"):
        assert f"{event} from:body" in trigger


def stays(element: Element) -> list[tuple[str, str]]:
    """What an item says about itself when the timeline around it is reloaded."""
    return [(one["name"], one["value"]) for one in element.all("input", css="stays")]


def test_what_stood_expanded_comes_expanded_again(alice: Viewer, screen: Screen, contact: int) -> None:
    for number in range(3):
        make_note(alice, contact, f"<p>{number}</p>")
    page = screen.open()
    second = items(page)[1]
    expanded = screen.follow(second.one("h4").one("a")["hx-get"], fragment=True)
    again = reload(screen, page, *stays(expanded))
    assert [one["id"] for one in items(again) if "data-expanded" in one] == [second["id"]]
    assert [one["id"] for one in items(again)] == [one["id"] for one in items(page)]


def test_what_is_just_being_written_stays_on_the_page(alice: Viewer, screen: Screen, contact: int) -> None:
    edited, talked = make_note(alice, contact), make_note(alice, contact)
    page = screen.open()
    form = screen.follow(f"/activities/{edited}/edit?record={contact}", fragment=True)
    comments = screen.follow(f"/activities/{talked}/comments?record={contact}", fragment=True)
    entry = items(page)[0]["id"].removeprefix("entry-")
    again = reload(screen, page, *stays(form), *stays(comments), ("opened", entry))
    kept = [one["id"] for one in again.walk() if "hx-preserve" in one]
    assert sorted(kept) == sorted([form.one("article")["id"], f"comments-{talked}"])


def test_what_is_of_the_moment_is_no_part_of_the_address(screen: Screen) -> None:
    answer = screen.browser.get(f"{screen.url}?opened=1&kept=2&talked=3", fragment=True)
    assert answer.headers["HX-Push-Url"] == f"/records/{screen.record_id}?tab=activities"
    assert not [one for one in screen.open("kept=1").walk() if "hx-preserve" in one]
    assert screen.browser.get(f"{screen.url}?opened=x", fragment=True).status_code == 400


def test_the_count_of_comments_follows(alice: Viewer, screen: Screen, contact: int) -> None:
    note = make_note(alice, contact)
    form = screen.follow(f"/activities/{note}/comments?record={contact}", fragment=True).one("form")
    added = screen.send(form["hx-post"], **form.fields() | {"body": "Well done"})
    badge = added.one(id=f"n{note}")
    assert (badge["hx-swap-oob"], badge.text) == ("true", "1")
    assert plain(badge).replace(", 'hx-swap-oob': 'true'", "") == plain(screen.open().one(id=f"n{note}"))
    remove = next(one for one in added.all("form") if one.attributes["action"].endswith("/deletion"))
    removed = screen.send(remove["hx-post"], **remove.fields())
    assert "hidden" in removed.one(id=f"n{note}")
    undo = removed.one("form", css="comment-gone")
    assert screen.send(undo["hx-post"], **undo.fields()).one(id=f"n{note}").text == "1"
