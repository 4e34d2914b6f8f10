"""A record as it was at any moment: compared with what stood there at the time (SPEC 2.6)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from crm.associations.operations import associate, dissociate, set_primary_company
from crm.associations.past import links_as_of
from crm.associations.queries import neighbourhoods
from crm.clock import now
from crm.db import end_read, unit_of_work
from crm.merging.operations import merge
from crm.merging.planning import plan
from crm.objects.archiving import archive_property
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.objects.retyping_values import retype
from crm.permissions.viewer import Viewer
from crm.records.as_of import MODIFIED, values_as_of
from crm.records.operations import archive_record, restore_record, update_record
from crm.records.queries import get_record
from tests.conftest import NOON
from tests.factories import make_company, make_contact, make_deal, relate
from tests.support.html import read

ClientOf = Callable[[Viewer], FlaskClient]
SEEDS = range(6)


def update(actor: Viewer, record_id: int, **changes: Any) -> None:
    end_read()
    with unit_of_work():
        update_record(actor, record_id, changes)


def recorded(viewer: Viewer, record_id: int) -> dict[str, Any]:
    """The values of now, of the properties whose past is told."""
    end_read()
    record = get_record(viewer, record_id)
    told = values_as_of(record, now()).values
    return {name: value for name, value in record.values.items() if name in told}


def choices(chance: Random, alice: Viewer, bob: Viewer) -> dict[str, Any]:
    """Some new values of a deal, of many types."""
    every: dict[str, Any] = {
        "dealname": chance.choice(["Oranges", "Pears", "Łódź & søn", "0", "a;b"]),
        "amount": chance.choice([None, Decimal("12.5"), Decimal("0"), Decimal("999999.99")]),
        "closedate": chance.choice([None, datetime(2026, 5, 1, 8, tzinfo=NOON.tzinfo), NOON]),
        "dealstage": chance.choice(["appointmentscheduled", "qualifiedtobuy", "closedwon", "closedlost"]),
        "hubspot_owner_id": chance.choice([alice.user_id, bob.user_id, None]),
        "hs_priority": chance.choice([None, "low", "high"]),
        "description": chance.choice([None, "one\ntwo", "three"]),
        "hs_all_collaborator_owner_ids": chance.choice([None, f"{alice.user_id}", f"{alice.user_id};{bob.user_id}"]),
        "deal_currency_code": chance.choice([None, "SEK", "USD"]),
    }
    return {name: every[name] for name in chance.sample(sorted(every), chance.randint(1, 4))}


@pytest.mark.parametrize("seed", SEEDS)
def test_values_of_any_moment_equal_what_stood_there_then(
    alice: Viewer, bob: Viewer, clock: time_machine.Traveller, seed: int
) -> None:
    chance = Random(seed)
    deal = make_deal(alice)
    snapshots = [(now(), recorded(alice, deal))]
    for _ in range(25):
        clock.shift(timedelta(seconds=chance.choice([0, 1, 3600, 86400])))
        update(alice, deal, **choices(chance, alice, bob))
        snapshots.append((now(), recorded(alice, deal)))
    last = dict(snapshots)  # of several changes at one moment the last counts
    record = get_record(alice, deal)
    assert len(last) > 10
    for moment, values in last.items():
        past = values_as_of(record, moment)
        assert past.texts == {}
        told = {name: value for name, value in past.values.items() if name in values}
        assert {**told, MODIFIED: None} == {**values, MODIFIED: None}, moment
        assert told[MODIFIED] == values[MODIFIED], moment


@pytest.mark.parametrize("seed", SEEDS)
def test_associations_of_any_moment_equal_those_there_were_then(
    alice: Viewer, clock: time_machine.Traveller, seed: int
) -> None:
    chance = Random(seed)
    contact, deal = make_contact(alice), make_deal(alice)
    others = [make_company(alice, f"Firm {letter}") for letter in "abc"] + [deal, make_contact(alice, "Ida Lund")]
    snapshots = []
    for _ in range(30):
        clock.shift(timedelta(minutes=chance.choice([0, 5])))
        other = chance.choice(others)
        end_read()
        with unit_of_work():
            one, two = chance.sample([contact, other], 2)
            chance.choice([associate, dissociate])(alice, one, two)
            if chance.random() < 0.3:
                company = chance.choice(others[:3])
                associate(alice, contact, company)
                set_primary_company(alice, contact, company)
        snapshots.append((now(), linked_now(alice, contact)))
    for moment, links in dict(snapshots).items():
        then = {one.other.record_id: set(one.labels) for one in links_as_of(alice, contact, moment)}
        assert then == links, moment


def linked_now(viewer: Viewer, record_id: int) -> dict[int, set[str]]:
    end_read()
    return {
        one.record_id: {"", "Primary"} if one.is_primary else {""}
        for part in neighbourhoods(viewer, record_id, "contact", {kind.name: 50 for kind in schema().record_types})
        for one in part.neighbours
    }


@pytest.fixture
def browser(client_of: ClientOf, alice: Viewer) -> FlaskClient:
    """Alice's browser."""
    return client_of(alice)


def shown(browser: FlaskClient, record_id: int, when: str) -> dict[str, str]:
    page = read(browser.get(f"/records/{record_id}/as-of", query_string={"date": when}).text)
    return {one.one("dt").text: one.one("dd").text for one in page.all("div", css="property")}


def test_a_day_is_seen_as_it_ended_for_the_reader(
    browser: FlaskClient, alice: Viewer, clock: time_machine.Traveller
) -> None:
    contact = make_contact(alice, jobtitle="Buyer")
    clock.shift(timedelta(hours=6))
    update(alice, contact, jobtitle="Cook")
    clock.shift(timedelta(days=1))
    update(alice, contact, jobtitle="Painter")
    assert shown(browser, contact, "2026-03-11")["Job title"] == "Cook"
    assert shown(browser, contact, "2026-03-12")["Job title"] == "Painter"
    assert shown(browser, contact, NOON.isoformat())["Job title"] == "Buyer"


def test_before_it_was_made_it_says_so(browser: FlaskClient, alice: Viewer, clock: object) -> None:
    contact = make_contact(alice)
    page = browser.get(f"/records/{contact}/as-of?date=2026-03-10").text
    assert "It did not exist yet" in page
    assert "11 Mar 2026" in page


@pytest.mark.parametrize("typed", ["yesterday", "2026-02-31", "0001-01-01", "9999-12-31", "2026-03-11T12:00", "-"])
def test_what_is_no_date_is_said_beside_it(browser: FlaskClient, alice: Viewer, typed: str) -> None:
    answer = browser.get(f"/records/{make_contact(alice)}/as-of", query_string={"date": typed})
    assert answer.status_code == 422
    page = read(answer.text)
    assert "This is not a date." in page.one("p", id="date-hint").text
    assert page.one("input", id="date")["value"] == typed


def test_associations_stand_below_the_values(
    browser: FlaskClient, alice: Viewer, clock: time_machine.Traveller
) -> None:
    contact, company = make_contact(alice), make_company(alice, "Orange Inc")
    relate(alice, contact, company)
    clock.shift(timedelta(days=1))
    end_read()
    with unit_of_work():
        dissociate(alice, contact, company)
    there, gone = (browser.get(f"/records/{contact}/as-of?date=2026-03-{day}").text for day in (11, 12))
    assert "Orange Inc" in there
    assert "Orange Inc" not in gone


def test_links_to_hidden_and_deleted_records_are_neither_shown_nor_counted(
    client_of: ClientOf, alice: Viewer, bob: Viewer, charlie: Viewer, clock: object
) -> None:
    contact = make_contact(bob, hubspot_owner_id=charlie.user_id)
    mine, hidden, gone = make_deal(charlie, "Mine"), make_deal(bob, "Hidden"), make_deal(charlie, "Gone")
    relate(alice, contact, mine, hidden, gone)
    with unit_of_work():
        archive_record(alice, gone)
    page = client_of(charlie).get(f"/records/{contact}/as-of?date=2026-03-11").text
    assert [word for word in ("Mine", "Hidden", "Gone") if word in page] == ["Mine"]
    assert read(page).one("section", aria_label="Deals").one("span", css="count").text == "1"


def test_the_past_survives_deletion_and_return(alice: Viewer, clock: time_machine.Traveller) -> None:
    contact, company = make_contact(alice, jobtitle="Buyer"), make_company(alice)
    relate(alice, contact, company)
    before = now()
    clock.shift(timedelta(days=1))
    update(alice, contact, jobtitle="Cook")
    for change in (archive_record, restore_record):
        end_read()
        with unit_of_work():
            change(alice, contact)
    end_read()
    assert values_as_of(get_record(alice, contact), before).values["jobtitle"] == "Buyer"
    assert [one.other.record_id for one in links_as_of(alice, contact, before)] == [company]


def test_the_past_of_both_survives_a_merge(
    browser: FlaskClient, alice: Viewer, clock: time_machine.Traveller
) -> None:
    one, company = make_contact(alice, "Ada Berg", jobtitle="Buyer"), make_company(alice, "Orange Inc")
    relate(alice, one, company)
    clock.shift(timedelta(days=1))
    other = make_contact(alice, "Ada B", jobtitle="Cook")
    clock.shift(timedelta(days=1))
    end_read()
    with unit_of_work():
        merged = merge(alice, plan(alice, one, other)).record_id
    clock.shift(timedelta(days=1))
    update(alice, merged, jobtitle="Painter")
    now_there = get_record(alice, merged).values["jobtitle"]
    assert [shown(browser, merged, f"2026-03-{day}")["Job title"] for day in (11, 12)] == ["Buyer", "Cook"]
    assert shown(browser, merged, "2026-03-14")["Job title"] == now_there == "Painter"
    assert "said last of any of them" in browser.get(f"/records/{merged}/as-of?date=2026-03-11").text
    assert [link.other.record_id for link in links_as_of(alice, merged, NOON)] == [company]
    assert "Painter" in browser.get(f"/records/{merged}/history?property=jobtitle").text


def nickname() -> str:
    end_read()
    with unit_of_work():
        group = schema().object_type("contact").properties["email"].group
        return create_property("contact", "Nickname", "text", group).name


def test_archived_properties_are_told_with_their_labels(
    browser: FlaskClient, alice: Viewer, clock: time_machine.Traveller
) -> None:
    name = nickname()
    contact = make_contact(alice, **{name: "Bo"})
    clock.shift(timedelta(days=1))
    update(alice, contact, **{name: "Bobo"})
    with unit_of_work():
        archive_property(alice, "contact", name)
    assert shown(browser, contact, "2026-03-11")["Nickname"] == "Bo"
    assert shown(browser, contact, "2026-03-12")["Nickname"] == "Bobo"


def test_a_value_of_another_type_is_told_as_it_was(
    browser: FlaskClient, alice: Viewer, clock: time_machine.Traveller
) -> None:
    name = nickname()
    contact = make_contact(alice, **{name: "Bo"})
    clock.shift(timedelta(days=1))
    update(alice, contact, **{name: None})
    with unit_of_work():
        retype(alice, "contact", name, "number")
    assert shown(browser, contact, "2026-03-11")["Nickname"] == "Bo"
    assert "Nickname" not in shown(browser, contact, "2026-03-12")


def test_a_hidden_record_has_no_past_either(client_of: ClientOf, bob: Viewer, charlie: Viewer, dana: Viewer) -> None:
    contact = make_contact(bob)
    assert client_of(charlie).get(f"/records/{contact}/as-of?date=2026-03-11").status_code == 404
    assert client_of(dana).get(f"/records/{contact}/as-of").status_code == 200
