"""Associating records both ways, and the primary company (ASC-04, SPEC 6.1-6.2)."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from crm.associations.models import Association, AssociationTypeRow
from crm.associations.operations import associate, dissociate, set_primary_company
from crm.associations.queries import neighbourhoods, primary_company_id, recently_associated
from crm.db import db, end_read, unit_of_work
from crm.messages import InvalidValue
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.operations import archive_record
from tests.factories import (
    make_company,
    make_contact,
    make_deal,
    make_lead,
    make_note,
    make_ticket,
    relate,
)
from tests.support.links import associated_ids

MAKERS = {
    "contact": make_contact,
    "company": make_company,
    "deal": make_deal,
    "ticket": make_ticket,
    "lead": make_lead,
}


def do(operation: Any, *arguments: Any) -> Any:
    """Run one operation in a unit of its own."""
    end_read()
    with unit_of_work():
        return operation(*arguments)


def links(record_id: int) -> list[tuple[int, str]]:
    """Where a record's links lead, with their types."""
    end_read()
    statement = (
        sa.select(Association.to_record_id, AssociationTypeRow.name)
        .join(AssociationTypeRow, AssociationTypeRow.id == Association.type_id)
        .where(Association.from_record_id == record_id)
        .order_by(Association.to_record_id, AssociationTypeRow.name)
    )
    return list(db.session.execute(unguarded(statement, "a test looks")).tuples())


def primary(viewer: Viewer, record_id: int, object_type: str = "contact") -> int | None:
    end_read()
    return primary_company_id(viewer, record_id, object_type)


@pytest.mark.parametrize("other", MAKERS)
@pytest.mark.parametrize("one", MAKERS)
def test_asc_04_any_two_objects_are_linked_both_ways(alice: Viewer, one: str, other: str) -> None:
    first, second = MAKERS[one](alice), MAKERS[other](alice)
    assert do(associate, alice, first, second) is True
    end_read()
    assert associated_ids(alice, first, one, other) == [second]
    assert associated_ids(alice, second, other, one) == [first]
    assert do(dissociate, alice, second, first) is True
    assert links(first) == links(second) == []


def test_linking_twice_is_once(alice: Viewer) -> None:
    contact, deal = make_contact(alice), make_deal(alice)
    do(associate, alice, contact, deal)
    assert do(associate, alice, deal, contact) is False
    assert len(links(contact)) == 1


def test_a_record_is_not_linked_with_itself(alice: Viewer) -> None:
    contact = make_contact(alice)
    with pytest.raises(InvalidValue, match="itself"):
        do(associate, alice, contact, contact)


def test_what_was_not_linked_is_not_unlinked(alice: Viewer) -> None:
    assert do(dissociate, alice, make_contact(alice), make_deal(alice)) is False


def test_removing_a_link_deletes_no_record(alice: Viewer) -> None:
    contact, deal = make_contact(alice), make_deal(alice)
    relate(alice, contact, deal)
    do(dissociate, alice, contact, deal)
    relate(alice, contact, deal)
    assert len(links(contact)) == 1


def test_linking_needs_edit_on_one_and_sight_of_the_other(
    alice: Viewer, bob: Viewer, charlie: Viewer, dana: Viewer
) -> None:
    mine, theirs = make_contact(bob), make_deal(charlie)
    with pytest.raises(NotFound):
        do(associate, bob, mine, theirs)
    with pytest.raises(NotFound):
        do(associate, bob, theirs, mine)
    with pytest.raises(Forbidden):
        do(associate, dana, mine, theirs)
    relate(alice, mine, theirs)
    with pytest.raises(NotFound):
        do(dissociate, bob, mine, theirs)
    with pytest.raises(Forbidden):
        do(dissociate, dana, mine, theirs)


def test_activities_are_not_associated_like_records(alice: Viewer) -> None:
    contact = make_contact(alice)
    with pytest.raises(NotFound):
        do(associate, alice, contact, make_note(alice, contact))


def test_a_deleted_record_is_not_linked_and_not_counted(alice: Viewer) -> None:
    contact, deal, gone = make_contact(alice), make_deal(alice), make_deal(alice)
    relate(alice, contact, deal, gone)
    do(archive_record, alice, gone)
    end_read()
    deals = neighbourhoods(alice, contact, "contact", {"deal": 5})[0]
    assert (deals.count, [one.record_id for one in deals.neighbours]) == (1, [deal])
    with pytest.raises(NotFound):
        do(associate, alice, make_contact(alice), gone)


@pytest.mark.parametrize("kind", ["contact", "deal", "ticket", "lead"])
def test_the_first_company_becomes_primary_whichever_way_it_is_linked(alice: Viewer, kind: str) -> None:
    record, first, second = MAKERS[kind](alice), make_company(alice), make_company(alice)
    relate(alice, first, record)
    relate(alice, record, second)
    assert primary(alice, record, kind) == first
    assert links(record) == [
        (first, f"{kind}_to_company"),
        (first, f"{kind}_to_company_primary"),
        (second, f"{kind}_to_company"),
    ]


def test_companies_have_no_primary_company(alice: Viewer) -> None:
    parent, child = make_company(alice), make_company(alice)
    relate(alice, parent, child)
    assert links(parent) == [(child, "company_to_company")]
    with pytest.raises(InvalidValue):
        do(set_primary_company, alice, parent, child)


def test_another_primary_takes_the_place(alice: Viewer) -> None:
    contact, first, second = make_contact(alice), make_company(alice), make_company(alice)
    relate(alice, contact, first, second)
    do(set_primary_company, alice, contact, second)
    do(set_primary_company, alice, contact, second)
    assert primary(alice, contact) == second
    assert [name for _, name in links(contact)].count("contact_to_company_primary") == 1
    assert links(first) == [(contact, "company_to_contact")]


@pytest.mark.parametrize("make", [make_company, make_deal])
def test_only_an_associated_company_becomes_primary(alice: Viewer, make: Any) -> None:
    with pytest.raises(InvalidValue):
        do(set_primary_company, alice, make_contact(alice), make(alice))


def test_without_its_primary_the_company_linked_longest_moves_up(alice: Viewer, clock: time_machine.Traveller) -> None:
    contact = make_contact(alice)
    newest, first, oldest = (make_company(alice, name) for name in "abc")
    for company in (first, oldest, newest):
        relate(alice, contact, company)
        clock.shift(timedelta(hours=1))
    do(dissociate, alice, first, contact)
    assert primary(alice, contact) == oldest
    do(dissociate, alice, contact, oldest)
    assert primary(alice, contact) == newest
    do(dissociate, alice, contact, newest)
    assert primary(alice, contact) is None


def test_removing_another_company_leaves_the_primary(alice: Viewer) -> None:
    contact, first, second = make_contact(alice), make_company(alice), make_company(alice)
    relate(alice, contact, first, second)
    do(dissociate, alice, contact, second)
    assert primary(alice, contact) == first


def test_a_hidden_primary_is_not_shown(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    contact = make_contact(bob)
    relate(alice, contact, make_company(charlie), make_company(bob))
    assert primary(bob, contact) is None
    end_read()
    companies = neighbourhoods(bob, contact, "contact", {"company": 5})[0]
    assert [one.is_primary for one in companies.neighbours] == [False]


def test_the_first_few_are_shown_and_all_counted(alice: Viewer) -> None:
    contact, company = make_contact(alice), make_company(alice)
    relate(alice, contact, company)
    others = [make_company(alice) for _ in range(7)]
    relate(alice, contact, *others)
    end_read()
    [found] = neighbourhoods(alice, contact, "contact", {"company": 5})
    assert found.count == 8
    assert [one.record_id for one in found.neighbours] == [company, *others[:2:-1]]
    assert [one.is_primary for one in found.neighbours] == [True, False, False, False, False]


def test_the_most_recently_associated_come_first(alice: Viewer, clock: time_machine.Traveller) -> None:
    contact = make_contact(alice)
    deals = [make_deal(alice, dealstage=stage) for stage in ("appointmentscheduled", "closedwon", "closedlost")]
    deals.append(make_deal(alice))
    for deal in deals[::-1]:
        relate(alice, contact, deal)
        clock.shift(timedelta(minutes=1))
    end_read()
    every = recently_associated(alice, contact, "contact", "deal", open_only=False, limit=None)
    open_ones = recently_associated(alice, contact, "contact", "deal", open_only=True, limit=5)
    assert [one.id for one in every] == deals
    assert [one.id for one in open_ones] == [deals[0], deals[3]]
