"""Who was called and who comes to a meeting: contacts and people of the team, found by search (SPEC 8.2)."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from crm.activities.linking import NewLink, link_many
from crm.activities.links_of_runs import links_of_run
from crm.activities.operations import create_activity
from crm.activities.origin import Origin
from crm.activities.people import people_of
from crm.activities.queries import get_activity, links_of
from crm.activities.reasons import Why
from crm.activities.taking_part import change_people
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from tests.activities.test_composer import composer, logged
from tests.factories import make_company, make_contact, relate
from tests.factories.merging import make_merge
from tests.support.html import read
from tests.support.queries import count_queries


@pytest.fixture
def browser(client_of: Callable[[Viewer], FlaskClient], alice: Viewer, clock: time_machine.Traveller) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


def took_part(viewer: Viewer, activity_id: int) -> list[str]:
    """The names of the contacts who took part."""
    end_read()
    return [one.display_name for one in people_of(viewer, [activity_id])[activity_id]]


def log_call(actor: Viewer, record_id: int, people_ids: list[int]) -> int:
    """A call in which these people took part."""
    end_read()
    with unit_of_work():
        return create_activity(actor, "call", {"direction": "INBOUND"}, record_id, Origin(people_ids=people_ids))


def send(browser: FlaskClient, record_id: int, kind: str, **typed: Any) -> Any:
    """Fill the composer in and send it, whoever is ticked beforehand too."""
    form = composer(browser, record_id, kind)
    sent = form.fields() | {"body": "Said hello"} | typed
    return browser.post(form["action"], data=sent, fragment=True)


@pytest.mark.parametrize("kind", ["call", "meeting"])
def test_people_of_another_company_are_found_ticked_and_put_on_the_activity(
    browser: FlaskClient, alice: Viewer, kind: str
) -> None:
    company, ada, zoe = make_company(alice), make_contact(alice, "Ada Berg"), make_contact(alice, "Zoe Quist")
    relate(alice, company, ada)
    found = browser.get(f"/records/{company}/activities/people?kind={kind}&people_shown=1&people_q=zoe", fragment=True)
    assert {int(box["value"]) for box in read(found.text).all("input", name="people")} == {ada, zoe}
    assert send(browser, company, kind, people=[str(zoe)], direction="INBOUND").status_code == 200
    [activity] = logged(alice, company)
    assert took_part(alice, activity) == ["Zoe Quist"]
    assert {one.record_id for one in links_of(alice, activity)} == {company, zoe}
    assert "Zoe Quist" in browser.get(f"/activities/{activity}?record={company}").text


def test_without_scripts_the_form_comes_back_with_who_was_found(browser: FlaskClient, alice: Viewer) -> None:
    company, zoe = make_company(alice), make_contact(alice, "Zoe Quist")
    answer = send(browser, company, "meeting", title="Lunch", people_q="zoe")
    assert answer.status_code == 200
    form = read(answer.text).one("form", css="composer-form")
    assert form.fields()["title"] == "Lunch"
    assert [int(box["value"]) for box in form.all("input", name="people")] == [zoe]
    assert logged(alice, company) == []
    assert browser.post(form["action"], data=form.fields() | {"people": str(zoe)}).status_code == 303
    [activity] = logged(alice, company)
    assert took_part(alice, activity) == ["Zoe Quist"]


def test_two_people_change_who_takes_part_and_both_changes_stay(browser: FlaskClient, alice: Viewer) -> None:
    ada, ben, zoe = (make_contact(alice, name) for name in ("Ada Berg", "Ben Cole", "Zoe Quist"))
    send(browser, ada, "meeting")
    [meeting] = logged(alice, ada)
    [first, second] = [read(browser.get(f"/activities/{meeting}/edit", fragment=True).text).one("form").fields()] * 2
    browser.post(f"/activities/{meeting}", data=first | {"people": [str(ada), str(ben)]})
    browser.post(f"/activities/{meeting}", data=second | {"people": [str(zoe)]})
    assert took_part(alice, meeting) == ["Ben Cole", "Zoe Quist"]
    assert len(links_of(alice, meeting)) == 3
    assert get_activity(alice, meeting).values["edited_at"] is not None


def test_who_takes_part_is_not_lost_when_somebody_changed_the_same_field(browser: FlaskClient, alice: Viewer) -> None:
    ada, zoe = make_contact(alice, "Ada Berg"), make_contact(alice, "Zoe Quist")
    send(browser, ada, "meeting")
    [meeting] = logged(alice, ada)
    form = read(browser.get(f"/activities/{meeting}/edit", fragment=True).text).one("form").fields()
    browser.post(f"/activities/{meeting}", data=form | {"title": "Theirs"})
    mine = form | {"title": "Mine", "people": [str(ada), str(zoe)]}
    clash = browser.post(f"/activities/{meeting}", data=mine, fragment=True)
    assert clash.status_code == 409
    again = read(clash.text).one("form")
    boxes = [one["value"] for one in again.all("input", name="people")]
    browser.post(f"/activities/{meeting}", data=again.fields() | {"people": boxes})
    assert took_part(alice, meeting) == ["Ada Berg", "Zoe Quist"]
    assert get_activity(alice, meeting).heading == "Mine"


def test_hidden_people_are_neither_found_nor_shown_nor_put_on(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, charlie: Viewer, alice: Viewer
) -> None:
    mine, theirs = make_contact(bob, "Ada Berg"), make_contact(charlie, "Zoe Quist")
    browser = client_of(bob)
    address = f"/records/{mine}/activities/people?kind=call&people_q=zoe"
    assert str(theirs) not in {box["value"] for box in read(browser.get(address, fragment=True).text).all("input")}
    send(browser, mine, "call", people=[str(mine), str(theirs)])
    [call] = logged(bob, mine)
    assert took_part(alice, call) == ["Ada Berg"]
    browser.post(f"/activities/{call}", data={"body": "More", "people_shown": "1", "people": [str(mine), str(theirs)]})
    assert took_part(alice, call) == ["Ada Berg"]
    shared = log_call(alice, mine, [mine, theirs])
    page = browser.get(f"/activities/{shared}?record={mine}").text
    assert "Ada Berg" in page
    assert "Zoe Quist" not in page


def test_who_was_put_on_in_bulk_and_then_took_part_is_not_taken_off_with_the_rest(alice: Viewer) -> None:
    company, ada, zoe = make_company(alice), make_contact(alice, "Ada Berg"), make_contact(alice, "Zoe Quist")
    call = log_call(alice, company, [])
    end_read()
    with unit_of_work():
        link_many(alice, [NewLink(call, one, Why.BULK, "7") for one in (ada, zoe)])
        change_people(alice, call, [ada], [])
    assert links_of_run(7, Why.BULK, [call]) == [(call, zoe)]


def test_people_of_the_team_come_to_a_meeting(browser: FlaskClient, alice: Viewer, bob: Viewer) -> None:
    ada = make_contact(alice, "Ada Berg")
    send(browser, ada, "meeting", attendee_users=["", str(bob.user_id)])
    [meeting] = logged(alice, ada)
    assert get_activity(alice, meeting).values["attendee_users"] == str(bob.user_id)
    form = read(browser.get(f"/activities/{meeting}/edit", fragment=True).text).one("form")
    browser.post(f"/activities/{meeting}", data=form.fields() | {"attendee_users": [""]})
    end_read()
    assert get_activity(alice, meeting).values["attendee_users"] is None


def test_who_took_part_is_still_among_them_after_a_merge(app: Flask, alice: Viewer) -> None:
    first, second = make_contact(alice, "Ada Berg"), make_contact(alice, "Ada Lund")
    call = log_call(alice, first, [second])
    merged = make_merge(alice, first, second).record_id
    end_read()
    assert [one.record_id for one in people_of(alice, [call])[call]] == [merged]


def test_a_composer_costs_the_same_queries_with_few_and_many_contacts_to_offer(
    browser: FlaskClient, alice: Viewer
) -> None:
    company, counts = make_company(alice), []
    for amount in (2, 10):
        relate(alice, company, *(make_contact(alice, f"Ada {amount} {number}") for number in range(amount)))
        composer(browser, company, "meeting")
        with count_queries() as queries:
            composer(browser, company, "meeting")
        counts.append(len(queries))
    assert counts[0] == counts[1]
