"""Every link that was made or taken away leaves a trace: what, by whom, why and when (SPEC 1.6 "History")."""

from datetime import datetime

import sqlalchemy as sa

from crm.activities.operations import link, unlink
from crm.associations.models import LinkHistoryRow
from crm.associations.operations import associate, dissociate, set_primary_company
from crm.db import db, end_read, unit_of_work
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.source import Source, SourceKind
from tests.conftest import NOON
from tests.factories import make_company, make_contact, make_deal, make_note

Row = tuple[int, int, str, str]


def history() -> list[Row]:
    """What has been written, in order: from which record to which, what kind of link, and what happened to it."""
    end_read()
    row = LinkHistoryRow
    statement = sa.select(row.record_id, row.other_id, row.relation, row.change).order_by(row.id)
    return [tuple(one) for one in db.session.execute(unguarded(statement, "a test looks"))]


def last() -> LinkHistoryRow:
    end_read()
    statement = sa.select(LinkHistoryRow).order_by(LinkHistoryRow.id.desc()).limit(1)
    return db.session.scalars(unguarded(statement, "a test looks")).one()


def test_associating_is_remembered_once_for_each_kind_of_link(alice: Viewer) -> None:
    contact, company = make_contact(alice), make_company(alice)
    with unit_of_work():
        associate(alice, contact, company)
    assert history() == [
        (contact, company, "contact_to_company", "added"),
        (contact, company, "contact_to_company_primary", "added"),
    ]


def test_what_made_the_link_is_remembered(alice: Viewer, clock: object) -> None:
    contact, deal = make_contact(alice), make_deal(alice)
    with unit_of_work():
        associate(alice, contact, deal, Source(SourceKind.IMPORT, "7"))
    row = last()
    assert (row.source, row.source_detail, row.actor_id, row.moment) == ("import", "7", alice.user_id, NOON)
    assert isinstance(row.moment, datetime)


def test_dissociating_is_remembered_and_who_moves_up(alice: Viewer) -> None:
    contact, first, second = make_contact(alice), make_company(alice, "First"), make_company(alice, "Second")
    with unit_of_work():
        associate(alice, contact, first)
        associate(alice, contact, second)
    before = len(history())
    with unit_of_work():
        dissociate(alice, contact, first)
    found = history()[before:]
    assert sorted(found[:2]) == [
        (contact, first, "contact_to_company", "removed"),
        (contact, first, "contact_to_company_primary", "removed"),
    ]
    assert found[2:] == [(contact, second, "contact_to_company_primary", "added")]


def test_another_primary_company_is_remembered(alice: Viewer) -> None:
    contact, first, second = make_contact(alice), make_company(alice, "First"), make_company(alice, "Second")
    with unit_of_work():
        associate(alice, contact, first)
        associate(alice, contact, second)
    before = len(history())
    with unit_of_work():
        set_primary_company(alice, contact, second)
    assert history()[before:] == [
        (contact, first, "contact_to_company_primary", "removed"),
        (contact, second, "contact_to_company_primary", "added"),
    ]


def test_what_changed_nothing_leaves_no_trace(alice: Viewer) -> None:
    contact, deal = make_contact(alice), make_deal(alice)
    with unit_of_work():
        dissociate(alice, contact, deal)
    assert history() == []
    with unit_of_work():
        associate(alice, contact, deal)
        associate(alice, deal, contact)
    assert len(history()) == 1


def test_an_activitys_records_are_remembered_with_their_reasons(alice: Viewer) -> None:
    contact, deal = make_contact(alice), make_deal(alice)
    note = make_note(alice, contact, also_on=[deal])
    assert history() == [(note, contact, "activity", "added"), (note, deal, "activity", "added")]
    assert (last().source, last().source_detail) == ("person", "")


def test_putting_an_activity_on_a_record_and_off_it_is_remembered(alice: Viewer) -> None:
    contact, deal = make_contact(alice), make_deal(alice)
    note = make_note(alice, contact)
    with unit_of_work():
        link(alice, note, deal)
    with unit_of_work():
        unlink(alice, note, contact)
    assert history()[1:] == [(note, deal, "activity", "added"), (note, contact, "activity", "removed")]
    assert last().actor_id == alice.user_id
