"""Contacts and companies become what their deals make of them, forward only (SPEC 2.9, DB-27)."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.associations.creating import create_linked
from crm.associations.lifecycle import FOLLOWS
from crm.db import db, end_read, unit_of_work
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import SYSTEM, Viewer
from crm.properties.models import PropertyHistoryRow
from crm.records.queries import get_record
from crm.timeline.models import TimelineEntry
from tests.factories import make_company, make_contact, make_deal, relate
from tests.factories.pipelines import change


def stage(record_id: int) -> Any:
    end_read()
    return get_record(SYSTEM, record_id).values["lifecyclestage"]


@pytest.mark.parametrize(
    ("deal_stage", "before", "after"),
    [
        ("appointmentscheduled", None, "opportunity"),
        ("contractsent", "lead", "opportunity"),
        ("closedwon", "lead", "customer"),
        ("closedwon", "opportunity", "customer"),
        ("closedlost", "lead", "lead"),
        ("contractsent", "customer", "customer"),
        ("closedwon", "evangelist", "evangelist"),
        ("contractsent", "other", "other"),
    ],
)
def test_db_27_whoever_is_put_on_a_deal_follows_it(
    app: Flask, bob: Viewer, deal_stage: str, before: str | None, after: str
) -> None:
    contact, company = make_contact(bob, lifecyclestage=before), make_company(bob, lifecyclestage=before)
    deal = make_deal(bob, dealstage=deal_stage)
    relate(bob, deal, contact, company)
    assert (stage(contact), stage(company)) == (after, after)


def test_db_27_a_deal_that_is_won_makes_customers(bob: Viewer) -> None:
    contact, company, other = make_contact(bob), make_company(bob), make_contact(bob, "Bo Ek")
    deal = make_deal(bob)
    relate(bob, deal, contact, company)
    change(bob, deal, dealstage="closedwon")
    assert (stage(contact), stage(company), stage(other)) == ("customer", "customer", None)
    change(bob, deal, dealstage="closedlost")
    assert stage(contact) == "customer"


def test_a_deal_made_on_a_contact_counts(bob: Viewer) -> None:
    contact = make_contact(bob)
    end_read()
    with unit_of_work():
        create_linked(bob, "deal", {"dealname": "Oranges"}, [contact])
    assert stage(contact) == "opportunity"


def test_it_is_a_real_change_with_history_and_entry(bob: Viewer) -> None:
    contact = make_contact(bob)
    relate(bob, make_deal(bob), contact)
    end_read()
    history = PropertyHistoryRow
    rows = sa.select(history).where(history.record_id == contact, history.property_name == "lifecyclestage")
    row = db.session.scalars(unguarded(rows, "a test looks")).one()
    assert (row.new, row.source, row.source_detail, row.actor_id) == (
        "opportunity",
        "rule",
        "lifecycle follows deals",
        bob.user_id,
    )
    entries = sa.select(TimelineEntry.kind).where(TimelineEntry.record_id == contact)
    assert "lifecycle_changed" in db.session.scalars(unguarded(entries, "a test looks")).all()


def test_it_can_be_switched_off(bob: Viewer) -> None:
    end_read()
    with unit_of_work():
        FOLLOWS.set(SYSTEM, False)
    contact, deal = make_contact(bob), make_deal(bob)
    relate(bob, deal, contact)
    change(bob, deal, dealstage="closedwon")
    assert stage(contact) is None


def test_somebody_elses_contact_follows_too(bob: Viewer, charlie: Viewer, alice: Viewer) -> None:
    contact, deal = make_contact(charlie), make_deal(bob)
    relate(alice, deal, contact)
    change(bob, deal, dealstage="closedwon")
    assert stage(contact) == "customer"
