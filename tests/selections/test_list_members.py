"""Many records put on a static list and taken off it (SPEC 5.1, 5.4)."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from crm.bulk import operations as bulk
from crm.bulk.queries import Run, runs_of
from crm.db import end_read, unit_of_work
from crm.lists.operations import add_members, remove_members
from crm.permissions.viewer import Viewer
from tests.factories import make_contact
from tests.support.html import read
from tests.support.lists import make_list, on_list

Sign = Callable[[Viewer], FlaskClient]
SELECTED = "/objects/contacts/selected"


def act(browser: FlaskClient, viewer: Viewer, action: str, **data: Any) -> Run:
    assert browser.post(SELECTED, data={"action": action, **data}).status_code == 303
    end_read()
    return runs_of(viewer, limit=1)[0]


def undo(actor: Viewer, run: Run) -> None:
    end_read()
    with unit_of_work():
        bulk.undo(actor, run.id)
    end_read()


def test_records_are_put_on_a_list_and_taken_off_by_undo_unless_somebody_put_them_there_anew(
    client_of: Sign, alice: Viewer
) -> None:
    guests = make_list(alice, "Guests", visibility="everyone")
    first, other, known = (make_contact(alice, f"Ada {letter}") for letter in "ABC")
    with unit_of_work():
        add_members(alice, guests, [known])
    run = act(client_of(alice), alice, "add-to-list", id=[first, other, known], list=guests)
    assert (run.changed, run.skipped, str(run.title)) == (2, 1, "Adding to the list “Guests”")
    assert on_list(guests) == {first, other, known}
    for change in (remove_members, add_members):
        end_read()
        with unit_of_work():
            change(alice, guests, [other])
    undo(alice, run)
    assert on_list(guests) == {other, known}


def test_records_are_taken_off_a_list_and_put_back(client_of: Sign, alice: Viewer) -> None:
    guests, contacts = make_list(alice, "Guests"), [make_contact(alice, f"Ada {letter}") for letter in "ABC"]
    with unit_of_work():
        add_members(alice, guests, contacts)
    run = act(client_of(alice), alice, "remove-from-list", id=contacts[:2], list=guests)
    assert on_list(guests) == {contacts[2]}
    undo(alice, run)
    assert on_list(guests) == set(contacts)


def test_a_private_list_is_named_to_no_super_admin(client_of: Sign, alice: Viewer, bob: Viewer) -> None:
    own, mine = make_list(bob, "To be let go"), make_contact(bob)
    for action, told in (("add-to-list", "Adding to a private list"), ("remove-from-list", "Removing from a private")):
        run = act(client_of(bob), bob, action, id=mine, list=own)
        page = client_of(alice).get(f"/bulk/{run.id}").text
        assert told in page
        assert "let go" not in page


def test_only_what_one_sees_is_put_on_lists_one_may_fill(
    client_of: Sign, alice: Viewer, bob: Viewer, charlie: Viewer, dana: Viewer
) -> None:
    own, private, active = (
        make_list(bob, "Mine"),
        make_list(alice, "Hers"),
        make_list(bob, "Berliners", "city:equal_any:Berlin"),
    )
    mine, theirs = make_contact(bob), make_contact(charlie)
    browser = client_of(bob)
    form = read(browser.get(f"{SELECTED}?action=add-to-list&id={mine}").text)
    assert [one["value"] for one in form.one("select", name="list").all("option")] == ["", str(own)]
    for wrong in (private, active, "", "x"):
        answer = browser.post(SELECTED, data={"action": "add-to-list", "id": mine, "list": wrong})
        assert answer.status_code == 422
    run = act(browser, bob, "add-to-list", all="1", list=own)
    assert (run.total, on_list(own)) == (1, {mine})
    data = {"action": "add-to-list", "id": [mine, theirs], "list": own}
    assert client_of(dana).post(SELECTED, data=data).status_code == 403
