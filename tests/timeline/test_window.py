"""A link to one activity opens the timeline round it, however far down it is (SPEC 1.6)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from crm.activities.operations import archive_activity, pin
from crm.db import unit_of_work
from crm.permissions.viewer import Viewer
from tests.factories import make_contact, make_note, make_task
from tests.support.html import Element, read
from tests.support.queries import count_queries
from tests.timeline.conftest import NOON, Screen, items, titles

pytestmark = pytest.mark.usefixtures("clock")


def fill(actor: Viewer, contact: int, amount: int) -> list[int]:
    """So many notes, the first the oldest, an hour between them; each says its number."""
    first = NOON - timedelta(hours=amount)
    return [
        make_note(actor, contact, f"<p>{number}</p>", activity_date=first + timedelta(hours=number))
        for number in range(amount)
    ]


def linked(page: Element) -> list[str]:
    """What is marked on a page as that which its address leads to."""
    return [one.one("div", css="rich").text for one in items(page) if "data-linked" in one]


@pytest.fixture
def notes(alice: Viewer, contact: int) -> list[int]:
    """A hundred of them."""
    return fill(alice, contact, 100)


def test_a_link_opens_the_activity_expanded_and_marked_with_what_is_round_it(
    screen: Screen, contact: int, notes: list[int]
) -> None:
    menu = read(screen.browser.get(f"/activities/{notes[30]}/menu?record={contact}", fragment=True).text)
    address = menu.one("crm-copy")["data-url"]
    assert address == f"/records/{contact}?tab=activities&activity={notes[30]}"
    page = screen.follow(address)
    assert linked(page) == ["30"]
    assert titles(page) == [str(number) for number in range(40, 9, -1)]
    assert "autofocus" in next(one for one in items(page) if "data-linked" in one).one("h4").one("a")
    assert page.one("a", id="all-activities")["href"] == f"/records/{contact}/timeline"


def test_from_there_one_walks_up_and_down_without_loss_or_repeat(screen: Screen, notes: list[int]) -> None:
    page = screen.open(f"activity={notes[30]}")
    up, down = (one.one("a")["hx-get"] for one in page.all("p", css="month-more"))
    newer, older = screen.follow(up, fragment=True), screen.follow(down, fragment=True)
    assert titles(newer) == [str(number) for number in range(70, 40, -1)]
    assert titles(older) == [str(number) for number in range(9, -1, -1)]
    [further] = newer.all("p", css="month-more")
    top = screen.follow(further.one("a")["hx-get"])
    assert titles(top) == [str(number) for number in range(99, 70, -1)]
    assert titles(screen.follow(top.all("p", css="month-more")[-1].one("a")["href"]))[0] == "70"


def test_remembered_types_do_not_hide_it_and_reloading_keeps_it(
    screen: Screen, contact: int, notes: list[int]
) -> None:
    screen.browser.post(f"/records/{contact}/timeline/kinds", data={"choice": "none"})
    page = screen.open(f"activity={notes[30]}")
    state = page.one("form", id="timeline-filters").fields() | {"activity": page.one("input", name="activity")["value"]}
    again = screen.browser.get(screen.url, query_string=state, fragment=True)
    assert linked(read(again.text)) == ["30"]
    assert "autofocus" not in again.text
    assert linked(screen.follow(page.one("a", id="expand-all")["href"])) == ["30"]
    assert titles(screen.follow(page.one("a", id="all-activities")["href"])) == []


def test_what_is_pinned_or_upcoming_is_found_too(alice: Viewer, screen: Screen, contact: int) -> None:
    notes = fill(alice, contact, 5)
    task = make_task(alice, contact, body="<p>Call back</p>", activity_date=NOON + timedelta(days=3))
    with unit_of_work():
        pin(alice, contact, notes[2])
    assert titles(screen.open(f"activity={task}")) == ["Call back", "4", "3", "1", "0"]
    assert titles(screen.open(f"activity={notes[2]}")) == ["4", "3", "2", "1", "0"]


def test_it_costs_the_same_wherever_it_is(screen: Screen, notes: list[int]) -> None:
    def cost(activity: int) -> int:
        screen.open(f"activity={activity}")
        with count_queries() as queries:
            screen.open(f"activity={activity}")
        return len(queries)

    assert {cost(notes[place]) for place in (0, 50, 99)} == {7}


def test_what_is_not_there_for_the_reader_is_404(
    alice: Viewer, bob: Viewer, charlie: Viewer, contact: int, client_of: Callable[[Viewer], FlaskClient]
) -> None:
    own, elsewhere = make_contact(bob), make_note(alice, contact)
    hidden = make_note(alice, own, hubspot_owner_id=charlie.user_id)
    gone = make_note(bob, own)
    with unit_of_work():
        archive_activity(bob, gone)
    browser = client_of(bob)
    for activity in (hidden, gone, elsewhere, 10**9):
        assert browser.get(f"/records/{own}?tab=activities&activity={activity}").status_code == 404
    assert browser.get(f"/records/{own}?tab=activities&activity=x").status_code == 400
    assert browser.get(f"/records/{own}/timeline?after=x").status_code == 400


def test_a_page_that_reloads_after_its_activity_was_deleted_shows_the_whole_timeline(
    alice: Viewer, screen: Screen, notes: list[int]
) -> None:
    with unit_of_work():
        archive_activity(alice, notes[30])
    again = read(screen.browser.get(f"{screen.url}?activity={notes[30]}", fragment=True).text)
    assert titles(again)[0] == "99"
    assert again.all("a", id="all-activities") == []
