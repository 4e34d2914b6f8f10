"""Many records deleted at once, and brought back (SPEC 5.1, 4.7)."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from crm.activities.queries import get_activity
from crm.bulk import operations as bulk
from crm.bulk.operations import begin
from crm.bulk.queries import Run, runs_of
from crm.db import end_read, unit_of_work
from crm.objects.queries import schema
from crm.permissions.actions import AccountRight, Scope, Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from crm.records.queries import get_passport
from crm.selections.deleting import DELETE
from crm.selections.listing import Listing
from crm.selections.selection import all_of, some, stored
from tests.factories import make_contact, make_note
from tests.support.html import read

Sign = Callable[[Viewer], FlaskClient]
SELECTED = "/objects/contacts/selected"


def is_there(actor: Viewer, record_id: int) -> bool:
    end_read()
    try:
        get_passport(actor, record_id)
    except NotFound:
        return False
    return True


def delete(actor: Viewer, object_type: str, ids: list[int]) -> Run:
    chosen = stored(some(Listing(schema().object_type(object_type)), ids))
    end_read()
    with unit_of_work():
        return begin(actor, DELETE, {"selection": chosen, "is_many": len(ids) > 1})


def undo(actor: Viewer, run: Run) -> None:
    end_read()
    with unit_of_work():
        bulk.undo(actor, run.id)


def test_many_go_to_the_bin_and_come_back(alice: Viewer, bob: Viewer) -> None:
    contacts = [make_contact(bob, f"Ada {letter}") for letter in "ABC"]
    note = make_note(bob, contacts[0])
    run = delete(alice, "contact", contacts)
    assert (run.changed, run.skipped) == (3, 0)
    assert not any(is_there(alice, one) for one in contacts)
    undo(alice, run)
    assert all(is_there(alice, one) for one in contacts)
    run = delete(alice, "note", [note])
    assert not is_there(alice, note)
    undo(alice, run)
    end_read()
    assert get_activity(alice, note).id == note


def test_many_at_once_is_a_right_of_its_own(client_of: Sign, alice: Viewer, bob: Viewer) -> None:
    contacts = [make_contact(bob, f"Ada {letter}") for letter in "AB"]
    browser = client_of(bob)
    form = browser.get(f"{SELECTED}?action=delete&id={contacts[0]}&id={contacts[1]}")
    assert "a right of its own" in form.text
    assert 'data-kind="danger"' not in form.text
    assert browser.post(SELECTED, data={"action": "delete", "id": contacts}).status_code == 422
    assert browser.post(SELECTED, data={"action": "delete", "all": "1"}).status_code == 422
    assert all(is_there(bob, one) for one in contacts)
    assert browser.post(SELECTED, data={"action": "delete", "id": contacts[0]}).status_code == 303
    assert [is_there(bob, one) for one in contacts] == [False, True]
    with pytest.raises(Forbidden):
        delete(bob, "contact", contacts)
    granted = replace(bob, account_rights=frozenset({AccountRight.BULK_DELETE}))
    assert delete(granted, "contact", contacts).changed == 1


def test_the_form_says_how_many_and_who_sees_less_deletes_and_counts_less(
    client_of: Sign, alice: Viewer, bob: Viewer, charlie: Viewer, work: Callable[[], None]
) -> None:
    for number in range(27):
        make_contact(bob, f"Ada {number}")
    theirs = make_contact(charlie, "Eva Elsewhere")
    assert "28 records go to the bin." in client_of(alice).get(f"{SELECTED}?action=delete&all=1").text
    granted = replace(bob, account_rights=frozenset({AccountRight.BULK_DELETE}))
    with unit_of_work():
        chosen = stored(all_of(Listing(schema().object_type("contact"))))
        run = begin(granted, DELETE, {"selection": chosen, "is_many": True})
    assert (run.total, run.done) == (27, 25)
    assert is_there(alice, theirs)
    looks_only = replace(granted, scopes={**bob.scopes, ("contact", Verb.DELETE): Scope.NONE})
    refused = delete(looks_only, "contact", [make_contact(bob), make_contact(bob)])
    assert [str(one) for one in refused.problems] == ["2 you may not edit."]


def test_nobody_who_may_not_delete_is_offered_it(client_of: Sign, bob: Viewer, dana: Viewer) -> None:
    contact = make_contact(bob)
    assert client_of(dana).get(f"{SELECTED}?action=delete&id={contact}").status_code == 403
    assert client_of(dana).post(SELECTED, data={"action": "delete", "id": contact}).status_code == 403
    assert is_there(bob, contact)


def test_exactly_two_are_led_to_the_page_that_merges_them(client_of: Sign, bob: Viewer) -> None:
    first, other = make_contact(bob), make_contact(bob, "Eva Berg")
    browser = client_of(bob)
    answer = browser.get(f"{SELECTED}?action=merge&id={other}&id={first}")
    assert answer.headers["Location"] == f"/records/{first}/merge?with={other}"
    assert browser.get(f"{SELECTED}?action=merge&all=1").headers["Location"].endswith(f"with={other}")
    alone = browser.get(f"{SELECTED}?action=merge&id={first}")
    assert "Tick exactly 2." in read(alone.text).one("p", role="alert").text
    assert browser.post(SELECTED, data={"action": "merge", "id": [first, other]}).status_code == 404
    assert not runs_of(bob, limit=1)
