"""Deleting a record and bringing it back by the link shown after it (SPEC 4.7, REC-12)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient

from crm.activities.operations import archive_activity
from crm.activities.queries import get_activity
from crm.associations.queries import is_associated
from crm.db import db, end_read, unit_of_work
from crm.permissions.errors import NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record, RecordDeletion
from crm.records.operations import archive_record, restore_record
from crm.records.queries import get_record
from tests.factories import make_company, make_contact, make_deal, make_note, make_ticket, relate
from tests.support.html import read

ClientOf = Callable[[Viewer], FlaskClient]


def is_deleted(record_id: int) -> bool:
    end_read()
    archived = sa.select(Record.archived_at).where(Record.id == record_id)
    return db.session.scalar(unguarded(archived, "a test looks")) is not None


def delete(browser: FlaskClient, record_id: int, **form: str) -> None:
    answer = browser.post(f"/records/{record_id}/deletion", data=form)
    assert answer.status_code == 303, answer.text


def test_rec_12_a_deleted_record_vanishes_and_stands_in_the_restore_list_for_90_days(
    client_of: ClientOf, alice: Viewer, clock: time_machine.Traveller
) -> None:
    deal = make_deal(alice, "Oranges by the ton")
    browser = client_of(alice)
    answer = browser.post(f"/records/{deal}/deletion")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/objects/deals")
    assert browser.get(f"/records/{deal}").status_code == 404
    assert "Oranges by the ton" not in read(browser.get("/objects/deals").text).one("div", id="index-table").text
    clock.shift(timedelta(days=89))
    browser = client_of(alice)
    assert "Oranges by the ton" in browser.get("/objects/deals/bin").text
    clock.shift(timedelta(days=2))
    browser = client_of(alice)
    assert "Oranges by the ton" not in browser.get("/objects/deals/bin").text


def test_the_question_says_what_stays_and_asks_of_contacts_only_whether_it_is_for_good(
    client_of: ClientOf, alice: Viewer
) -> None:
    browser = client_of(alice)
    contact, deal = make_contact(alice, "Ada Berg"), make_deal(alice)
    page = read(browser.get(f"/records/{contact}/deletion").text)
    ways = [one["value"] for one in page.one("form", id="deletion").all("input", name="way")]
    assert ways == ["restorable", "permanent"]
    assert "Delete Ada Berg?" in page.one("h1").text
    assert not read(browser.get(f"/records/{deal}/deletion").text).all("input", name="way")
    fragment = browser.get(f"/records/{deal}/deletion", fragment=True).text
    assert "<html" not in fragment
    assert read(fragment).one("h2", id="dialog-title")


def test_the_toast_has_the_way_back(client_of: ClientOf, alice: Viewer) -> None:
    browser = client_of(alice)
    contact = make_contact(alice, "Ada Berg")
    shown = read(browser.post(f"/records/{contact}/deletion", follow_redirects=True).text)
    toast = shown.one("div", css="toast", data_kind="done")
    assert "Ada Berg was deleted." in toast.text
    undo = toast.one("form")["action"]
    answer = browser.post(undo)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/records/{contact}")
    assert browser.get(f"/records/{contact}").status_code == 200
    left = sa.select(sa.func.count()).select_from(RecordDeletion.__table__)
    assert not db.session.scalar(unguarded(left, "a test looks"))


def test_nothing_associated_is_deleted_and_links_come_back(client_of: ClientOf, alice: Viewer) -> None:
    contact, company, deal = make_contact(alice), make_company(alice), make_deal(alice)
    relate(alice, contact, company, deal)
    delete(client_of(alice), contact)
    assert [is_deleted(one) for one in (contact, company, deal)] == [True, False, False]
    client_of(alice).post(f"/records/{contact}/restoration")
    assert is_associated(contact, company)
    assert is_associated(deal, contact)


def test_its_activities_stay_on_other_records_and_return_to_it(
    client_of: ClientOf, alice: Viewer, bob: Viewer
) -> None:
    contact, deal = make_contact(alice), make_deal(alice)
    both, alone = make_note(alice, contact, also_on=[deal]), make_note(alice, contact, "<p>Only here</p>", also_on=[])
    browser = client_of(alice)
    delete(browser, contact)
    assert f"/activities/{both}" in browser.get(f"/records/{deal}/timeline").text
    assert browser.get(f"/records/{contact}/timeline").status_code == 404
    with pytest.raises(NotFound):
        get_activity(bob, alone)
    browser.post(f"/records/{contact}/restoration")
    assert get_activity(bob, alone).body == "<p>Only here</p>"
    timeline = browser.get(f"/records/{contact}/timeline").text
    assert f"/activities/{both}" in timeline
    assert f"/activities/{alone}" in timeline


def test_search_suggestions_and_counts_agree_at_once(client_of: ClientOf, alice: Viewer, work: Callable) -> None:
    contact, deal = make_contact(alice, "Quercus Robur"), make_deal(alice)
    relate(alice, contact, deal)
    note = make_note(alice, contact, "<p>Acorns wanted</p>", also_on=[])
    work()
    browser = client_of(alice)
    marks = {
        "/search?q=quercus": "Robur",
        "/search/suggestions?q=robur": "Robur",
        "/objects/contacts?q=quercus": "Robur",
        f"/records/{deal}": "Robur",
        "/search?q=acorns": f"/activities/{note}",
    }

    def finding() -> list[str]:
        return [page for page, mark in marks.items() if mark in browser.get(page, fragment="suggestions" in page).text]

    assert finding() == list(marks)
    delete(browser, contact)
    browser.get("/objects/contacts")  # takes the toast, which names the record
    assert finding() == []
    browser.post(f"/records/{contact}/restoration")
    browser.get("/objects/contacts")
    assert finding() == list(marks)


def test_a_contact_deleted_for_good_has_no_way_back(client_of: ClientOf, alice: Viewer) -> None:
    contact = make_contact(alice, "Ada Berg")
    browser = client_of(alice)
    shown = read(browser.post(f"/records/{contact}/deletion", data={"way": "permanent"}, follow_redirects=True).text)
    assert not shown.one("div", css="toast", data_kind="done").all("form")
    assert browser.post(f"/records/{contact}/restoration").status_code == 404
    assert "Ada Berg" not in browser.get("/objects/contacts/bin").text
    assert browser.get(f"/records/{contact}").status_code == 404


@pytest.mark.parametrize("way", ["at once", "permanent"])
def test_what_is_not_offered_is_refused(client_of: ClientOf, alice: Viewer, way: str) -> None:
    ticket = make_ticket(alice)
    assert client_of(alice).post(f"/records/{ticket}/deletion", data={"way": way}).status_code == 400
    assert not is_deleted(ticket)


def test_only_who_may_delete_is_asked_and_obeyed(
    client_of: ClientOf, alice: Viewer, dana: Viewer, charlie: Viewer, bob: Viewer
) -> None:
    contact = make_contact(bob)
    for person, status in ((dana, 403), (charlie, 404)):
        browser = client_of(person)
        assert browser.get(f"/records/{contact}/deletion").status_code == status
        assert browser.post(f"/records/{contact}/deletion").status_code == status
        assert not is_deleted(contact)
    assert "/deletion" not in client_of(dana).get(f"/records/{contact}/tools").text
    assert "/deletion" in client_of(bob).get(f"/records/{contact}/tools").text


def test_an_activity_is_not_deleted_as_a_record(client_of: ClientOf, alice: Viewer) -> None:
    note = make_note(alice, make_contact(alice))
    assert client_of(alice).post(f"/records/{note}/deletion").status_code == 404
    assert not is_deleted(note)


def test_who_deleted_it_may_undo_and_nobody_else_without_the_rights_of_the_bin(
    client_of: ClientOf, alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    contact = make_contact(bob)
    with unit_of_work():
        archive_record(alice, contact)
    assert client_of(bob).post(f"/records/{contact}/restoration").status_code == 404
    assert client_of(charlie).post(f"/records/{contact}/restoration").status_code == 404
    assert client_of(alice).post(f"/records/{contact}/restoration").status_code == 303
    with unit_of_work():
        archive_record(bob, contact)
    assert client_of(bob).post(f"/records/{contact}/restoration").status_code == 303


def test_after_90_days_nobody_brings_it_back(alice: Viewer, clock: time_machine.Traveller) -> None:
    contact = make_contact(alice)
    with unit_of_work():
        archive_record(alice, contact)
    clock.shift(timedelta(days=90, seconds=1))
    with pytest.raises(NotFound), unit_of_work():
        restore_record(alice, contact)
    with pytest.raises(NotFound):
        get_record(alice, contact)


def test_a_contact_does_not_return_while_another_has_its_address(client_of: ClientOf, alice: Viewer) -> None:
    contact = make_contact(alice, "Ada Berg", email="ada@example.com")
    browser = client_of(alice)
    delete(browser, contact)
    make_contact(alice, "Ida Lund", email="ada@example.com")
    answer = browser.post(f"/records/{contact}/restoration")
    assert answer.status_code == 422
    assert "Ida Lund" in answer.text
    assert is_deleted(contact)


def test_nor_while_another_has_it_as_an_additional_one(client_of: ClientOf, alice: Viewer) -> None:
    contact = make_contact(alice, "Ada Berg", email="ada@example.com")
    browser = client_of(alice)
    delete(browser, contact)
    make_contact(alice, "Ida Lund", hs_additional_emails="ada@example.com")
    answer = browser.post(f"/records/{contact}/restoration")
    assert answer.status_code == 422
    assert "Ida Lund" in answer.text
    assert is_deleted(contact)


def test_deleting_and_restoring_sent_twice_say_so_and_are_no_404(
    client_of: ClientOf, alice: Viewer, charlie: Viewer, dana: Viewer
) -> None:
    deal, browser = make_deal(alice, "Oranges"), client_of(alice)
    delete(browser, deal)
    again = browser.post(f"/records/{deal}/deletion")
    assert (again.status_code, again.location) == (303, "/objects/deals")
    assert "This record was deleted already." in browser.get("/objects/deals").text
    assert client_of(charlie).post(f"/records/{deal}/deletion").status_code == 404
    browser.post(f"/records/{deal}/restoration")
    again = browser.post(f"/records/{deal}/restoration")
    assert (again.status_code, again.location) == (303, f"/records/{deal}")
    assert "Oranges is back already." in browser.get(f"/records/{deal}").text
    for other in (charlie, dana):
        assert client_of(other).post(f"/records/{deal}/restoration").status_code == 404


def test_a_deleted_activity_is_no_deleted_record(client_of: ClientOf, alice: Viewer, bob: Viewer) -> None:
    on_hidden = make_note(bob, make_contact(alice), hubspot_owner_id=bob.user_id)
    end_read()
    with unit_of_work():
        archive_activity(alice, on_hidden)
    for person in (alice, bob):
        browser = client_of(person)
        assert browser.post(f"/records/{on_hidden}/restoration").status_code == 404
        assert browser.post(f"/records/{on_hidden}/deletion").status_code == 404
    assert is_deleted(on_hidden)
