"""/settings/search: how the search index is, and building it anew."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from time_machine import Traveller

from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.search.comparison import look_and_mend
from crm.search.models import SearchDead
from crm.search.status import Building, Status
from crm.settings.search_state import AGAIN, BEGINNING, FAILING, FIRST, LATE, NO_INDEX, PART, WELL, state_of, time_left
from tests.factories import make_contact, make_note
from tests.support.html import read

SignIn = Callable[[Viewer], FlaskClient]
FRAGMENT = {"HX-Request": "true"}

SOUND = {
    "engine": "whoosh",
    "is_usable": True,
    "is_whole": True,
    "rows_waiting": 0,
    "seconds_behind": 0,
    "documents": 5,
    "activities": 5,
}
SOME = Building(1, 5, 10)


@pytest.mark.parametrize(
    ("facts", "is_asked_for", "sentence", "is_busy"),
    [
        ({}, False, WELL, False),
        ({}, True, BEGINNING, True),
        ({"building": SOME}, False, AGAIN, True),
        ({"building": SOME, "is_whole": False}, False, PART, True),
        ({"building": SOME, "is_whole": False, "is_usable": False}, False, FIRST, True),
        ({"is_whole": False, "is_usable": False}, False, NO_INDEX, True),
        ({"seconds_behind": 10}, False, LATE, True),
        ({"seconds_behind": 120}, False, FAILING, True),
    ],
)
def test_sentence_says_what_matters_most(
    facts: dict[str, object], is_asked_for: bool, sentence: str, is_busy: bool
) -> None:
    state = state_of(Status(**(SOUND | facts)), is_asked_for)  # type: ignore[arg-type]
    assert (state.sentence, state.is_busy) == (sentence, is_busy)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, None), (3, "about 10 seconds left"), (64, "about 60 seconds left"), (200, "about 3 minutes left")],
)
def test_time_left_is_told_roughly(seconds: int | None, words: str | None) -> None:
    left = time_left(Building(1, 2, seconds))
    assert (None if left is None else str(left)) == words


def test_page_is_for_super_admins(client_of: SignIn, alice: Viewer, bob: Viewer) -> None:
    assert client_of(alice).get("/settings/search").status_code == 200
    assert client_of(bob).get("/settings/search").status_code == 403
    assert client_of(bob).post("/settings/search/rebuild").status_code == 403


def test_page_tells_what_the_index_holds_and_what_it_could_not_take(
    client_of: SignIn, alice: Viewer, work: Callable[[], None], clock: Traveller
) -> None:
    contact = make_contact(alice)
    notes = [make_note(alice, contact) for _ in range(3)]
    work()
    browser = client_of(alice)
    text = read(browser.get("/settings/search").text).one("div", id="search-index").text
    assert "Up to date" in text
    assert "3 of 3" in text
    with unit_of_work():
        db.session.add(SearchDead(activity_id=notes[0], error="ValueError: <b>no</b>", moment=now()))
    clock.shift(timedelta(seconds=5))
    page = browser.get("/settings/search").text
    assert f"/activities/{notes[0]}" in read(page).links()
    assert "&lt;b&gt;no" in page


def test_rebuild_is_asked_for_once_and_is_shown_until_it_is_done(
    client_of: SignIn, alice: Viewer, work: Callable[[], None]
) -> None:
    make_note(alice, make_contact(alice))
    work()
    browser = client_of(alice)
    for headers in ({}, FRAGMENT):
        answer = browser.post("/settings/search/rebuild", headers=headers)
        assert answer.status_code == (200 if headers else 303)
    busy = read(browser.get("/settings/search", headers=FRAGMENT).text).one("div", id="search-index")
    assert "hx-trigger" in busy
    work()
    done = read(browser.get("/settings/search", headers=FRAGMENT).text).one("div", id="search-index")
    assert "hx-trigger" not in done
    assert "Never" not in done.text


def test_last_comparison_is_shown(client_of: SignIn, alice: Viewer, work: Callable[[], None]) -> None:
    make_note(alice, make_contact(alice))
    work()
    look_and_mend()
    end_read()
    assert (
        "0 of 1 differed"
        in read(client_of(alice).get("/settings/search").text).one("dl", css="search-index-facts").text
    )
