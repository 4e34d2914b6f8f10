"""What a record says of itself by itself, in the write that makes it so (SPEC 2.7-2.9, DB-27)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from crm.accounts.account_settings import Setting
from crm.clock import account_zone
from crm.db import db, end_read, unit_of_work
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import SYSTEM, Viewer
from crm.properties.models import PropertyHistoryRow
from crm.records.automatic.close_date import CLEARED_ON_REOPENING, DEFAULT, CloseDateDefault, Until
from crm.records.operations import create_record
from crm.records.queries import get_record
from crm.records.source import Source, SourceKind
from tests.factories import make_contact, make_deal, make_record, make_ticket
from tests.factories.pipelines import change, make_pipeline, set_stage


def value(actor: Viewer, record_id: int, name: str) -> Any:
    end_read()
    return get_record(actor, record_id).values[name]


def choose(setting: Setting[Any], wanted: Any) -> None:
    end_read()
    with unit_of_work():
        setting.set(SYSTEM, wanted)


def test_db_27_the_forecast_follows_stage_and_amount(bob: Viewer) -> None:
    deal = make_deal(bob, dealstage="qualifiedtobuy", amount=Decimal("1000.05"))
    names = ("hs_deal_stage_probability", "hs_is_closed", "hs_is_closed_won", "hs_projected_amount")

    def now() -> list[Any]:
        return [value(bob, deal, name) for name in names]

    assert now() == [Decimal("0.4"), False, False, Decimal("400.02")]
    change(bob, deal, amount=Decimal(50))
    assert now() == [Decimal("0.4"), False, False, 20]
    change(bob, deal, dealstage="closedwon")
    assert now() == [1, True, True, 50]
    change(bob, deal, dealstage="closedlost", amount=None)
    assert now() == [0, True, False, None]


def test_the_history_names_the_rule_beside_the_person(bob: Viewer) -> None:
    deal = make_deal(bob)
    change(bob, deal, dealstage="closedwon")
    end_read()
    history = PropertyHistoryRow
    statement = sa.select(history.property_name, history.source, history.source_detail, history.moment)
    found = db.session.execute(
        unguarded(statement.where(history.record_id == deal, history.version == 2), "a test looks")
    ).all()
    sources = {row.property_name: (row.source, row.source_detail) for row in found}
    assert sources["dealstage"] == ("screen", "")
    assert sources["closedate"] == ("rule", "close_date")
    assert sources["hs_is_closed"] == ("rule", "forecast")
    assert len({row.moment for row in found}) == 1


def test_db_27_closing_a_deal_sets_its_close_date(bob: Viewer, clock: time_machine.Traveller) -> None:
    deal = make_deal(bob)
    clock.shift(timedelta(days=9, hours=5))
    change(bob, deal, dealstage="closedwon")
    assert value(bob, deal, "closedate") == datetime.now(UTC)
    assert value(bob, deal, "days_to_close") == 9
    typed = datetime.now(UTC) - timedelta(days=2)
    other = make_deal(bob)
    change(bob, other, dealstage="closedlost", closedate=typed)
    assert value(bob, other, "closedate") == typed


@pytest.mark.parametrize("clears", [False, True])
def test_reopening_empties_the_close_date_where_that_is_chosen(bob: Viewer, clears: bool) -> None:
    choose(CLEARED_ON_REOPENING, clears)
    deal = make_deal(bob, dealstage="closedwon")
    closed = value(bob, deal, "closedate")
    assert closed is not None
    change(bob, deal, dealstage="contractsent")
    assert value(bob, deal, "closedate") == (None if clears else closed)
    assert value(bob, deal, "days_to_close") is None


DEFAULTS = [
    (CloseDateDefault(), "2024-01-31", "2024-01-31"),
    (CloseDateDefault(Until.THIS_MONTH), "2024-02-05", "2024-02-29"),
    (CloseDateDefault(Until.NEXT_MONTH), "2024-01-31", "2024-02-29"),
    (CloseDateDefault(Until.NEXT_MONTH), "2024-12-03", "2025-01-31"),
    (CloseDateDefault(Until.DAYS, 10), "2024-02-25", "2024-03-06"),
    (CloseDateDefault(Until.WEEKS, 2), "2024-02-25", "2024-03-10"),
    (CloseDateDefault(Until.MONTHS, 1), "2024-01-31", "2024-02-29"),
    (CloseDateDefault(Until.MONTHS, 13), "2024-01-31", "2025-02-28"),
    (CloseDateDefault(Until.NONE), "2024-01-31", None),
]


@pytest.mark.parametrize(("chosen", "made", "closes"), DEFAULTS)
def test_db_27_a_deal_made_by_hand_has_a_close_date(
    bob: Viewer, chosen: CloseDateDefault, made: str, closes: str | None
) -> None:
    choose(DEFAULT, chosen)
    with time_machine.travel(datetime.fromisoformat(f"{made}T10:30:00+00:00"), tick=False):
        found = value(bob, make_deal(bob), "closedate")
    assert (found.astimezone(account_zone()).date().isoformat() if found else None) == closes


@pytest.mark.parametrize("source", [SourceKind.IMPORT, SourceKind.RULE, SourceKind.SAMPLE])
def test_imports_and_rules_keep_the_close_date_they_bring(bob: Viewer, source: SourceKind) -> None:
    end_read()
    with unit_of_work():
        deal = create_record(bob, "deal", {"dealname": "Old"}, source=Source(source))
    assert value(bob, deal, "closedate") is None


def test_a_close_date_left_empty_in_the_form_stays_empty(bob: Viewer) -> None:
    assert value(bob, make_deal(bob, closedate=None), "closedate") is None


def test_db_27_a_ticket_knows_when_it_was_closed(bob: Viewer, clock: time_machine.Traveller) -> None:
    ticket = make_ticket(bob)
    clock.shift(timedelta(hours=2))
    change(bob, ticket, hs_pipeline_stage="4")
    assert value(bob, ticket, "closed_date") == datetime.now(UTC)
    assert value(bob, ticket, "time_to_close") == 7_200_000
    change(bob, ticket, hs_pipeline_stage="2")
    assert value(bob, ticket, "closed_date") is None
    assert value(bob, ticket, "time_to_close") is None


def test_a_lead_in_the_last_stage_is_disqualified(bob: Viewer) -> None:
    lead = make_record(bob, "lead", hs_lead_name="Fair")
    assert value(bob, lead, "hs_lead_is_disqualified") is False
    change(bob, lead, hs_pipeline_stage="unqualified-stage-id")
    assert value(bob, lead, "hs_lead_is_disqualified") is True


def test_db_27_when_a_contact_became_what_it_is(bob: Viewer, clock: time_machine.Traveller) -> None:
    contact = make_contact(bob, lifecyclestage="lead")
    became_lead = datetime.now(UTC)
    clock.shift(timedelta(days=3))
    change(bob, contact, lifecyclestage="customer")
    assert value(bob, contact, "hs_lifecyclestage_lead_date") == became_lead
    assert value(bob, contact, "hs_lifecyclestage_customer_date") == datetime.now(UTC)
    assert value(bob, contact, "hs_lifecyclestage_opportunity_date") is None


def test_a_new_probability_reaches_the_deals_of_its_stage(app: Flask, bob: Viewer, work: Any) -> None:
    pipeline = make_pipeline()
    deal = make_deal(bob, pipeline=pipeline, dealstage="third", amount=Decimal(200))
    assert value(bob, deal, "hs_projected_amount") == 100
    set_stage(pipeline, "third", probability=0.25)
    work()
    assert value(bob, deal, "hs_deal_stage_probability") == Decimal("0.25")
    assert value(bob, deal, "hs_projected_amount") == 50
