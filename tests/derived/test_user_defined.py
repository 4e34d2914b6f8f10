"""Calculated, rolled up and mirrored properties (SPEC 2.3)."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine

from crm.associations.labels import delete_label, set_labels
from crm.associations.operations import dissociate, set_primary_company
from crm.clock import _account
from crm.db import end_read, unit_of_work
from crm.derived.recomputing import recompute
from crm.derived.upkeep import follow_the_clock
from crm.messages import InvalidValue
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.properties import change_property, content_of
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.records.operations import archive_record, restore_record, update_record
from tests.derived.conftest import Make, Stored, define
from tests.factories import make_company, make_contact, make_deal, relate
from tests.support.links import make_label, relate_as


def test_db_27_a_calculation_is_written_with_the_values_it_is_made_of(
    alice: Viewer, follow: Make, stored: Stored
) -> None:
    old = make_deal(alice, amount=Decimal(50))
    fee = follow("deal", "Fee", "calculation", formula="amount * 0.1")
    assert stored(old, fee) == 5
    deal = make_deal(alice, amount=Decimal(200))
    assert stored(deal, fee) == 20
    with unit_of_work():
        update_record(alice, deal, {"amount": Decimal(300)})
    assert stored(deal, fee) == 30


def test_db_27_a_calculation_follows_another_one(alice: Viewer, follow: Make, stored: Stored) -> None:
    fee = follow("deal", "Fee", "calculation", formula="amount * 0.1")
    net = follow("deal", "Net", "calculation", formula=f"amount - {fee}")
    deal = make_deal(alice, amount=Decimal(200))
    assert stored(deal, net) == 180


def test_db_27_rollups_follow_links_values_deletions_and_restorations(
    alice: Viewer, follow: Make, stored: Stored
) -> None:
    total = follow("company", "Pipeline value", "rollup", object="deal", operation="sum", property="amount")
    large = follow(
        "company", "Large deals", "rollup", object="deal", operation="count",
        only_where=[["amount", "greater", ["100"]]],
    )  # fmt: skip
    company = make_company(alice)
    assert stored(company, total, large) == (0, 0)
    small, big = make_deal(alice, amount=Decimal("40.5")), make_deal(alice, amount=Decimal(1000))
    relate(alice, company, small, big)
    assert stored(company, total, large) == (Decimal("1040.5"), 1)
    with unit_of_work():
        update_record(alice, small, {"amount": Decimal(500)})
    assert stored(company, total, large) == (1500, 2)
    with unit_of_work():
        archive_record(alice, big)
    assert stored(company, total, large) == (500, 1)
    with unit_of_work():
        restore_record(alice, big)
    with unit_of_work():
        dissociate(alice, company, small)
    assert stored(company, total, large) == (1000, 1)


@pytest.mark.parametrize(
    ("operation", "name", "expected"),
    [
        ("min", "amount", Decimal(10)),
        ("max", "amount", Decimal(30)),
        ("average", "amount", Decimal(20)),
        ("sum", "amount", Decimal(40)),
    ],
)
def test_every_operation_of_a_rollup(
    alice: Viewer, follow: Make, stored: Stored, operation: str, name: str, expected: Decimal
) -> None:
    found = follow("contact", "Rolled up", "rollup", object="deal", operation=operation, property=name)
    contact = make_contact(alice)
    relate(alice, contact, *(make_deal(alice, amount=amount) for amount in (Decimal(10), Decimal(30), None)))
    assert stored(contact, found) == expected


def test_db_27_a_mirrored_property_follows_the_primary_company(alice: Viewer, follow: Make, stored: Stored) -> None:
    industry = follow("contact", "Industry", "property_sync", object="company", source="industry", pick="primary")
    bank, farm = make_company(alice, industry="BANKING"), make_company(alice, "Farm", industry="AGRICULTURE")
    contact = make_contact(alice)
    relate(alice, contact, bank, farm)
    assert stored(contact, industry) == "BANKING"
    with unit_of_work():
        set_primary_company(alice, contact, farm)
    assert stored(contact, industry) == "AGRICULTURE"
    with unit_of_work():
        update_record(alice, farm, {"industry": "FINANCE"})
    assert stored(contact, industry) == "FINANCE"
    with unit_of_work():
        archive_record(alice, farm)
    assert stored(contact, industry) == "BANKING"
    assert schema().object_type("contact").property(industry).labels["FINANCE"] == "Finance"


def test_a_company_counts_those_whose_primary_company_it_is(alice: Viewer, follow: Make, stored: Stored) -> None:
    link = "company_to_contact_primary"
    mine = follow("company", "Our people", "rollup", object="contact", operation="count", association=link)
    first, second = make_company(alice), make_company(alice, "Farm")
    contact = make_contact(alice)
    relate(alice, contact, first, second)
    assert (stored(first, mine), stored(second, mine)) == (1, 0)
    with unit_of_work():
        set_primary_company(alice, contact, second)
    assert (stored(first, mine), stored(second, mine)) == (0, 1)
    with unit_of_work():
        archive_record(alice, second)
    assert stored(first, mine) == 1
    with unit_of_work():
        restore_record(alice, second)
    with unit_of_work():
        dissociate(alice, contact, first)
    assert (stored(first, mine), stored(second, mine)) == (0, 1)


def test_a_company_counts_those_with_a_label(
    alice: Viewer, follow: Make, stored: Stored, work: Callable[[], None]
) -> None:
    label = make_label(alice, "contact", "company", "Employer", "Employee")
    link = "company_to_contact:employer"
    mine = follow("company", "Employees", "rollup", object="contact", operation="count", association=link)
    company, contact = make_company(alice), make_contact(alice)
    relate(alice, contact, company)
    assert stored(company, mine) == 0
    relate_as(alice, contact, company, [label])
    assert stored(company, mine) == 1
    with unit_of_work():
        set_labels(alice, contact, company, [])
    assert stored(company, mine) == 0
    relate_as(alice, contact, company, [label])
    with unit_of_work():
        delete_label(alice, label)
    work()
    assert stored(company, mine) == 0


@pytest.mark.usefixtures("clock")
def test_a_formula_of_the_day_follows_the_day_of_the_account(
    alice: Viewer,
    follow: Make,
    stored: Stored,
    work: Callable[[], None],
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(_account, "zone", ZoneInfo("Pacific/Auckland"))
    today = follow("contact", "Today", "calculation", formula="today()")
    contact = make_contact(alice)
    follow_the_clock({})
    work()
    assert stored(contact, today) == date(2026, 3, 12)
    clock.shift(timedelta(hours=22, minutes=30))
    end_read()
    follow_the_clock({})
    work()
    assert stored(contact, today) == date(2026, 3, 12)
    clock.shift(timedelta(hours=1))
    end_read()
    follow_the_clock({})
    work()
    assert stored(contact, today) == date(2026, 3, 13)


@pytest.mark.parametrize("label", ["Count", "Index", "T", "Tuple", "Record version"])
def test_a_property_may_be_called_as_rows_of_the_database_call_things(
    alice: Viewer, follow: Make, stored: Stored, label: str
) -> None:
    name = follow("company", label, "rollup", object="deal", operation="count")
    company = make_company(alice)
    relate(alice, company, make_deal(alice))
    assert stored(company, name) == 1
    assert recompute().values == 0


def test_values_follow_through_several_steps(alice: Viewer, follow: Make, stored: Stored) -> None:
    fee = follow("deal", "Fee", "calculation", formula="amount * 0.1")
    fees = follow("company", "Fees", "rollup", object="deal", operation="sum", property=fee)
    mirrored = follow("contact", "Fees", "property_sync", object="company", source=fees, pick="primary")
    doubled = follow("contact", "Twice", "calculation", formula=f"{mirrored} * 2")
    company, contact, deal = make_company(alice), make_contact(alice), make_deal(alice, amount=Decimal(100))
    relate(alice, company, contact, deal)
    assert stored(contact, doubled) == 20
    with unit_of_work():
        update_record(alice, deal, {"amount": Decimal(1000)})
    assert stored(contact, doubled) == 200
    assert recompute().values == 0


def test_a_value_never_follows_from_itself(alice: Viewer, follow: Make) -> None:
    fee = follow("deal", "Fee", "calculation", formula="amount * 0.1")
    fees = follow("company", "Fees", "rollup", object="deal", operation="sum", property=fee)
    mirrored = follow("deal", "Fees of the firm", "property_sync", object="company", source=fees, pick="primary")
    prop = schema().object_type("deal").property(fee)
    content = content_of(prop)
    settings = {**prop.settings, "formula": f"{mirrored} + 1"}
    end_read()
    with pytest.raises(InvalidDefinition) as refused, unit_of_work():
        change_property(alice, "deal", fee, type(content)(prop.label, prop.group, settings=settings))
    assert "Fee → Fees of the firm → Fees → Fee" in str(refused.value.errors["formula"])


def test_a_changed_formula_is_computed_for_all_records(
    alice: Viewer, follow: Make, stored: Stored, work: Callable[[], None]
) -> None:
    fee = follow("deal", "Fee", "calculation", formula="amount * 0.1")
    deals = [make_deal(alice, amount=Decimal(100)) for _ in range(3)]
    prop = schema().object_type("deal").property(fee)
    content = content_of(prop)
    end_read()
    with unit_of_work():
        settings = {**prop.settings, "formula": "amount * 0.2"}
        change_property(alice, "deal", fee, type(content)(prop.label, prop.group, settings=settings))
    work()
    assert [stored(deal, fee) for deal in deals] == [20, 20, 20]


@pytest.mark.parametrize("formula", ["amount +", "nothing * 2", "firstname + 1"])
def test_a_formula_that_cannot_be_is_refused(alice: Viewer, formula: str) -> None:
    end_read()
    with pytest.raises((InvalidValue, InvalidDefinition)), unit_of_work():
        define(alice, "contact", "Odd", "calculation", {"formula": formula})


def test_dates_follow_dates(alice: Viewer, follow: Make, stored: Stored) -> None:
    due = follow("contact", "Call again", "calculation", formula='add_days(date(2026, 3, 1), 14)')
    assert stored(make_contact(alice), due) == date(2026, 3, 15)
