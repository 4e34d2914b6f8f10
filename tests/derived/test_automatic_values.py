"""Values that follow from links, deals and activities without anybody typing them (SPEC 2.7)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from crm.accounts.managing import UserChange, change_user
from crm.accounts.queries import directory
from crm.activities.operations import archive_activity, restore_activity, update_activity
from crm.associations.operations import dissociate
from crm.clock import now
from crm.db import end_read, unit_of_work
from crm.derived.upkeep import follow_the_clock
from crm.permissions.viewer import Viewer
from crm.records.operations import archive_record, update_record
from tests.conftest import NOON
from tests.derived.conftest import Stored
from tests.factories import (
    make_activity,
    make_call,
    make_company,
    make_contact,
    make_deal,
    make_email,
    make_lead,
    make_note,
    make_ticket,
    relate,
)

pytestmark = pytest.mark.usefixtures("clock")
DAY = timedelta(days=1)


def test_db_27_last_contacted_and_counts_change_without_anybody_typing(alice: Viewer, stored: Stored) -> None:
    contact = make_contact(alice)
    names = ("num_notes", "num_contacted_notes", "notes_last_contacted", "notes_last_updated")
    assert stored(contact, *names) == (0, 0, None, None)
    make_note(alice, contact, activity_date=NOON - DAY)
    call = make_call(alice, contact, activity_date=NOON - 2 * DAY)
    assert stored(contact, *names) == (2, 1, NOON - 2 * DAY, NOON - DAY)
    with unit_of_work():
        archive_activity(alice, call)
    assert stored(contact, *names) == (1, 0, None, NOON - DAY)
    with unit_of_work():
        restore_activity(alice, call)
    assert stored(contact, *names) == (2, 1, NOON - 2 * DAY, NOON - DAY)


def test_a_meeting_ahead_is_no_contact_until_it_begins(
    alice: Viewer, stored: Stored, clock: time_machine.Traveller
) -> None:
    contact = make_contact(alice)
    make_activity(alice, "meeting", contact, activity_date=NOON + DAY, ends_at=None)
    names = ("num_notes", "num_contacted_notes", "notes_last_contacted", "notes_next_activity_date")
    assert stored(contact, *names) == (1, 0, None, NOON + DAY)
    clock.shift(2 * DAY)
    end_read()
    follow_the_clock({})
    assert stored(contact, *names) == (1, 1, NOON + DAY, None)


def test_db_27_engagement_is_an_answer_of_the_other_side(alice: Viewer, stored: Stored) -> None:
    contact = make_contact(alice)
    name = "hs_last_sales_activity_timestamp"
    make_email(alice, contact, activity_date=NOON - DAY)
    make_call(alice, contact, activity_date=NOON - DAY, outcome="BUSY")
    assert stored(contact, name) is None
    call = make_call(alice, contact, activity_date=NOON - 3 * DAY, outcome="CONNECTED")
    make_email(alice, contact, activity_date=NOON - 4 * DAY, direction="INCOMING_EMAIL")
    assert stored(contact, name) == NOON - 3 * DAY
    with unit_of_work():
        update_activity(alice, call, {"outcome": "NO_ANSWER"})
    assert stored(contact, name) == NOON - 4 * DAY


def test_db_27_a_company_counts_its_contacts_and_their_roles(alice: Viewer, stored: Stored) -> None:
    company, first, second = make_company(alice), make_contact(alice), make_contact(alice)
    roles = ("hs_num_decision_makers", "hs_num_blockers", "hs_num_contacts_with_buying_roles")
    names = ("num_associated_contacts", *roles)
    relate(alice, company, first, second)
    assert stored(company, *names) == (2, 0, 0, 0)
    with unit_of_work():
        update_record(alice, first, {"hs_buying_role": "BLOCKER;DECISION_MAKER"})
        update_record(alice, second, {"hs_buying_role": "CHAMPION"})
    assert stored(company, *names) == (2, 1, 1, 2)
    with unit_of_work():
        archive_record(alice, first)
    assert stored(company, *names) == (1, 0, 0, 1)


def test_db_27_revenue_is_what_was_won_in_the_currency_of_the_account(alice: Viewer, stored: Stored) -> None:
    company = make_company(alice)
    won = {"pipeline": "default", "dealstage": "closedwon"}
    foreign = make_deal(alice, amount=Decimal(999), deal_currency_code="EUR", closedate=NOON - 30 * DAY, **won)
    relate(alice, company, foreign)
    names = ("total_revenue", "recent_deal_amount", "hs_num_open_deals", "num_associated_deals")
    assert stored(company, *names) == (None, None, 0, 1)
    relate(alice, company, make_deal(alice, amount=Decimal(100), closedate=NOON - 9 * DAY, **won))
    deal = make_deal(alice, amount=Decimal("20.5"), closedate=NOON - DAY)
    relate(alice, company, deal)
    assert stored(company, *names) == (100, 100, 1, 3)
    with unit_of_work():
        update_record(alice, deal, {"dealstage": "closedwon", "closedate": NOON - DAY})
    assert stored(company, *names) == (Decimal("120.5"), Decimal("20.5"), 0, 3)
    with unit_of_work():
        dissociate(alice, company, deal)
    assert stored(company, *names) == (100, 100, 0, 2)


def test_db_27_a_deal_counts_contacts_and_knows_its_amount_at_home(
    alice: Viewer, stored: Stored, clock: time_machine.Traveller
) -> None:
    deal = make_deal(alice, amount=Decimal(100))
    relate(alice, deal, make_contact(alice))
    names = ("num_associated_contacts", "amount_in_home_currency", "hs_next_step_updated_at")
    assert stored(deal, *names) == (1, 100, None)
    clock.shift(DAY)
    end_read()
    with unit_of_work():
        update_record(alice, deal, {"deal_currency_code": "EUR", "hs_next_step": "Send prices"})
    assert stored(deal, *names) == (1, None, NOON + DAY)


def test_db_27_since_when_a_contact_has_its_owner_and_in_which_team(
    alice: Viewer, bob: Viewer, stored: Stored, clock: time_machine.Traveller, work: Callable[[], None]
) -> None:
    contact = make_contact(alice)
    names = ("hubspot_owner_assigneddate", "hubspot_team_id")
    assert stored(contact, *names) == (NOON, alice.team_id)
    clock.shift(DAY)
    end_read()
    with unit_of_work():
        update_record(alice, contact, {"hubspot_owner_id": bob.user_id})
    assert stored(contact, *names) == (NOON + DAY, bob.team_id)
    user = directory().users[bob.user_id or 0]
    end_read()
    with unit_of_work():
        change_user(alice, user.id, UserChange(user.name, user.email, None, user.permission_set_id))
    work()
    assert stored(contact, *names) == (NOON + DAY, None)


def test_db_27_a_lead_counts_what_was_tried(alice: Viewer, stored: Stored) -> None:
    lead, contact, company = make_lead(alice), make_contact(alice), make_company(alice)
    relate(alice, lead, contact, company, make_deal(alice))
    assert stored(lead, "hs_primary_contact_id", "hs_primary_company_id", "hs_lead_associated_deals_count") == (
        contact,
        company,
        1,
    )
    make_call(alice, lead, activity_date=NOON - DAY)
    make_email(alice, lead, activity_date=NOON - 2 * DAY)
    make_email(alice, lead, activity_date=NOON - 3 * DAY, direction="INCOMING_EMAIL")
    make_activity(alice, "meeting", lead, activity_date=NOON + DAY, ends_at=None)
    names = ("hs_lead_call_count", "hs_lead_email_count", "hs_lead_meeting_count", "hs_lead_first_outreach_date")
    assert stored(lead, *names) == (1, 2, 1, NOON - 2 * DAY)


def test_db_27_a_ticket_knows_its_first_reply_and_the_last_message(
    alice: Viewer, stored: Stored, clock: time_machine.Traveller
) -> None:
    ticket = make_ticket(alice)
    names = ("hs_last_message_received_at", "hs_time_to_first_response")
    clock.shift(timedelta(hours=3))
    make_email(alice, ticket, activity_date=NOON - DAY)
    make_email(alice, ticket, activity_date=NOON + timedelta(hours=1), direction="INCOMING_EMAIL")
    assert stored(ticket, *names) == (NOON + timedelta(hours=1), None)
    make_email(alice, ticket, activity_date=now() - timedelta(minutes=90, milliseconds=250))
    assert stored(ticket, *names) == (NOON + timedelta(hours=1), 5_399_750)


def test_values_that_follow_make_no_new_version_and_no_conflict(alice: Viewer, stored: Stored) -> None:
    company = make_company(alice)
    relate(alice, company, make_contact(alice))
    make_note(alice, company)
    end_read()
    with unit_of_work():
        assert update_record(alice, company, {"name": "Orange Ltd"}, version=1) == {"name"}
    assert stored(company, "num_associated_contacts", "num_notes") == (1, 1)
