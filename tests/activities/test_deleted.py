"""The deleted activities of a record come back on all the timelines they were on (SPEC 1.3, REC-67)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from crm.activities.operations import archive_activity, restore_activity
from crm.activities.queries import read_activity
from crm.db import end_read, unit_of_work
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.records.operations import archive_record
from crm.records.purge import purge_due
from tests.factories import make_call, make_contact, make_deal, make_note
from tests.support.html import Element, read

ClientOf = Callable[[Viewer], FlaskClient]


def delete(actor: Viewer, *activities: int) -> None:
    for one in activities:
        end_read()
        with unit_of_work():
            archive_activity(actor, one)
    end_read()


def lines(browser: FlaskClient, record_id: int) -> list[Element]:
    return read(browser.get(f"/records/{record_id}/activities/deleted").text).all("li", css="settings-row")


def test_rec_67_a_deleted_note_comes_back_on_all_its_timelines(client_of: ClientOf, bob: Viewer, alice: Viewer) -> None:
    browser, contact, deal = client_of(bob), make_contact(bob), make_deal(bob)
    note = make_note(bob, contact, "<p>Prefers lemons</p>", also_on=[deal])
    tool = read(browser.get(f"/records/{contact}/tools").text).one("a", href=f"/records/{contact}/activities/deleted")
    assert (tool.text, tool["target"]) == ("Restore activity", "_blank")
    assert "Nothing was deleted" in browser.get(tool["href"]).text
    delete(alice, note)
    for record in (contact, deal):
        assert f"/activities/{note}" not in browser.get(f"/records/{record}/timeline").text
        (line,) = lines(browser, record)
        assert "Prefers lemons" in line.text
        assert "Deleted by Alice Berg" in line.text
    form = line.one("form")
    answer = browser.post(form["action"], data=form.fields())
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/records/{deal}/activities/deleted")
    for record in (contact, deal):
        assert f"/activities/{note}" in browser.get(f"/records/{record}/timeline").text
        assert lines(browser, record) == []


def test_what_comes_back_onto_no_live_record_is_on_its_own_page(client_of: ClientOf, alice: Viewer) -> None:
    contact = make_contact(alice)
    note = make_note(alice, contact)
    delete(alice, note)
    with unit_of_work():
        archive_record(alice, contact)
    browser = client_of(alice)
    answer = browser.post(f"/activities/{note}/restoration", fragment=True)  # type: ignore[call-arg]
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, f"/activities/{note}")
    assert "back on every record" in browser.get(f"/activities/{note}").text


def test_rec_67_only_what_the_reader_may_bring_back_is_listed(
    client_of: ClientOf, alice: Viewer, bob: Viewer, charlie: Viewer, dana: Viewer
) -> None:
    contact = make_contact(bob)
    own, hidden = make_note(bob, contact, "<p>Ours</p>"), make_note(alice, contact, "<p>Theirs</p>")
    south = make_note(alice, contact, "<p>South</p>", hubspot_owner_id=charlie.user_id)
    delete(alice, own, hidden, south)
    assert [("Ours" in one.text, "Theirs" in one.text) for one in lines(client_of(bob), contact)] == [
        (False, True),
        (True, False),
    ]
    assert client_of(charlie).get(f"/records/{contact}/activities/deleted").status_code == 404
    reader = client_of(dana)
    assert lines(reader, contact) == []
    assert "Restore activity" not in reader.get(f"/records/{contact}/tools").text


def test_after_90_days_it_is_listed_no_more_and_then_it_is_gone(
    client_of: ClientOf, bob: Viewer, clock: time_machine.Traveller
) -> None:
    contact = make_contact(bob)
    call, kept = make_call(bob, contact), make_note(bob, contact)
    delete(bob, call)
    clock.shift(timedelta(days=89))
    delete(bob, kept)
    assert len(lines(client_of(bob), contact)) == 2
    clock.shift(timedelta(days=1, minutes=1))
    assert len(lines(client_of(bob), contact)) == 1
    with pytest.raises(NotFound), unit_of_work():
        restore_activity(bob, call)
    clock.shift(timedelta(days=1))
    end_read()
    assert purge_due() == 1
    with pytest.raises(NotFound):
        read_activity(call)
    assert read_activity(kept).id == kept


def test_pages_follow_each_other_without_a_gap(client_of: ClientOf, bob: Viewer) -> None:
    contact, browser = make_contact(bob), client_of(bob)
    notes = [make_note(bob, contact, f"<p>Note {number:02}</p>") for number in range(32)]
    delete(bob, *notes)
    first = read(browser.get(f"/records/{contact}/activities/deleted").text)
    second = read(browser.get(first.one("a", id="page-next")["href"]).text)
    found = [one["action"] for page in (first, second) for one in page.all("form") if "restoration" in one["action"]]
    assert sorted(found) == sorted(f"/activities/{one}/restoration" for one in notes)
