"""Pages that were opened before a merge still do what they say, and never something else (SPEC 4.6)."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.activities.operations import create_activity
from crm.activities.origin import Origin
from crm.activities.queries import links_of
from crm.associations.models import Association
from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.merging.models import DuplicatePair
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from tests.factories import make_company, make_contact, make_note
from tests.factories.activities import sample_values
from tests.factories.merging import make_merge

ClientOf = Callable[[Viewer], FlaskClient]
FRAGMENT = {"HX-Request": "true"}


def make_pair(one: int, other: int, **values: object) -> int:
    """Two contacts that look like the same."""
    first, second = sorted((one, other))
    row = {"object_type": "contact", "record_id": first, "other_id": second, "reasons": '["name"]', "strength": 60}
    row |= {"fingerprint": "-", "found_at": now(), "seen_at": now()} | values
    end_read()
    with unit_of_work():
        return db.session.scalar(sa.insert(DuplicatePair).values(row).returning(DuplicatePair.id)) or 0


def test_number_that_is_a_record_by_chance_is_left_alone(alice: Viewer, client_of: ClientOf) -> None:
    """The pair that was dismissed is gone; another pair has the number that its record has now."""
    first, second = make_contact(alice), make_contact(alice)
    gone = make_pair(first, second, id=first)
    new = make_merge(alice, first, second).record_id
    other = make_pair(make_contact(alice), make_contact(alice), id=new)
    answer = client_of(alice).post(f"/objects/contacts/duplicates/{gone}/dismissal")
    assert answer.status_code == 409
    assert f"/records/{new}" in answer.text
    assert "Location" not in answer.headers
    end_read()
    assert db.session.get(DuplicatePair, other).dismissed_at is None


def test_tick_of_a_record_that_was_merged_says_what_it_is_now(alice: Viewer, client_of: ClientOf) -> None:
    contact, first, second = make_contact(alice), make_company(alice), make_company(alice)
    new = make_merge(alice, first, second).record_id
    address = f"/records/{contact}/associations/companies/add"
    for headers in ({}, FRAGMENT):
        answer = client_of(alice).post(address, data={"record_id": str(first)}, headers=headers)
        assert answer.status_code == 409
        assert f"Record #{first} was merged in the meantime; it is #{new} now." in answer.text


def test_activity_is_logged_on_what_a_chosen_record_has_become(alice: Viewer) -> None:
    contact, first, second = make_contact(alice), make_company(alice), make_company(alice)
    new = make_merge(alice, first, second).record_id
    end_read()
    with unit_of_work():
        origin = Origin(record_ids=[contact, first], offered_ids=[contact])
        note = create_activity(alice, "note", sample_values("note"), contact, origin)
    end_read()
    assert {one.record_id for one in links_of(alice, note)} == {contact, new}


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_note_of_an_open_timeline_is_deleted_and_restored(
    alice: Viewer, client_of: ClientOf, headers: dict[str, str]
) -> None:
    first, second = make_contact(alice), make_contact(alice)
    note = make_note(alice, first)
    make_merge(alice, first, second)
    browser = client_of(alice)
    for act in ("deletion", "restoration"):
        answer = browser.post(f"/activities/{note}/{act}", data={"record": str(first)}, headers=headers)
        assert answer.status_code in (200, 303)
        end_read()
        is_deleted = sa.select(Record.archived_at.is_not(None)).where(Record.id == note)
        assert db.session.scalar(unguarded(is_deleted, "a test looks")) == (act == "deletion")


def test_comment_from_an_open_timeline_is_written_once_and_said_to_be(alice: Viewer, client_of: ClientOf) -> None:
    first, second = make_contact(alice), make_contact(alice)
    note = make_note(alice, first)
    make_merge(alice, first, second)
    sent = {"record": str(first), "body": "<p>Plums again</p>"}
    answer = client_of(alice).post(f"/activities/{note}/comments", data=sent, headers=FRAGMENT)
    assert answer.status_code == 200
    assert answer.text.count("Plums again") == 1


def test_form_for_a_new_record_is_linked_with_what_its_record_has_become(alice: Viewer, client_of: ClientOf) -> None:
    first, second = make_contact(alice), make_contact(alice)
    new = make_merge(alice, first, second).record_id
    browser = client_of(alice)
    assert browser.get(f"/objects/companies/new?associate_with={first}").status_code == 200
    sent = {"name": "Plum Ltd", "associate_with": str(first), "domain": "plum.example"}
    answer = browser.post("/objects/companies/new", data=sent)
    assert answer.status_code == 303
    made = int(answer.location.rpartition("/")[2])
    end_read()
    found = sa.select(Association.to_record_id).where(Association.from_record_id == made)
    assert set(db.session.scalars(unguarded(found, "a test looks"))) == {new}
