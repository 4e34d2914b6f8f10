"""Where a record was and how long: kept with every move, the same from scratch (SPEC 2.7, 2.9, DB-27)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.db import db, end_read, unit_of_work
from crm.derived.recomputing import recompute
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records import stage_removal
from crm.records.models import StageVisit
from crm.records.operations import archive_record
from crm.records.queries import get_record
from crm.records.stage_removal import delete_pipeline, delete_stage
from tests.factories import make_deal, make_record, make_ticket
from tests.factories.pipelines import change, make_pipeline, set_stage, stages_of

NAMES = ("first", "second", "third", "won", "lost")
MOVES = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 90_000_000)), min_size=1, max_size=12)


def visits(record_id: int) -> list[Any]:
    end_read()
    statement = sa.select(StageVisit.__table__).where(StageVisit.record_id == record_id).order_by(StageVisit.id)
    return list(db.session.execute(unguarded(statement, "a test looks at them")))


def value(actor: Viewer, record_id: int, name: str) -> Any:
    end_read()
    return get_record(actor, record_id).values[name]


def test_db_27_time_in_a_stage_is_counted_when_it_is_left(bob: Viewer, clock: time_machine.Traveller) -> None:
    start = datetime.now(UTC)
    deal = make_deal(bob, pipeline=make_pipeline(), dealstage="first")
    clock.shift(timedelta(hours=2))
    change(bob, deal, dealstage="second")
    clock.shift(timedelta(days=1))
    change(bob, deal, dealstage="first")
    clock.shift(timedelta(minutes=30))
    change(bob, deal, dealstage="won")
    hour = 3_600_000
    assert value(bob, deal, "hs_v2_latest_time_in_first") == hour / 2
    assert value(bob, deal, "hs_v2_cumulative_time_in_first") == 2.5 * hour
    assert value(bob, deal, "hs_v2_latest_time_in_second") == 24 * hour
    assert value(bob, deal, "hs_v2_date_entered_first") == start + timedelta(hours=26)
    assert value(bob, deal, "hs_v2_date_exited_first") == start + timedelta(hours=26, minutes=30)
    assert value(bob, deal, "hs_v2_date_entered_current_stage") == start + timedelta(hours=26, minutes=30)
    assert value(bob, deal, "hs_v2_date_entered_won") == start + timedelta(hours=26, minutes=30)
    assert value(bob, deal, "hs_v2_latest_time_in_won") is None
    assert [(one.stage, one.pipeline, one.actor_id) for one in visits(deal)] == [
        (stage, "renewals", bob.user_id) for stage in ("first", "second", "first", "won")
    ]


def test_a_stage_that_is_entered_again_has_not_been_left(bob: Viewer, clock: time_machine.Traveller) -> None:
    deal = make_deal(bob, pipeline=make_pipeline(), dealstage="first")
    for stage in ("second", "first"):
        clock.shift(timedelta(hours=1))
        change(bob, deal, dealstage=stage)
    assert value(bob, deal, "hs_v2_date_exited_first") is None
    assert value(bob, deal, "hs_v2_latest_time_in_first") == 3_600_000


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(moves=MOVES)
def test_random_moves_leave_a_chain_without_a_gap(app: Flask, bob: Viewer, moves: list[tuple[str, int]]) -> None:
    end_read()
    known = schema().object_type("deal").pipeline("renewals")
    pipeline = known.name if known else make_pipeline()
    moment = datetime(2026, 1, 5, 8, tzinfo=UTC)
    with time_machine.travel(moment, tick=False) as traveller:
        deal = make_deal(bob, pipeline=pipeline, dealstage="first")
        expected = ["first"]
        for stage, milliseconds in moves:
            traveller.shift(timedelta(milliseconds=milliseconds))
            if change(bob, deal, dealstage=stage):
                expected.append(stage)
        chain = visits(deal)
        assert [one.stage for one in chain] == expected
        assert [one.exited_at for one in chain[:-1]] == [one.entered_at for one in chain[1:]]
        assert chain[-1].exited_at is None
        assert chain[0].entered_at == moment
        spent = sum(value(bob, deal, f"hs_v2_cumulative_time_in_{name}") or 0 for name in NAMES)
        here = (datetime.now(UTC) - chain[-1].entered_at) / timedelta(milliseconds=1)
        assert spent + round(here) == round((datetime.now(UTC) - moment) / timedelta(milliseconds=1))
    assert recompute("deal").values == 0


def test_a_clock_that_goes_back_makes_no_negative_time(bob: Viewer, clock: time_machine.Traveller) -> None:
    deal = make_deal(bob, pipeline=make_pipeline(), dealstage="first")
    clock.shift(timedelta(hours=-5))
    change(bob, deal, dealstage="second")
    assert value(bob, deal, "hs_v2_latest_time_in_first") == 0
    one, other = visits(deal)
    assert one.exited_at == other.entered_at == one.entered_at


def test_db_27_recompute_makes_stage_values_from_scratch(alice: Viewer, clock: time_machine.Traveller) -> None:
    deal = make_deal(alice, pipeline=make_pipeline(), dealstage="first", amount=100)
    ticket = make_ticket(alice)
    lead = make_record(alice, "lead", hs_lead_name="Fair")
    contact = make_record(alice, "contact", firstname="Ada", lifecyclestage="lead")
    clock.shift(timedelta(hours=3))
    change(alice, deal, dealstage="won")
    change(alice, ticket, hs_pipeline_stage="4")
    change(alice, lead, hs_pipeline_stage="unqualified-stage-id")
    change(alice, contact, lifecyclestage="customer")
    assert recompute().values == 0
    kept = {one: dict(get_record(alice, one).values) for one in (deal, ticket, lead, contact)}
    end_read()
    with unit_of_work():
        for kind in schema().record_types:
            derived = [
                prop.column_name
                for prop in kind.properties.values()
                if prop.name.startswith(("hs_v2_", "hs_is_", "hs_deal_stage", "hs_projected", "hs_lifecyclestage_"))
                or prop.name in ("closed_date", "time_to_close", "days_to_close", "hs_lead_is_disqualified")
            ]
            if derived:
                db.session.execute(sa.update(kind.table).values(dict.fromkeys(derived)))
    assert recompute().values > 0
    end_read()
    assert {one: dict(get_record(alice, one).values) for one in kept} == kept
    assert kept[ticket]["time_to_close"] == 3 * 3_600_000


@pytest.mark.parametrize("count", [3, 60])
def test_a_stage_goes_after_its_records_also_deleted_ones(alice: Viewer, work: Any, count: int) -> None:
    pipeline = make_pipeline(locks_closed=True, forbids_going_back=True)
    set_stage(pipeline, "first", required=("hs_next_step",))
    deals = [make_deal(alice, pipeline=pipeline, dealstage="second") for _ in range(count)]
    end_read()
    with unit_of_work():
        archive_record(alice, deals[0])
        is_gone = delete_stage(alice, "deal", pipeline, "second", "first")
    assert is_gone is (count <= 50)
    if not is_gone:
        stage = next(one for one in stages_of("deal", pipeline) if one.name == "second")
        assert stage.is_leaving
    work()
    assert [one.name for one in stages_of("deal", pipeline)] == ["first", "third", "won", "lost"]
    assert all(value(alice, one, "dealstage") == "first" for one in deals[1:])
    assert [one.stage for one in visits(deals[0])] == ["second", "first"]
    assert "hs_v2_date_entered_second" not in schema().object_type("deal").properties


def test_a_stage_whose_records_cannot_be_moved_is_given_back_and_the_settings_say_why(
    alice: Viewer,
    work: Callable[[], None],
    clock: time_machine.Traveller,
    client_of: Callable[[Viewer], FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline = make_pipeline()
    deals = [make_deal(alice, pipeline=pipeline, dealstage="second") for _ in range(51)]
    page = f"/settings/objects/deals/pipelines/{pipeline}"

    def begin() -> None:
        end_read()
        with unit_of_work():
            assert delete_stage(alice, "deal", pipeline, "second", "first") is False

    def fail(*_arguments: Any) -> None:
        raise OSError("disk is full")

    begin()
    with monkeypatch.context() as broken:
        broken.setattr(stage_removal, "_move", fail)
        for _ in range(7):
            work()
            clock.shift(timedelta(hours=2))
    assert not any(one.is_leaving for one in stages_of("deal", pipeline))
    assert "disk is full" in client_of(alice).get(page).text
    begin()
    assert "disk is full" not in client_of(alice).get(page).text
    work()
    assert "second" not in [one.name for one in stages_of("deal", pipeline)]
    assert value(alice, deals[50], "dealstage") == "first"


def test_a_pipeline_goes_after_its_records_stage_by_stage(alice: Viewer, work: Any) -> None:
    pipeline = make_pipeline()
    deals = [make_deal(alice, pipeline=pipeline, dealstage=stage) for stage in ("first", "won")]
    end_read()
    with unit_of_work():
        targets = {"first": "qualifiedtobuy", "won": "closedwon"}
        assert delete_pipeline(alice, "deal", pipeline, targets)
    assert [value(alice, one, "dealstage") for one in deals] == ["qualifiedtobuy", "closedwon"]
    assert [value(alice, one, "pipeline") for one in deals] == ["default", "default"]
    assert recompute("deal").values == 0
    assert make_pipeline() == "renewals"
    names = [one.name for one in stages_of("deal", "renewals")]
    assert names == ["first_2", "second_2", "third_2", "won_2", "lost_2"]
