"""System entries: what is written when, and the sentence it is shown as (SPEC 1.6)."""

import pytest

from crm.db import end_read, unit_of_work
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.records.operations import create_record, update_record
from crm.records.source import Source
from crm.timeline.entries import entry_types
from crm.timeline.entry_rows import EntryRow
from crm.timeline.queries import page
from tests.factories import make_company, make_contact, make_deal, make_lead, make_record, make_ticket


def entries(viewer: Viewer, record_id: int) -> list[EntryRow]:
    """The timeline, newest first."""
    end_read()
    return list(page(viewer, record_id).entries)


def said(entry: EntryRow) -> str:
    """The entry in words, of a record called "It" by somebody called "Somebody"."""
    kind = entry_types.get(entry.kind)
    assert kind is not None
    return str(kind.sentence(entry.details, "Somebody", "It"))


def update(actor: Viewer, record_id: int, **changes: object) -> None:
    end_read()
    with unit_of_work():
        update_record(actor, record_id, changes)


@pytest.mark.parametrize("make", [make_contact, make_company, make_deal, make_ticket, make_lead])
def test_every_record_begins_with_its_creation(alice: Viewer, make) -> None:
    [created] = entries(alice, make(alice))
    assert (created.kind, created.actor_id) == ("created", alice.user_id)
    assert said(created) == "It was created by Somebody"


def test_an_imported_record_says_so(alice: Viewer) -> None:
    with unit_of_work():
        contact = create_record(alice, "contact", {"lastname": "Berg"}, Source("import", "people.csv"))
    assert said(entries(alice, contact)[0]) == "It was imported by Somebody"


@pytest.mark.parametrize(
    ("object_type", "name", "stage"),
    [("deal", "dealname", "dealstage"), ("ticket", "subject", "hs_pipeline_stage"),
     ("lead", "hs_lead_name", "hs_pipeline_stage")],
)  # fmt: skip
def test_every_move_to_another_stage_is_an_entry(alice: Viewer, object_type: str, name: str, stage: str) -> None:
    record = make_record(alice, object_type, **{name: "It"})
    second, third = schema().object_type(object_type).pipelines[0].stages[1:3]
    update(alice, record, **{stage: second.name})
    update(alice, record, **{stage: third.name})
    assert [said(one) for one in entries(alice, record)[:2]] == [
        f"Somebody moved It to {third.label}",
        f"Somebody moved It to {second.label}",
    ]


def test_the_label_of_a_stage_is_that_of_the_day(alice: Viewer) -> None:
    deal = make_deal(alice)
    update(alice, deal, dealstage="closedwon")
    assert entries(alice, deal)[0].details == {"to": "Closed won"}


def test_a_new_lifecycle_stage_is_an_entry(alice: Viewer) -> None:
    contact = make_contact(alice)
    update(alice, contact, lifecyclestage="customer")
    assert said(entries(alice, contact)[0]) == "Somebody changed the lifecycle stage of It to Customer"


def test_a_new_owner_is_an_entry(alice: Viewer, bob: Viewer) -> None:
    contact = make_contact(alice)
    update(alice, contact, hubspot_owner_id=bob.user_id)
    assert said(entries(alice, contact)[0]) == "Somebody made Bob Stone the owner of It"
    update(alice, contact, hubspot_owner_id=None)
    assert said(entries(alice, contact)[0]) == "Somebody removed the owner of It"


def test_other_changes_are_no_entries(alice: Viewer) -> None:
    contact = make_contact(alice)
    update(alice, contact, jobtitle="Buyer", city="Oslo")
    assert len(entries(alice, contact)) == 1


def test_one_change_of_two_things_makes_two_entries(alice: Viewer, bob: Viewer) -> None:
    contact = make_contact(alice)
    update(alice, contact, hubspot_owner_id=bob.user_id, lifecyclestage="lead", jobtitle="Buyer")
    assert {one.kind for one in entries(alice, contact)} == {"created", "owner_changed", "lifecycle_changed"}
