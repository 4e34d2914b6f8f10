"""Filters of a timeline kept under a name: saved, opened by colleagues, changed, deleted (SPEC 1.6)."""

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.clock import now
from crm.db import db, unit_of_work
from crm.permissions.viewer import Viewer
from crm.timeline import saved_filters
from crm.timeline.models import SavedFilterRow
from tests.factories import make_call, make_company, make_contact, make_note
from tests.support.html import Element, read
from tests.timeline.conftest import Screen, titles

ClientOf = Callable[[Viewer], FlaskClient]


@pytest.fixture
def filled(alice: Viewer, bob: Viewer, contact: int) -> int:
    """The contact, with a note and a call of hers and a note of his."""
    make_note(alice, contact, "<p>her note</p>")
    make_call(alice, contact, title="her call", body=None)
    make_note(bob, contact, "<p>his note</p>")
    return contact


def save(screen: Screen, query: str, name: str, **typed: str) -> str:
    """Save the filters of an address through the form, and where that leads."""
    page = screen.follow(f"{screen.url}/filters/new?{query}")
    form = page.one("form", id="saved-filter")
    answer = screen.browser.post(form["action"], data=form.fields() | {"name": name, "for": "me"} | typed)
    assert answer.status_code == 303, read(answer.text).text
    return answer.location


def names(page: Element) -> list[str]:
    return [one.text for one in page.all("a", css="settings-row-name")]


def test_rec_22_filters_are_saved_under_a_name_and_opened_from_the_menu(
    alice: Viewer, screen: Screen, filled: int
) -> None:
    address = save(screen, f"kind=note&owner={alice.user_id}", "My notes")
    page = screen.follow(address)
    assert titles(page) == ["her note"]
    assert "My notes" in page.one("p", css="filters-saved").text
    menu = screen.follow(screen.open("kind=call").one("a", id="saved-filters")["hx-get"], fragment=True)
    [one] = [link for link in menu.all("a", css="menu-item") if link.text == "My notes"]
    assert titles(screen.follow(one["hx-get"], fragment=True)) == ["her note"]
    other = Screen(screen.browser, make_contact(alice))
    assert titles(other.open(address.partition("?")[2])) == []


def test_a_shared_filter_opens_for_colleagues_on_every_record_of_the_object(
    alice: Viewer, bob: Viewer, screen: Screen, filled: int, client_of: ClientOf
) -> None:
    shared = save(screen, "kind=note", "Notes", **{"for": "everybody"})
    own = save(screen, "kind=call", "Calls")
    his = Screen(client_of(bob), make_contact(bob))
    make_note(bob, his.record_id, "<p>on his record</p>")
    query = shared.partition("?")[2]
    assert titles(his.open(query)) == ["on his record"]
    assert names(his.follow(f"{his.url}/filters")) == ["Notes"]
    assert his.browser.get(f"{his.url}?{own.partition('?')[2]}").status_code == 404
    company = make_company(bob)
    assert his.browser.get(f"/records/{company}/timeline?{query}").status_code == 404
    links = [one["data-url"] for one in screen.follow(f"{screen.url}/filters").all("crm-copy")]
    assert links == [f"/records/{filled}?tab=activities&kind=call", shared]


def test_only_who_shares_changes_it_and_super_admins_delete_it(
    alice: Viewer, bob: Viewer, contact: int, screen: Screen, client_of: ClientOf
) -> None:
    his = Screen(client_of(bob), make_contact(bob))
    address = save(his, "kind=note", "Notes", **{"for": "everybody"})
    path = f"{screen.url}/filters/{address.rpartition('=')[2]}"
    assert screen.browser.get(path).status_code == 403
    assert screen.browser.post(path, data={"name": "Mine", "for": "me"}).status_code == 403
    form = his.follow(path.replace(str(contact), str(his.record_id), 1) + "?kind=call").one("form", id="saved-filter")
    assert his.browser.post(form["action"], data=form.fields() | {"name": "Calls", "take": "1"}).status_code == 303
    assert names(screen.follow(f"{screen.url}/filters")) == ["Calls"]
    assert screen.browser.post(f"{path}/deletion").status_code == 303
    assert names(his.follow(f"{his.url}/filters")) == []
    assert screen.browser.post(f"{path}/restoration").status_code == 303
    assert names(his.follow(f"{his.url}/filters")) == ["Calls"]
    hers = save(screen, "kind=note", "Shared", **{"for": "everybody"}).rpartition("=")[2]
    assert his.browser.post(f"{his.url}/filters/{hers}/deletion").status_code == 403


@pytest.mark.parametrize(
    ("query", "name", "told"),
    [
        ("kind=note", " ", "Give it a name."),
        ("kind=note", "n" * 61, "At most 60 characters."),
        ("kind=note", "NOTES", "You have another filter of this name."),
        ("kind=", "All", "There is no filter in use. Choose one first, then save it."),
    ],
)
def test_what_cannot_be_saved_says_why_and_keeps_what_was_typed(
    screen: Screen, query: str, name: str, told: str
) -> None:
    save(screen, "kind=note", "Notes")
    form = screen.follow(f"{screen.url}/filters/new?{query}").one("form", id="saved-filter")
    answer = screen.browser.post(form["action"], data=form.fields() | {"name": name, "for": "everybody"})
    page = read(answer.text)
    assert (answer.status_code, told in page.text) == (422, True)
    assert page.one("input", id="name")["value"] == name
    assert "checked" in page.one("input", value="everybody")


def test_what_a_stored_filter_names_and_is_gone_is_left_out_and_said(screen: Screen, filled: int) -> None:
    address = save(screen, "kind=note", "Notes")
    state = json.dumps([["kind", "fax"], ["kind", "note"], ["owner", "999"], ["colour", "red"]])
    with unit_of_work():
        db.session.execute(sa.update(SavedFilterRow).values(state=state))
    page = screen.follow(address)
    assert titles(page) == ["his note", "her note"]
    assert "Part of “Notes” does not exist any more and is left out." in page.text
    assert screen.follow(f"{screen.url}/filters")


def test_a_deleted_filter_whose_name_is_taken_comes_back_under_another(
    alice: Viewer, screen: Screen, filled: int
) -> None:
    save(screen, "kind=note", "Mine")
    [row] = screen.follow(f"{screen.url}/filters").all("li", css="settings-row")
    deletion = next(form["action"] for form in row.all("form"))
    screen.browser.post(deletion)
    save(screen, "kind=call", "mine")
    screen.browser.post(deletion.replace("/deletion", "/restoration"))
    assert sorted(names(screen.follow(f"{screen.url}/filters"))) == ["Mine (2)", "mine"]


def test_no_more_filters_come_back_than_can_be_kept(alice: Viewer, screen: Screen, filled: int) -> None:
    save(screen, "kind=note", "Mine")
    [row] = screen.follow(f"{screen.url}/filters").all("li", css="settings-row")
    deletion = next(form["action"] for form in row.all("form"))
    screen.browser.post(deletion)
    rows = [
        {"object_type": "contact", "user_id": alice.user_id, "name": f"F{number}", "state": "[]", "is_shared": False}
        for number in range(saved_filters.MOST)
    ]
    with unit_of_work():
        db.session.execute(sa.insert(SavedFilterRow), [{"changed_at": now(), **row} for row in rows])
    screen.browser.post(deletion.replace("/deletion", "/restoration"))
    page = screen.follow(f"{screen.url}/filters")
    assert "Mine" not in names(page)
    assert "You can keep at most 50 filters." in page.text
