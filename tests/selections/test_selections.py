"""Rows ticked on a list, and what is done with all of them in bulk (SPEC 5.1, 6.1 "Bulk", 6.9)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.activities.operations import update_activity
from crm.activities.queries import links_of
from crm.associations.labels import create_label, labels_of, set_labels
from crm.associations.operations import dissociate
from crm.associations.queries import is_associated
from crm.bulk import operations as bulk
from crm.bulk.models import RunState
from crm.bulk.operations import begin
from crm.bulk.queries import Run, runs_of
from crm.bulk.registry import bulk_kinds
from crm.db import db, end_read, unit_of_work
from crm.messages import InvalidValue
from crm.notifications.models import Notification
from crm.objects.queries import schema
from crm.permissions.actions import Scope, Verb
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import SYSTEM, Viewer
from crm.records.operations import archive_record, update_record
from crm.records.queries import get_passport, get_record
from crm.selections import listing
from crm.selections.associating import ASSOCIATE
from crm.selections.listing import Listing
from crm.selections.putting_on import PUT_ON
from crm.selections.selection import all_of, ids_of, some, stored
from tests.factories import make_call, make_company, make_contact, make_note, relate
from tests.factories.merging import make_merge
from tests.support.html import read
from tests.support.queries import count_queries

Sign = Callable[[Viewer], FlaskClient]


def act(browser: FlaskClient, plural: str, action: str, **data: Any) -> Any:
    return browser.post(f"/objects/{plural}/selected", data={"action": action, **data})


def newest_run(viewer: Viewer) -> Run:
    end_read()
    return runs_of(viewer, limit=1)[0]


def undo(browser: FlaskClient, run: Run, work: Callable[[], None]) -> None:
    assert browser.post(f"/bulk/{run.id}/undo").status_code == 303
    work()
    end_read()


def associated(one: int, other: int) -> bool:
    end_read()
    return is_associated(one, other)


def test_asc_04_ticked_records_are_associated_with_one_with_labels_and_undone(
    client_of: Sign, alice: Viewer, work: Callable[[], None]
) -> None:
    with unit_of_work():
        label = create_label(alice, "contact", "company", "Buyer for", "Buyer")
    company, contacts = make_company(alice), [make_contact(alice, f"Ada {letter}") for letter in "ABC"]
    relate(alice, contacts[0], company)
    browser = client_of(alice)
    form = read(browser.get(f"/objects/contacts/selected?action=associate&object=companies&id={contacts[0]}").text)
    assert [one["value"] for one in form.all("input", name="record_id")] == [str(company)]
    assert [one["value"] for one in form.all("input", name="give_label")] == [str(label)]
    answer = act(browser, "contacts", "associate", id=contacts, record_id=company, give_label=label)
    assert answer.headers["Location"].startswith("/objects/contacts")
    assert [associated(one, company) for one in contacts] == [True] * 3
    assert all(labels_of(alice, one, [company])[company][0].text == "Buyer for" for one in contacts)
    run = newest_run(alice)
    assert (run.changed, run.skipped, run.is_busy) == (3, 0, False)
    undo(browser, run, work)
    assert [associated(one, company) for one in contacts] == [True, False, False]
    assert not labels_of(alice, contacts[0], [company]).get(company)


def test_undo_leaves_what_somebody_linked_anew(client_of: Sign, alice: Viewer, work: Callable[[], None]) -> None:
    company, contact = make_company(alice), make_contact(alice)
    browser = client_of(alice)
    act(browser, "contacts", "associate", id=contact, record_id=company)
    end_read()
    with unit_of_work():
        dissociate(alice, contact, company)
    relate(alice, contact, company)
    undo(browser, newest_run(alice), work)
    assert associated(contact, company)


def test_undo_leaves_a_label_that_somebody_gave_anew(
    client_of: Sign, alice: Viewer, work: Callable[[], None]
) -> None:
    with unit_of_work():
        labels = [create_label(alice, "contact", "company", text) for text in ("Buyer", "Adviser")]
    company, contact = make_company(alice), make_contact(alice)
    relate(alice, contact, company)
    act(client_of(alice), "contacts", "associate", id=contact, record_id=company, give_label=labels)
    end_read()
    for wanted in (labels[:1], labels):
        with unit_of_work():
            set_labels(alice, contact, company, wanted)
    undo(client_of(alice), newest_run(alice), work)
    assert [one.text for one in labels_of(alice, contact, [company])[company]] == ["Adviser"]


def test_asc_04_all_that_match_are_done_in_batches_and_later_ones_left_alone(
    client_of: Sign, alice: Viewer, work: Callable[[], None]
) -> None:
    company = make_company(alice)
    wanted = [make_contact(alice, f"Ada {number}", city="Łódź") for number in range(30)]
    other = make_contact(alice, "Eva Elsewhere", city="Bergen")
    browser = client_of(alice)
    asked = browser.get("/objects/contacts/selected?action=associate&all=1&filter=city:equal_any:Łódź").text
    assert "All 30 that match" in asked
    act(browser, "contacts", "associate", all="1", filter="city:equal_any:Łódź", record_id=company)
    run = newest_run(alice)
    assert (run.total, run.done, run.is_busy) == (30, 25, True)
    late = make_contact(alice, "Ada Late", city="Łódź")
    work()
    run = newest_run(alice)
    assert (run.changed, run.is_busy) == (30, False)
    assert all(associated(one, company) for one in wanted)
    assert [associated(one, company) for one in (other, late)] == [False, False]
    undo(browser, run, work)
    assert not any(associated(one, company) for one in wanted)


def test_what_one_may_not_edit_is_counted_and_what_is_hidden_is_not_even_that(
    client_of: Sign, alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    company = make_company(bob)
    mine, theirs = make_contact(bob), make_contact(charlie)
    act(client_of(bob), "contacts", "associate", id=[mine, theirs], record_id=company)
    run = newest_run(bob)
    assert (run.total, run.changed, run.skipped) == (1, 1, 0)
    assert not associated(theirs, company)


def test_reasons_are_counted_over_all_batches(
    client_of: Sign, alice: Viewer, bob: Viewer, work: Callable[[], None]
) -> None:
    company, other = make_company(bob), make_company(bob, "Blue Inc")
    contacts = [make_contact(bob, f"Ada {number}") for number in range(27)]
    for contact in contacts:
        relate(bob, contact, company)
    act(client_of(alice), "contacts", "associate", all="1", record_id=company)
    work()
    assert [str(problem) for problem in newest_run(alice).problems] == ["27 that were so already."]
    looks_wider = replace(bob, scopes={**bob.scopes, ("contact", Verb.EDIT): Scope.NONE})
    settings = {"selection": stored(some(Listing(schema().object_type("contact")), contacts[:3]))}
    with unit_of_work():
        run = begin(looks_wider, ASSOCIATE, settings | {"record_id": other, "name": "Blue Inc", "labels": []})
    assert [str(problem) for problem in run.problems] == ["3 you may not edit."]
    assert (run.changed, run.skipped) == (0, 3)


def test_dana_who_only_looks_is_offered_nothing_and_refused(client_of: Sign, bob: Viewer, dana: Viewer) -> None:
    contact, company = make_contact(bob), make_company(bob)
    browser = client_of(dana)
    assert 'name="id"' not in browser.get("/objects/contacts").text
    assert browser.get(f"/objects/contacts/selected?action=associate&id={contact}").status_code == 403
    assert act(browser, "contacts", "associate", id=contact, record_id=company).status_code == 403
    assert not associated(contact, company)


def test_asc_27_activities_are_put_on_a_record_from_their_list_and_taken_off_again(
    client_of: Sign, bob: Viewer, work: Callable[[], None]
) -> None:
    contact, company = make_contact(bob), make_company(bob)
    calls = [make_call(bob, contact, title=f"Call {number}") for number in range(3)]
    make_call(bob, company, title="There already")
    browser = client_of(bob)
    act(browser, "calls", "put-on-record", all="1", record_id=company)
    run = newest_run(bob)
    assert (run.total, run.changed, run.skipped) == (4, 3, 1)
    assert [str(problem) for problem in run.problems] == ["1 that were so already."]
    assert all({one.record_id for one in links_of(bob, call)} == {contact, company} for call in calls)
    undo(browser, run, work)
    assert all({one.record_id for one in links_of(bob, call)} == {contact} for call in calls)


def test_activities_are_taken_off_what_their_record_was_merged_into_too(
    client_of: Sign, bob: Viewer, work: Callable[[], None]
) -> None:
    contact, company, other = make_contact(bob), make_company(bob), make_company(bob, "Orange Ltd")
    call = make_call(bob, contact)
    browser = client_of(bob)
    act(browser, "calls", "put-on-record", id=call, record_id=company)
    run = newest_run(bob)
    merged = make_merge(bob, company, other).record_id
    end_read()
    assert {one.record_id for one in links_of(bob, call)} == {contact, merged}
    undo(browser, run, work)
    assert {one.record_id for one in links_of(bob, call)} == {contact}


def test_a_record_merged_while_activities_are_put_on_it_gets_the_rest_too(
    client_of: Sign, bob: Viewer, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = bulk_kinds.get(PUT_ON)
    assert kind is not None
    monkeypatch.setitem(bulk_kinds._kinds, PUT_ON, replace(kind, batch=2))
    contact, company, other = make_contact(bob), make_company(bob), make_company(bob, "Orange Ltd")
    calls = [make_call(bob, contact, title=f"Call {number}") for number in range(3)]
    act(client_of(bob), "calls", "put-on-record", all="1", record_id=company)
    merged = make_merge(bob, company, other).record_id
    work()
    assert (newest_run(bob).state, newest_run(bob).changed) == (RunState.DONE, 3)
    assert all({one.record_id for one in links_of(bob, call)} == {contact, merged} for call in calls)


def test_what_a_search_found_is_not_searched_again_and_a_run_is_about_the_record_chosen(
    client_of: Sign, bob: Viewer, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, company = make_contact(bob), make_company(bob)
    lemons = [make_note(bob, contact, f"<p>Lemons {number}</p>") for number in range(3)]
    make_note(bob, contact, "<p>Apples</p>")
    work()
    found, searched = listing.match_in_object, []
    monkeypatch.setattr(listing, "match_in_object", lambda *asked: searched.append(asked) or found(*asked))
    act(client_of(bob), "notes", "put-on-record", all="1", q="lemons", record_id=company)
    run = newest_run(bob)
    assert (run.changed, run.total, run.record_id, len(searched)) == (3, 3, company, 1)
    assert run.settings["selection"]["ids"] == lemons


def test_work_on_what_is_on_no_record_takes_nothing_else_once_its_actor_is_no_super_admin(
    alice: Viewer, bob: Viewer
) -> None:
    contact, gone = make_contact(bob), make_contact(bob)
    make_call(bob, contact)
    left = make_call(bob, gone)
    end_read()
    with unit_of_work():
        archive_record(bob, gone)
    chosen = all_of(Listing(schema().object_type("call"), is_left=True))
    assert list(ids_of(alice, chosen, None, 10)) == [left]
    assert list(ids_of(bob, chosen, None, 10)) == []


@pytest.mark.parametrize(
    ("plural", "action"), [("contacts", "associate"), ("notes", "put-on-record"), ("contacts", "assign")]
)
def test_undo_by_who_may_edit_no_more_is_refused_and_can_still_be_done_by_a_super_admin(
    client_of: Sign, alice: Viewer, bob: Viewer, work: Callable[[], None], plural: str, action: str
) -> None:
    contact, company = make_contact(bob), make_company(bob)
    one = contact if plural == "contacts" else make_note(bob, contact)
    act(client_of(bob), plural, action, id=one, record_id=company, owner=alice.user_id)
    run = newest_run(bob)
    assert run.changed == 1
    kind = "contact" if plural == "contacts" else "note"
    looks_only = replace(bob, scopes={**bob.scopes, (kind, Verb.EDIT): Scope.NONE})
    with pytest.raises(InvalidValue, match="no longer change"), unit_of_work():
        bulk.undo(looks_only, run.id)
    assert newest_run(bob).may_be_undone
    undo(client_of(alice), run, work)
    assert newest_run(bob).state == RunState.UNDONE


def test_a_list_of_what_is_on_an_activity_tells_nothing_of_hidden_ones(
    client_of: Sign, bob: Viewer, charlie: Viewer
) -> None:
    hidden = make_contact(charlie)
    note = make_note(charlie, hidden)
    with unit_of_work():
        update_activity(SYSTEM, note, {"hubspot_owner_id": bob.user_id})
    end_read()
    assert [client_of(bob).get(f"/objects/{one}?associated={note}").status_code for one in ("contacts", "notes")] == [
        404,
        404,
    ]


@pytest.mark.parametrize("make", [make_contact, lambda bob: make_note(bob, make_contact(bob))])
def test_owner_is_assigned_and_given_back_unless_changed_since(
    client_of: Sign, alice: Viewer, bob: Viewer, work: Callable[[], None], make: Callable[[Viewer], int]
) -> None:
    one, other = make(bob), make(bob)
    is_note = make is not make_contact
    plural = "notes" if is_note else "contacts"
    browser = client_of(alice)
    act(browser, plural, "assign", id=[one, other], owner=alice.user_id)
    end_read()
    assert {get_passport(alice, record).owner_id for record in (one, other)} == {alice.user_id}
    if not is_note:
        with unit_of_work():
            update_record(alice, other, {"hubspot_owner_id": None})
    undo(browser, newest_run(alice), work)
    assert get_passport(alice, one).owner_id == bob.user_id
    assert get_passport(alice, other).owner_id == (bob.user_id if is_note else None)


def test_a_person_is_told_of_a_few_records_and_not_of_many(client_of: Sign, alice: Viewer, bob: Viewer) -> None:
    contacts = [make_contact(alice, f"Ada {number}") for number in range(27)]
    browser = client_of(alice)
    act(browser, "contacts", "assign", id=contacts[:2], owner=bob.user_id)
    told = sa.select(sa.func.count()).select_from(Notification).where(Notification.user_id == bob.user_id)
    end_read()
    assert db.session.scalar(unguarded(told, "a test counts")) == 2
    act(browser, "contacts", "assign", all="1", owner=bob.user_id)
    end_read()
    assert db.session.scalar(unguarded(told, "a test counts")) == 2
    assert get_record(alice, contacts[5]).owner_id == bob.user_id


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({}, 422),
        ({"id": "x"}, 400),
        ({"id": "1"}, 422),
        ({"id": list(range(1, 700)), "record_id": "1"}, 422),
        ({"all": "1", "filter": "nonsense"}, 422),
        ({"all": "1", "filter": "nothing:any_of:1", "record_id": "1"}, 422),
    ],
)
def test_bad_input_is_said_and_changes_nothing(
    client_of: Sign, alice: Viewer, data: dict[str, Any], status: int
) -> None:
    make_contact(alice)
    answer = act(client_of(alice), "contacts", "associate", **data)
    assert answer.status_code in (status, 422)
    end_read()
    assert not runs_of(alice, limit=1)


def test_a_hidden_record_cannot_be_chosen(client_of: Sign, bob: Viewer, charlie: Viewer) -> None:
    contact, hidden = make_contact(bob), make_company(charlie)
    browser = client_of(bob)
    assert act(browser, "contacts", "associate", id=contact, record_id=hidden).status_code == 404
    assert act(browser, "contacts", "unheard-of", id=contact, record_id=hidden).status_code == 403


def test_double_click_begins_once(client_of: Sign, alice: Viewer) -> None:
    company, contact = make_company(alice), make_contact(alice)
    browser = client_of(alice)
    key = read(browser.get(f"/objects/contacts/selected?action=associate&id={contact}").text).one("input", name="key")
    for _ in range(2):
        assert act(browser, "contacts", "associate", id=contact, record_id=company, key=key["value"]).status_code == 303
    end_read()
    assert len(runs_of(alice, limit=5)) == 1


def test_form_costs_the_same_for_one_and_for_many(client_of: Sign, alice: Viewer) -> None:
    contacts = [make_contact(alice, f"Ada {number}") for number in range(20)]
    browser, counted = client_of(alice), []
    for ticked in (contacts[:1], contacts):
        url = "/objects/contacts/selected?action=associate&" + "&".join(f"id={one}" for one in ticked)
        browser.get(url)
        with count_queries() as queries:
            browser.get(url)
        counted.append(len(queries))
    assert counted[0] == counted[1], queries
