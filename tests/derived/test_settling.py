"""How derived values are settled: once a unit, in few statements, in batches when there are many, and in races."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.activities.operations import create_activity
from crm.activities.origin import Origin
from crm.associations.operations import associate
from crm.db import db, end_read, unit_of_work
from crm.derived import batches, handing_over, settling
from crm.derived.handing_over import SETTLE
from crm.events import RecordsRearranged, publish
from crm.jobs.models import Job
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyHistoryRow
from crm.records.models import Record
from crm.records.operations import create_record, update_record
from tests.derived.conftest import Make, Stored
from tests.derived.test_recompute import spoil
from tests.derived.world import differences
from tests.factories import make_company, make_contact, make_deal, make_note, relate
from tests.support.queries import count_queries

CONCURRENT = 6


def company_with(actor: Viewer, contacts: int, **values: object) -> int:
    company = make_company(actor, **values)
    with unit_of_work():
        for number in range(contacts):
            associate(actor, company, create_record(actor, "contact", {"lastname": f"Nr {number}"}))
    return company


def queries_of_a_change(actor: Viewer, record_id: int, **values: object) -> int:
    end_read()
    with count_queries() as queries, unit_of_work():
        update_record(actor, record_id, values)
    return len(queries)


def test_a_change_costs_the_same_queries_whatever_follows_from_it(alice: Viewer, follow: Make) -> None:
    follow("contact", "Industry", "property_sync", object="company", source="industry", pick="primary")
    few, many = company_with(alice, 5, industry="BANKING"), company_with(alice, 50, industry="BANKING")
    costs = {queries_of_a_change(alice, company, industry="FINANCE") for company in (few, many)}
    assert len(costs) == 1
    assert differences() == []


def test_a_change_that_nothing_follows_from_settles_nothing(alice: Viewer) -> None:
    contact = make_contact(alice)
    relate(alice, contact, make_company(alice), make_deal(alice))
    end_read()
    with count_queries() as queries, unit_of_work():
        update_record(alice, contact, {"jobtitle": "Farmer"})
    assert not [one for one in queries if "association" in one or "UPDATE object_deal" in one], queries


def test_a_note_sets_numbers_and_dates_in_one_statement_for_each_object(alice: Viewer) -> None:
    contact = make_contact(alice)
    relate(alice, contact, make_company(alice), make_deal(alice))
    make_note(alice, contact)
    end_read()
    with count_queries() as queries, unit_of_work():
        create_activity(alice, "note", {"body": "<p>Hello</p>"}, contact)
    updates = [one for one in queries if one.lstrip().startswith("UPDATE object_")]
    assert len(updates) == 3, queries
    assert not [one for one in updates if "count(" in one and "CASE" not in one]


def test_db_27_what_follows_for_many_records_is_left_to_jobs(
    alice: Viewer, follow: Make, stored: Stored, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    industry = follow("contact", "Industry", "property_sync", object="company", source="industry", pick="primary")
    follow("contact", "Line", "calculation", formula=f"{industry} & lastname")
    company = company_with(alice, 30)
    work()
    monkeypatch.setattr(settling, "MOST_AT_ONCE", 10)
    monkeypatch.setattr(batches, "BATCH", 10)
    with unit_of_work():
        update_record(alice, company, {"industry": "BANKING"})
    waiting = db.session.scalars(sa.select(Job.payload).where(Job.kind == SETTLE)).all()
    assert len(waiting) == 1
    assert len(differences()) == 30
    work()
    assert differences() == []


def test_one_unit_that_makes_many_records_is_settled_by_jobs(
    alice: Viewer, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "MOST_AT_ONCE", 10)
    monkeypatch.setattr(handing_over, "IDS_OF_A_JOB", 7)
    company_with(alice, 30)
    assert differences()
    work()
    assert differences() == []


def test_a_change_is_in_the_history_as_calculated_and_makes_no_version(
    alice: Viewer, follow: Make, stored: Stored
) -> None:
    total = follow("company", "Total", "rollup", object="deal", operation="sum", property="amount")
    company, deal = make_company(alice), make_deal(alice, amount=Decimal(100))
    relate(alice, company, deal)
    before = version_of(company)
    with unit_of_work():
        update_record(alice, deal, {"amount": Decimal(150)})
    history = sa.select(PropertyHistoryRow.old, PropertyHistoryRow.new, PropertyHistoryRow.source).where(
        PropertyHistoryRow.record_id == company, PropertyHistoryRow.property_name == total
    )
    rows = db.session.execute(unguarded(history.order_by(PropertyHistoryRow.id), "a test")).all()
    assert [tuple(row) for row in rows] == [("0", "100", "calculation"), ("100", "150", "calculation")]
    assert version_of(company) == before


def version_of(record_id: int) -> int:
    end_read()
    version = db.session.scalar(unguarded(sa.select(Record.version).where(Record.id == record_id), "a test"))
    end_read()
    assert version is not None
    return version


def test_whoever_moves_links_past_the_operations_asks_for_a_new_look(alice: Viewer) -> None:
    company, contact = make_company(alice), make_contact(alice)
    relate(alice, company, contact, make_deal(alice))
    make_note(alice, contact)
    spoil()
    with unit_of_work():
        publish(RecordsRearranged(alice, (company, contact)))
    assert not [one for one in differences() if not one.startswith("deal")]


def test_a_unit_that_is_undone_settles_nothing(alice: Viewer, stored: Stored) -> None:
    company, contact = make_company(alice), make_contact(alice)
    end_read()
    with pytest.raises(RuntimeError), unit_of_work():
        associate(alice, company, contact)
        raise RuntimeError
    assert stored(company, "num_associated_contacts") == 0
    with unit_of_work():
        update_record(alice, company, {"name": "Orange Ltd"})
    assert differences() == []


def test_of_several_who_count_at_the_same_moment_none_is_forgotten(
    app: Flask, alice: Viewer, follow: Make, stored: Stored
) -> None:
    total = follow("company", "Total", "rollup", object="deal", operation="sum", property="amount")
    company = make_company(alice)
    deals = [make_deal(alice, amount=Decimal(1)) for _ in range(CONCURRENT)]
    for deal in deals:
        relate(alice, company, deal)
    end_read()
    start = Barrier(CONCURRENT)

    def change(deal: int) -> None:
        with app.app_context():
            start.wait(30)
            with unit_of_work():
                update_record(alice, deal, {"amount": Decimal(10)})
                create_activity(alice, "note", {"body": "<p>Hello</p>"}, company, Origin(record_ids=[]))

    with ThreadPoolExecutor(CONCURRENT) as pool:
        list(pool.map(change, deals))
    assert stored(company, total, "num_notes") == (10 * CONCURRENT, CONCURRENT)
