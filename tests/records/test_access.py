"""Who may see a record and why: by the very rules of the gate (SPEC 1.3)."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.accounts.queries import directory
from crm.db import db, end_read, unit_of_work
from crm.permissions.actions import Verb
from crm.permissions.scopes import guarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.access import EVERYTHING, OWNER, SUPER_ADMIN, TEAM, VERBS, access_to, reasons
from crm.records.models import Record
from crm.records.operations import update_record
from crm.records.queries import get_record
from tests.factories import make_contact, make_deal
from tests.support.html import read

ClientOf = Callable[[Viewer], FlaskClient]


def by_the_gate(viewer: Viewer, record_id: int) -> set[Verb]:
    found = set()
    for verb in VERBS:
        row = sa.select(Record.id).where(Record.id == record_id, visible_to(viewer, verb=verb))
        if db.session.execute(guarded(row, viewer)).first():
            found.add(verb)
    return found


@pytest.mark.parametrize("owner", ["alice", "bob", "charlie", "nobody"])
def test_it_says_of_everybody_what_the_gate_says(
    alice: Viewer, bob: Viewer, charlie: Viewer, dana: Viewer, owner: str
) -> None:
    people = {"alice": alice, "bob": bob, "charlie": charlie, "nobody": None}
    for make in (make_contact, make_deal):
        record_id = make(alice)
        end_read()
        with unit_of_work():
            update_record(alice, record_id, {"hubspot_owner_id": getattr(people[owner], "user_id", None)})
        end_read()
        record = get_record(alice, record_id)
        for person in (alice, bob, charlie, dana):
            assert set(reasons(person, record)) == by_the_gate(person, record_id), (owner, person.name)
        listed = {one.user.id for team in access_to(record) for one in team.people}
        everybody = directory().active_users()
        assert listed == {one.id for one in everybody if by_the_gate(directory().viewer(one.id), record_id)}


def test_the_page_names_people_by_team_with_the_reason_and_is_for_those_who_give_rights(
    client_of: ClientOf, alice: Viewer, bob: Viewer, charlie: Viewer, dana: Viewer
) -> None:
    contact = make_contact(bob)
    record = get_record(alice, contact)
    found = {one.user.name: one.reasons for team in access_to(record) for one in team.people}
    assert found == {
        "Alice Berg": dict.fromkeys(VERBS, SUPER_ADMIN),
        "Bob Stone": dict.fromkeys(VERBS, OWNER),
        "Dana Holm": {Verb.VIEW: EVERYTHING},
    }
    assert reasons(bob, get_record(alice, make_contact(alice))) == dict.fromkeys(VERBS, TEAM)
    page = read(client_of(alice).get(f"/records/{contact}/access").text)
    assert "It belongs to Bob Stone. 3 of 4 people can see it." in page.text
    assert [one.text for one in page.one("tbody").all("th")] == ["Alice Berg", "Bob Stone", "Dana Holm"]
    assert f"/records/{contact}/access" in client_of(alice).get(f"/records/{contact}/tools").text
    for person in (bob, dana):
        browser = client_of(person)
        assert browser.get(f"/records/{contact}/access").status_code == 403
        assert "/access" not in browser.get(f"/records/{contact}/tools").text
