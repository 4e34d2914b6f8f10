"""Adding past activity to a record at any later time (SPEC 6.8)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from crm.bulk.queries import runs_of
from crm.clock import now
from crm.db import end_read
from crm.permissions.viewer import Viewer
from crm.timeline.queries import page
from tests.factories import make_call, make_company, make_contact, make_deal, make_note, make_record, relate
from tests.factories.objects import make_object
from tests.support.html import read
from tests.support.queries import count_queries


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], bob: Viewer) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


@pytest.fixture
def firm(bob: Viewer) -> int:
    """A company of bob."""
    return make_company(bob, "Orange Inc")


@pytest.fixture
def deal(bob: Viewer, firm: int) -> int:
    """A deal with it."""
    made = make_deal(bob, "Crates")
    relate(bob, made, firm)
    return made


def note_of(actor: Viewer, record_id: int, days: float) -> int:
    """A note of so many days ago, on this record alone."""
    return make_note(actor, record_id, activity_date=now() - timedelta(days=days), also_on=[])


def send(browser: FlaskClient, record_id: int, **values: Any) -> Any:
    """Send the form as it is first shown, with these values."""
    here = f"/records/{record_id}/past-activity"
    form = read(browser.get(here).text).one(id="past-activity")
    kinds = [one["value"] for one in form.all("input", name="kind") if "checked" in one]
    return browser.post(here, data=form.fields() | {"kind": kinds} | values, fragment=True)


def counted(browser: FlaskClient, record_id: int, **values: Any) -> str:
    """How many there would be."""
    answer = send(browser, record_id, then="count", **values)
    assert answer.status_code == 200
    return read(answer.text).one(id="past-count").text


def on_timeline(viewer: Viewer, record_id: int) -> set[int | None]:
    end_read()
    return {one.activity_id for one in page(viewer, record_id).entries if one.activity_id}


def test_it_stands_in_the_menu_of_whoever_may_change_the_record(
    browser: FlaskClient, client_of: Callable[[Viewer], FlaskClient], charlie: Viewer, dana: Viewer, deal: int
) -> None:
    assert f"/records/{deal}/past-activity" in browser.get(f"/records/{deal}/tools").text
    assert "past-activity" not in client_of(dana).get(f"/records/{deal}/tools").text
    for who, status in ((dana, 403), (charlie, 404)):
        there = client_of(who)
        assert there.get(f"/records/{deal}/past-activity").status_code == status
        assert there.post(f"/records/{deal}/past-activity", data={"source": "1"}).status_code == status


def test_asc_34_what_is_new_is_counted_added_and_taken_off_again(
    browser: FlaskClient, bob: Viewer, firm: int, deal: int
) -> None:
    note, old = note_of(bob, firm, 3), note_of(bob, firm, 40)
    call = make_call(bob, firm, activity_date=now() - timedelta(days=5), also_on=[])
    assert counted(browser, deal) == "Choose at least one record to take activity from."
    assert counted(browser, deal, source=str(firm)) == "2 activities are new."
    assert counted(browser, deal, source=str(firm), kind=["call"]) == "One activity is new."
    assert counted(browser, deal, source=str(firm), period="all") == "3 activities are new."
    assert runs_of(bob) == []
    answer = send(browser, deal, source=str(firm), kind=["note", "call"])
    assert answer.headers["HX-Redirect"] == f"/records/{deal}"
    assert on_timeline(bob, deal) == {note, call}
    assert "2 past activities were added." in browser.get(f"/records/{deal}").text
    assert counted(browser, deal, source=str(firm)) == "There is nothing new to add."
    assert send(browser, deal, source=str(firm)).status_code == 422
    assert old not in on_timeline(bob, deal)
    (run,) = runs_of(bob, record_id=deal)
    before = read(browser.get(f"/records/{deal}/past-activity").text).one("section", css="block")
    assert "2 activities, by Bob" in before.text
    before.one("form", action=f"/bulk/{run.id}/undo")
    browser.post(f"/bulk/{run.id}/undo")
    assert on_timeline(bob, deal) == set()


def test_dates_of_ones_own_are_whole_days_of_the_reader(
    browser: FlaskClient, bob: Viewer, firm: int, deal: int, clock: time_machine.Traveller
) -> None:
    for days in (0, 1, 2, 9):
        note_of(bob, firm, days)
    own = {"source": str(firm), "period": "own"}
    assert counted(browser, deal, **own) == "4 activities are new."
    assert counted(browser, deal, **own, since="2026-03-09", until="2026-03-10") == "2 activities are new."
    assert counted(browser, deal, **own, until="2026-03-09") == "2 activities are new."
    wrong = {"since": "2026-03-10", "until": "2026-03-09"}
    assert counted(browser, deal, **own, **wrong) == "The first day is after the last one."
    for values in (wrong, {"since": "yesterday"}, {"until": "0001-01-01"}):
        answer = send(browser, deal, **own, **values)
        assert answer.status_code == 422
        kept = read(answer.text).one(id="past-activity").fields()
        assert values.items() <= kept.items()
    assert runs_of(bob) == []


def test_what_is_missing_is_said_and_what_is_not_associated_is_not_found(
    browser: FlaskClient, bob: Viewer, charlie: Viewer, firm: int, deal: int
) -> None:
    note_of(bob, firm, 1)
    stranger, hidden = make_contact(bob, "Ada Berg"), make_contact(charlie, "Olga Zanz")
    relate(charlie, make_deal(charlie), hidden)
    for values, said in (
        ({}, "Choose at least one record to take activity from."),
        ({"source": str(firm), "kind": []}, "Choose at least one kind of activity."),
    ):
        answer = send(browser, deal, **values)
        assert answer.status_code == 422
        assert said in read(answer.text).one("p", css="notice").text
    for wrong in (stranger, hidden, 999_999):
        assert send(browser, deal, source=[str(firm), str(wrong)]).status_code == 404
    assert on_timeline(bob, deal) == set()


def test_a_search_finds_associated_records_and_keeps_the_chosen_ones(
    browser: FlaskClient, bob: Viewer, firm: int, deal: int
) -> None:
    john, _stranger = make_contact(bob, "John Doe"), make_contact(bob, "John Roe")
    relate(bob, deal, john)
    answer = send(browser, deal, source=str(firm), q="john", then="count")
    boxes = [(int(one["value"]), "checked" in one) for one in read(answer.text).all("input", name="source")]
    assert boxes == [(firm, True), (john, False)]


def test_the_page_takes_as_many_queries_for_fifty_records_as_for_five(
    browser: FlaskClient, bob: Viewer, deal: int
) -> None:
    counts = []
    for amount in (5, 45):
        relate(bob, deal, *(make_contact(bob) for _ in range(amount)))
        end_read()
        with count_queries() as queries:
            assert browser.get(f"/records/{deal}/past-activity").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_the_history_of_an_activity_tells_from_where_it_came(
    browser: FlaskClient, bob: Viewer, firm: int, deal: int
) -> None:
    note = note_of(bob, firm, 1)
    send(browser, deal, source=str(firm))
    assert "Carried over from Orange Inc" in browser.get(f"/activities/{note}/history?record={deal}").text


def test_an_object_gets_only_the_kinds_it_takes(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer
) -> None:
    kind = make_object(alice, activities=frozenset({"call", "communication"}))
    firm = make_company(alice, "Orange Inc")
    call = make_call(alice, firm, activity_date=now() - timedelta(days=1), also_on=[])
    note_of(alice, firm, 1)
    machine = make_record(alice, kind, serial_number="A1")
    relate(alice, machine, firm)
    form = read(client_of(alice).get(f"/records/{machine}/past-activity").text).one(id="past-activity")
    assert [one["value"] for one in form.all("input", name="kind")] == ["call"]
    send(client_of(alice), machine, source=str(firm), kind=["call", "note"])
    assert on_timeline(alice, machine) == {call}
