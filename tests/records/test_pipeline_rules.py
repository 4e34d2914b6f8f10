"""The rules of a pipeline hold whoever writes: form, inline edit, import, API, rule (SPEC 2.9, DB-27)."""

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.db import db, end_read, touch, unit_of_work
from crm.objects.queries import STAMP, schema
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyRow
from crm.records.errors import InvalidInput
from crm.records.queries import get_record
from crm.records.source import Source, SourceKind
from tests.factories import make_deal, make_record
from tests.factories.pipelines import change, make_pipeline, set_stage
from tests.support.databases import only_on

SOURCES = [SourceKind.SCREEN, SourceKind.FORM, SourceKind.IMPORT, SourceKind.API, SourceKind.RULE]
FREE: dict[str, bool] = {}
NO_SKIPPING, NO_BACK, LOCKED = {"forbids_skipping": True}, {"forbids_going_back": True}, {"locks_closed": True}

# Under which rules a deal may go from one stage to another.
MOVES = [
    (FREE, "first", "third", True),
    (FREE, "third", "first", True),
    (FREE, "won", "first", True),
    (NO_SKIPPING, "first", "second", True),
    (NO_SKIPPING, "first", "third", False),
    (NO_SKIPPING, "second", "third", True),
    (NO_SKIPPING, "first", "won", True),
    (NO_SKIPPING, "first", "lost", True),
    (NO_SKIPPING, "third", "first", True),
    (NO_SKIPPING, "won", "first", True),
    (NO_BACK, "first", "third", True),
    (NO_BACK, "third", "second", False),
    (NO_BACK, "third", "first", False),
    (NO_BACK, "third", "won", True),
    (NO_BACK, "won", "third", False),
    (NO_BACK, "lost", "won", True),
    (LOCKED, "won", "lost", False),
    (LOCKED, "lost", "first", False),
    (LOCKED, "third", "won", True),
    (NO_SKIPPING | NO_BACK, "second", "first", False),
    (NO_SKIPPING | NO_BACK, "first", "third", False),
    (NO_SKIPPING | NO_BACK, "first", "second", True),
]


def deal_in(actor: Viewer, pipeline: str, stage: str, **values: Any) -> int:
    return make_deal(actor, pipeline=pipeline, dealstage=stage, **values)


@only_on("sqlite")
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(("rules", "start", "end", "may"), MOVES)
def test_db_27_moves_through_a_pipeline_follow_its_rules(
    bob: Viewer, rules: dict[str, bool], start: str, end: str, may: bool, source: SourceKind
) -> None:
    pipeline = make_pipeline(**rules)
    deal = deal_in(bob, pipeline, start)
    if may:
        assert "dealstage" in change(bob, deal, Source(source), dealstage=end)
        return
    with pytest.raises(InvalidInput) as refused:
        change(bob, deal, Source(source), dealstage=end)
    assert list(refused.value.errors) == ["dealstage"]
    assert get_record(bob, deal).values["dealstage"] == start


@only_on("sqlite")
@pytest.mark.parametrize(("rules", "start", "end", "may"), [one for one in MOVES if not one[3]])
def test_super_admins_are_bound_by_none(
    alice: Viewer, rules: dict[str, bool], start: str, end: str, may: bool
) -> None:
    deal = deal_in(alice, make_pipeline(**rules), start)
    change(alice, deal, dealstage=end)
    assert get_record(alice, deal).values["dealstage"] == end


@pytest.mark.parametrize("source", SOURCES)
def test_what_is_closed_and_locked_takes_nothing(bob: Viewer, source: SourceKind) -> None:
    deal = deal_in(bob, make_pipeline(locks_closed=True), "won")
    with pytest.raises(InvalidInput) as refused:
        change(bob, deal, Source(source), amount=Decimal(5), dealname="Other")
    assert set(refused.value.errors) == {"amount", "dealname"}
    open_one = deal_in(bob, "renewals", "first")
    assert change(bob, open_one, Source(source), amount=Decimal(5))


@pytest.mark.parametrize("source", SOURCES)
def test_records_start_where_it_is_allowed(bob: Viewer, alice: Viewer, source: SourceKind) -> None:
    pipeline = make_pipeline()
    set_stage(pipeline, "first", allows_creation=False)
    set_stage(pipeline, "third", allows_creation=False)
    with pytest.raises(InvalidInput) as refused:
        deal_in(bob, pipeline, "third")
    assert "Second" in str(refused.value.errors["dealstage"])
    assert deal_in(alice, pipeline, "third")
    started = make_deal(bob, pipeline=pipeline)
    assert get_record(bob, started).values["dealstage"] == "second"
    other = make_deal(bob)
    with pytest.raises(InvalidInput):
        change(bob, other, Source(source), pipeline=pipeline, dealstage="third")
    assert change(bob, other, Source(source), pipeline=pipeline, dealstage="won")


@pytest.mark.parametrize("source", SOURCES)
def test_a_stage_asks_for_its_properties_of_everybody(alice: Viewer, source: SourceKind) -> None:
    pipeline = make_pipeline()
    set_stage(pipeline, "won", required=("amount", "closed_won_reason"))
    deal = deal_in(alice, pipeline, "first")
    with pytest.raises(InvalidInput) as refused:
        change(alice, deal, Source(source), dealstage="won", amount=Decimal(7))
    assert list(refused.value.errors) == ["closed_won_reason"]
    change(alice, deal, Source(source), dealstage="won", amount=Decimal(7), closed_won_reason="Price")
    with pytest.raises(InvalidInput) as refused:
        change(alice, deal, Source(source), amount=None)
    assert list(refused.value.errors) == ["amount"]
    assert change(alice, deal, Source(source), dealname="Still to be renamed")


def test_a_new_record_has_the_owner_its_stage_asks_for(alice: Viewer) -> None:
    pipeline = make_pipeline()
    set_stage(pipeline, "first", required=("hubspot_owner_id",))
    deal = deal_in(alice, pipeline, "first")
    assert get_record(alice, deal).values["hubspot_owner_id"] == alice.user_id
    with pytest.raises(InvalidInput) as refused:
        deal_in(alice, pipeline, "first", hubspot_owner_id=None)
    assert list(refused.value.errors) == ["hubspot_owner_id"]


def test_a_default_stage_that_is_not_there_is_none(alice: Viewer) -> None:
    pipeline = make_pipeline()
    make_default("dealstage", "second")
    deal = make_deal(alice)
    assert place(alice, deal) == (pipeline, "second")
    make_default("dealstage", "gone_meanwhile")
    end_read()
    assert schema().object_type("deal").property("dealstage").default is None
    assert place(alice, make_deal(alice)) == ("default", "appointmentscheduled")


def test_defaults_of_pipeline_and_stage_give_way_to_what_is_named(alice: Viewer) -> None:
    pipeline = make_pipeline()
    make_default("dealstage", "second")
    assert place(alice, make_deal(alice, pipeline="default")) == ("default", "appointmentscheduled")
    make_default("pipeline", "default")
    assert place(alice, make_deal(alice)) == ("default", "appointmentscheduled")
    assert place(alice, make_deal(alice, dealstage="third")) == (pipeline, "third")
    with pytest.raises(InvalidInput):
        make_deal(alice, pipeline="default", dealstage="third")


def make_default(name: str, value: str) -> None:
    end_read()
    with unit_of_work():
        row = sa.and_(PropertyRow.object_type == "deal", PropertyRow.name == name)
        db.session.execute(sa.update(PropertyRow).where(row).values(default_value=value))
        touch(STAMP)


def place(actor: Viewer, deal: int) -> tuple[str, str]:
    end_read()
    values = get_record(actor, deal).values
    return values["pipeline"], values["dealstage"]


def test_a_rule_that_comes_later_leaves_what_is_there_editable(alice: Viewer) -> None:
    pipeline = make_pipeline()
    deal = deal_in(alice, pipeline, "second")
    set_stage(pipeline, "second", required=("amount",))
    assert change(alice, deal, dealname="Renamed") == {"dealname"}


def test_another_pipeline_wants_its_stage_named(bob: Viewer) -> None:
    pipeline = make_pipeline()
    deal = make_deal(bob)
    with pytest.raises(InvalidInput) as refused:
        change(bob, deal, pipeline=pipeline)
    assert str(refused.value.errors["dealstage"]) == "Choose the stage in “Renewals”."
    change(bob, deal, pipeline=pipeline, dealstage="second")
    assert get_record(bob, deal).values["pipeline"] == pipeline


@pytest.mark.parametrize("object_type", ["ticket", "lead"])
def test_tickets_and_leads_have_the_same_rules(bob: Viewer, object_type: str) -> None:
    pipeline = make_pipeline("Second line", object_type, forbids_going_back=True)
    name = {"ticket": "subject", "lead": "hs_lead_name"}[object_type]
    record = make_record(bob, object_type, **{name: "Wet crates"}, hs_pipeline=pipeline)
    first = get_record(bob, record).values["hs_pipeline_stage"]
    from_second = [one for one in get_record(bob, record).type.pipeline(pipeline).stages if one.name != first]
    change(bob, record, hs_pipeline_stage=from_second[0].name)
    with pytest.raises(InvalidInput):
        change(bob, record, hs_pipeline_stage=first)


@pytest.mark.parametrize("source", [SourceKind.IMPORT, SourceKind.RULE])
def test_imports_and_rules_never_move_a_lifecycle_back(app: Flask, bob: Viewer, source: SourceKind) -> None:
    contact = make_record(bob, "contact", firstname="Ada", lifecyclestage="customer")
    with pytest.raises(InvalidInput) as refused:
        change(bob, contact, Source(source), lifecyclestage="lead")
    assert list(refused.value.errors) == ["lifecyclestage"]
    assert change(bob, contact, Source(source), lifecyclestage="evangelist")
    assert change(bob, contact, lifecyclestage="lead")
