"""What is refused, and what is taken though it looks odd; that no refusal writes at all: test_refusals.py."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.db import Base, db, end_read
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from tests.factories import make_comment, make_company, make_contact, make_note, make_task, relate
from tests.security.conftest import Office

Form = dict[str, Any]


def everything() -> dict[str, list[Any]]:
    """All rows of all tables, but those of sessions: being asked is no change."""
    end_read()
    tables = [*Base.metadata.sorted_tables, *(kind.table for kind in schema().types.values())]
    return {
        table.name: sorted(map(repr, db.session.execute(unguarded(sa.select(table), "a test compares"))))
        for table in tables
        if table.name != "user_session"
    }


def test_who_only_reads_may_comment(client_of: Callable[[Viewer], FlaskClient], dana: Viewer, office: Office) -> None:
    path = f"/activities/{office.activities['note']}/comments"
    assert client_of(dana).post(path, data={"body": "Nice"}).status_code == 303


def nonsense(office: Office) -> list[tuple[str, Form]]:
    """Forms of somebody who may, with something in them that no form of ours sends."""
    contact, note = office.contact, office.activities["note"]
    huge = "9" * 30
    return [
        ("/objects/contacts/new", {"firstname": "", "lastname": "", "email": ""}),
        ("/objects/contacts/new", {"email": "no address", "firstname": "Mia"}),
        ("/objects/contacts/new", {"firstname": "Mia", "associate_with": huge}),
        ("/objects/contacts/new", {"firstname": "Mia", "associate_with": str(note)}),
        ("/objects/deals/new", {"dealname": ""}),
        ("/objects/deals/new", {"dealname": "Big", "dealstage": "no stage"}),
        ("/objects/deals/new", {"dealname": "Big", "amount": "much"}),
        ("/objects/notes/new", {"body": "Hello"}),
        ("/objects/spaceships/new", {"name": "Hello"}),
        (f"/records/{contact}/properties/email", {"email": "no address", "version": "1"}),
        (f"/records/{contact}/properties/lastname", {"lastname": "New"}),
        (f"/records/{contact}/properties/lastname", {"lastname": "New", "version": "x"}),
        (f"/records/{contact}/properties/lastname", {"lastname": "N" * 70_000, "version": "9"}),
        (f"/records/{contact}/properties/createdate", {"createdate": "2020-01-01", "version": "9"}),
        (f"/records/{contact}/properties/nothing", {"nothing": "x", "version": "9"}),
        (f"/records/{contact}/properties/hubspot_owner_id", {"hubspot_owner_id": "999", "version": "9"}),
        (f"/records/{office.records['deal']}/properties/dealname", {"dealname": "", "version": "9"}),
        (f"/records/{office.records['deal']}/properties/dealstage", {"dealstage": "", "version": "9"}),
        (f"/records/{contact}/timeline/kinds", {"kind": "note", "owner": "999"}),
        (f"/records/{contact}/pin", {"activity_id": str(office.activities["call"]), "on": "1", "team": "x"}),
        (f"/activities/{note}/associations", {"record_id": str(office.records["deal"]), "on": "1", "object": "notes"}),
        (f"/activities/{note}/associations", {"record_id": str(office.souths_contact), "on": "1"}),
        (f"/records/{contact}/timeline/kinds", {"kind": "fax"}),
        (f"/records/{contact}/pin", {"activity_id": huge, "on": "1"}),
        (f"/records/{office.records['ticket']}/pin", {"activity_id": str(note), "on": "1"}),
        (f"/records/{contact}/activities", {"kind": "fax", "body": "Hello"}),
        (f"/records/{contact}/activities", {"kind": "task", "title": "", "activity_date": ""}),
        (f"/records/{contact}/activities", {"kind": "call", "body": "Hi", "activity_date": "31.02.2026"}),
        (f"/records/{contact}/activities", {"kind": "note", "body": "Hi", "links_shown": "1", "record_ids": "x"}),
        (f"/records/{contact}/activities", {"kind": "note", "body": "Hi", "follow_up": "true", "follow_up_days": "0"}),
        (f"/records/{contact}/associations/companies/add", {"record_id": str(office.records["deal"])}),
        (f"/records/{contact}/associations/contacts/add", {"record_id": str(contact)}),
        (f"/records/{contact}/associations/notes/add", {"record_id": str(note)}),
        (f"/records/{contact}/associations/companies/add", {"record_id": "x"}),
        (f"/records/{contact}/associations/companies/add", {"tab": "new", "name": "", "domain": ""}),
        (f"/records/{contact}/associations/{office.records['deal']}/primary", {}),
        (f"/activities/{contact}", {"body": "Changed"}),
        (f"/activities/{office.activities['task']}", {"title": ""}),
        (f"/activities/{note}/comments", {"body": "  "}),
        (f"/activities/{note}/comments", {"body": "x" * 10_001}),
        (f"/activities/{note}/associations", {"record_id": str(note), "on": "1"}),
        (f"/activities/{note}/associations", {"record_id": huge, "on": "1"}),
        (f"/comments/{office.comment}", {"body": ""}),
        (f"/records/{huge}/tab", {"tab": "overview"}),
        (f"/activities/{huge}/comments", {"body": "Hello"}),
        (f"/comments/{huge}", {"body": "Hello"}),
    ]


@pytest.mark.parametrize("fragment", [False, True], ids=["page", "fragment"])
def test_nonsense_is_refused_whole(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, office: Office, fragment: bool
) -> None:
    browser, before = client_of(bob), everything()
    taken = []
    for path, form in nonsense(office):
        status = browser.post(path, data=form, fragment=fragment).status_code
        if status not in (400, 403, 404, 405, 422) or everything() != before:
            taken.append((path, {name: value[:40] for name, value in form.items()}, status))
            before = everything()
    assert taken == []


def test_giving_a_record_to_the_other_team_is_taken_and_said(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, charlie: Viewer
) -> None:
    contact = make_contact(bob)
    form = {"hubspot_owner_id": str(charlie.user_id), "version": "1"}
    answer = client_of(bob).post(f"/records/{contact}/properties/hubspot_owner_id", data=form, fragment=True)
    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] == "/objects/contacts"
    owner = sa.select(Record.owner_id).where(Record.id == contact)
    assert db.session.scalar(unguarded(owner, "a test looks")) == charlie.user_id


def test_creating_a_record_for_the_other_team_leads_to_the_index(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, charlie: Viewer
) -> None:
    form = {"firstname": "Mia", "hubspot_owner_id": str(charlie.user_id)}
    answer = client_of(bob).post("/objects/contacts/new", data=form)
    assert (answer.status_code, answer.location) == (303, "/objects/contacts")


def test_the_last_record_one_sees_cannot_be_taken_off_though_a_hidden_one_remains(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    mine = make_contact(bob)
    note = make_note(alice, mine, also_on=[make_contact(charlie)])
    browser, before = client_of(bob), everything()
    form = {"record_id": str(mine), "on": "0"}
    assert browser.post(f"/activities/{note}/associations", data=form).status_code == 422
    assert everything() == before


def test_undoing_a_deletion_on_the_page_of_a_hidden_record_undoes_nothing(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, office: Office
) -> None:
    browser, note = client_of(bob), office.activities["note"]
    browser.post(f"/activities/{note}/deletion")
    before = everything()
    for record_id in (office.souths_contact, "x", "9" * 30):
        answer = browser.post(f"/activities/{note}/restoration", data={"record": str(record_id)})
        assert answer.status_code in (400, 404)
    assert everything() == before


def test_giving_an_activity_to_the_other_team_leads_back_to_the_record(
    client_of: Callable[[Viewer], FlaskClient], bob: Viewer, charlie: Viewer
) -> None:
    contact = make_contact(bob)
    task = make_task(bob, contact)
    form = {"title": "Call back", "hubspot_owner_id": str(charlie.user_id)}
    answer = client_of(bob).post(f"/activities/{task}", data=form, fragment=True)
    assert (answer.status_code, answer.headers.get("HX-Redirect")) == (200, f"/records/{contact}?tab=activities")


def test_a_comment_of_somebody_else_stays_as_it_is(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, bob: Viewer
) -> None:
    comment = make_comment(alice, make_note(bob, make_contact(bob)))
    browser, before = client_of(bob), everything()
    assert browser.post(f"/comments/{comment}", data={"body": "Changed"}).status_code == 403
    assert browser.post(f"/comments/{comment}/deletion").status_code == 403
    assert everything() == before


def test_editing_one_record_does_not_reach_through_its_links(
    client_of: Callable[[Viewer], FlaskClient], alice: Viewer, bob: Viewer, charlie: Viewer
) -> None:
    mine, theirs = make_contact(bob), make_company(charlie)
    relate(alice, mine, theirs)
    browser, before = client_of(bob), everything()
    for path in (f"/records/{mine}/associations/{theirs}/remove", f"/records/{mine}/associations/{theirs}/primary"):
        assert browser.post(path).status_code == 404
    assert browser.post(f"/records/{mine}/associations/companies/add", data={"record_id": theirs}).status_code == 404
    assert everything() == before
