"""Associations as entries, and what happens to deals and tickets told where they are linked (SPEC 1.6)."""

import pytest

from crm.associations.operations import associate, dissociate, set_primary_company
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.operations import archive_record, restore_record, update_record
from crm.timeline import retelling
from crm.timeline.entries import entry_types
from crm.timeline.queries import page
from tests.factories import make_company, make_contact, make_deal, make_ticket
from tests.factories.merging import make_merge, undo_merge


def told(viewer: Viewer, record_id: int, kind: str = "") -> list[str]:
    """The timeline in words, newest first, of a record called "It"; of one kind of entry if it is named."""
    end_read()
    found = [one for one in page(viewer, record_id).entries if not kind or one.kind == kind]
    kinds = [(entry_types.get(one.kind), one) for one in found]
    return [str(kind.sentence(one.details, "Somebody", "It")) for kind, one in kinds if kind is not None]


def do(act, *args: object, **changes: object) -> None:
    end_read()
    with unit_of_work():
        act(*args, *([changes] if changes else []))


def test_rec_22_association_changes_stand_on_both_timelines(alice: Viewer) -> None:
    contact, company = make_contact(alice, "Ada Berg"), make_company(alice, "Orange Inc")
    do(associate, alice, contact, company)
    assert told(alice, contact, "association_changed") == ["Somebody associated It with Orange Inc"]
    assert told(alice, company, "association_changed") == ["Somebody associated It with Ada Berg"]
    do(dissociate, alice, contact, company)
    assert told(alice, company)[0] == "Somebody removed the association of It with Ada Berg"


def test_another_primary_company_is_no_new_association(alice: Viewer) -> None:
    contact, companies = make_contact(alice), [make_company(alice, name) for name in ("One", "Two")]
    for company in companies:
        do(associate, alice, contact, company)
    do(set_primary_company, alice, contact, companies[1])
    assert len(told(alice, contact, "association_changed")) == 2


@pytest.mark.parametrize(("make", "kind", "stage", "values"), [
    (make_deal, "deal_activity", "Closed won", {"dealstage": "closedwon"}),
    (make_ticket, "ticket_activity", "Waiting on us", {"hs_pipeline_stage": "3"}),
])  # fmt: skip
def test_rec_22_a_deal_or_ticket_is_told_of_where_it_is_linked(
    alice: Viewer, make, kind: str, stage: str, values: dict[str, str]
) -> None:
    contact, company, other = make_contact(alice), make_company(alice), make(alice, "Crates")
    do(associate, alice, other, contact)
    assert told(alice, contact, kind) == ["Crates was created by Somebody"]
    do(update_record, alice, other, **values)
    assert told(alice, contact, kind) == [f"Somebody moved Crates to {stage}", "Crates was created by Somebody"]
    do(associate, alice, company, other)
    assert told(alice, company, kind) == told(alice, contact, kind)
    do(dissociate, alice, contact, other)
    assert told(alice, contact, kind) == []
    do(update_record, alice, other, hubspot_owner_id=None)
    assert len(told(alice, company, kind)) == 2


def test_a_change_is_told_on_so_many_timelines_and_no_more(alice: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retelling, "MOST_TOLD", 2)
    deal, contacts = make_deal(alice), [make_contact(alice) for _ in range(3)]
    for contact in contacts:
        do(associate, alice, deal, contact)
    do(update_record, alice, deal, dealstage="closedwon")
    assert [len(told(alice, contact, "deal_activity")) for contact in contacts] == [1, 2, 2]


def test_what_tells_of_a_hidden_or_deleted_record_is_not_there(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    contact, ticket = make_contact(bob), make_ticket(charlie, "Secret")
    do(associate, alice, contact, ticket)
    assert len(told(alice, contact)) == 3
    assert told(bob, contact) == ["It was created by Somebody"]
    do(archive_record, alice, ticket)
    assert told(alice, contact) == ["It was created by Somebody"]
    do(restore_record, alice, ticket)
    assert len(told(alice, contact)) == 3


def test_a_merged_deal_is_told_of_as_one_and_as_before_when_parted(alice: Viewer) -> None:
    contact, deals = make_contact(alice), [make_deal(alice, name) for name in ("One", "Two")]
    do(associate, alice, contact, deals[0])
    before = told(alice, contact)
    made = make_merge(alice, *deals)
    assert "One was created by Somebody" in told(alice, contact, "deal_activity")
    undo_merge(alice, made.merge_id)
    assert told(alice, contact) == before


def test_a_merged_contact_is_told_once_of_a_deal_that_both_were_linked_to(alice: Viewer) -> None:
    contacts, deal = [make_contact(alice), make_contact(alice)], make_deal(alice, "Crates")
    for contact in contacts:
        do(associate, alice, contact, deal)
    made = make_merge(alice, *contacts)
    assert told(alice, made.record_id, "deal_activity") == ["Crates was created by Somebody"]
    undo_merge(alice, made.merge_id)
    assert told(alice, contacts[1], "deal_activity") == ["Crates was created by Somebody"]
