"""Creating, changing, deleting and restoring records, with their history (SPEC 2.5-2.6, 3)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from crm.db import db, end_read, unit_of_work
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyHistoryRow
from crm.records.errors import InvalidInput
from crm.records.operations import archive_record, create_record, restore_record, update_record
from crm.records.queries import RecordRow, get_record
from crm.records.source import Source
from crm.records.values import type_of
from tests.factories import make_contact, make_deal, make_record

OWNER = "hubspot_owner_id"


def read(viewer: Viewer, record_id: int) -> RecordRow:
    end_read()
    return get_record(viewer, record_id)


def update(actor: Viewer, record_id: int, version: int | None = None, **changes: Any) -> set[str]:
    end_read()
    with unit_of_work():
        return update_record(actor, record_id, changes, version)


def history(record_id: int, name: str) -> list[Any]:
    """The rows about one property, oldest first."""
    end_read()
    rows = sa.select(PropertyHistoryRow).where(
        PropertyHistoryRow.record_id == record_id, PropertyHistoryRow.property_name == name
    )
    return list(db.session.scalars(unguarded(rows.order_by(PropertyHistoryRow.id), "a test looks")))


def refused(actor: Viewer, object_type: str, **values: Any) -> dict[str, str]:
    """The messages for values that cannot be taken."""
    with pytest.raises(InvalidInput) as raised:
        make_record(actor, object_type, **values)
    return {name: str(message) for name, message in raised.value.errors.items()}


def test_a_new_record_has_what_it_was_given(alice: Viewer, clock: time_machine.Traveller) -> None:
    values = {"dealname": "Oranges", "amount": Decimal("12.50"), "closedate": datetime(2026, 5, 1, 8, tzinfo=UTC)}
    record = read(alice, make_record(alice, "deal", **values))
    assert {name: record.values[name] for name in values} == values
    assert record.values["createdate"] == record.values["lastmodifieddate"] == datetime(2026, 3, 11, 12, tzinfo=UTC)
    assert (record.version, record.values["hs_object_id"]) == (1, record.id)


@pytest.mark.parametrize(
    ("object_type", "values", "name"),
    [
        ("contact", {"firstname": "Ada", "lastname": "Berg"}, "Ada Berg"),
        ("contact", {"lastname": "Berg"}, "Berg"),
        ("contact", {"email": "ada@example.com"}, "ada@example.com"),
        ("company", {"name": "Orange Inc", "domain": "orange.example"}, "Orange Inc"),
        ("company", {"domain": "orange.example"}, "orange.example"),
        ("deal", {"dealname": "Oranges"}, "Oranges"),
        ("ticket", {"subject": "Wet crates"}, "Wet crates"),
        ("lead", {"hs_lead_name": "Fair"}, "Fair"),
    ],
)
def test_a_record_goes_by_its_name(alice: Viewer, object_type: str, values: dict[str, str], name: str) -> None:
    assert read(alice, make_record(alice, object_type, **values)).display_name == name


def test_the_name_follows_its_properties(alice: Viewer) -> None:
    contact = make_contact(alice, "Ada Berg")
    update(alice, contact, lastname="Lund")
    assert read(alice, contact).display_name == "Ada Lund"
    update(alice, contact, firstname=None, lastname=None, email="ada@example.com")
    assert read(alice, contact).display_name == "ada@example.com"


def test_the_owner_is_who_made_it(bob: Viewer) -> None:
    record = read(bob, make_contact(bob))
    assert record.owner_id == record.values[OWNER] == bob.user_id


def test_the_owner_may_be_somebody_else_or_nobody(alice: Viewer, bob: Viewer) -> None:
    assert read(alice, make_contact(alice, hubspot_owner_id=bob.user_id)).owner_id == bob.user_id
    assert read(alice, make_contact(alice, hubspot_owner_id=None)).owner_id is None


def test_a_new_owner_is_the_gates_owner_too(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    contact = make_contact(bob)
    update(alice, contact, hubspot_owner_id=charlie.user_id)
    assert read(charlie, contact).owner_id == charlie.user_id
    with pytest.raises(NotFound):
        read(bob, contact)


def test_a_person_without_the_right_creates_nothing(dana: Viewer) -> None:
    with pytest.raises(Forbidden):
        make_contact(dana)


@pytest.mark.parametrize(
    ("object_type", "values", "missing"),
    [
        ("contact", {"jobtitle": "Buyer"}, "email"),
        ("contact", {"firstname": ""}, "email"),
        ("company", {"city": "Oslo"}, "name"),
        ("deal", {}, "dealname"),
        ("ticket", {"content": "Help"}, "subject"),
        ("lead", {}, "hs_lead_name"),
    ],
)
def test_a_record_needs_something_to_tell_it_by(
    alice: Viewer, object_type: str, values: dict[str, str], missing: str
) -> None:
    errors = refused(alice, object_type, **values)
    assert list(errors) == [missing]
    assert "required" in errors[missing]


def test_what_a_record_needs_cannot_be_taken_away(alice: Viewer) -> None:
    deal = make_deal(alice, "Oranges")
    with pytest.raises(InvalidInput):
        update(alice, deal, dealname=None)
    assert read(alice, deal).display_name == "Oranges"


@pytest.mark.parametrize(
    ("object_type", "pipeline", "stage"),
    [("deal", "pipeline", "dealstage"), ("ticket", "hs_pipeline", "hs_pipeline_stage"),
     ("lead", "hs_pipeline", "hs_pipeline_stage")],
)  # fmt: skip
def test_a_record_without_a_stage_starts_in_the_first(
    alice: Viewer, object_type: str, pipeline: str, stage: str
) -> None:
    name = {"deal": "dealname", "ticket": "subject", "lead": "hs_lead_name"}[object_type]
    record = read(alice, make_record(alice, object_type, **{name: "New"}))
    first = record.type.pipelines[0]
    assert (record.values[pipeline], record.values[stage]) == (first.name, first.stages[0].name)


def test_a_stage_of_another_pipeline_is_refused(alice: Viewer) -> None:
    assert "dealstage" in refused(alice, "deal", dealname="New", dealstage="no such stage")
    deal = make_deal(alice)
    with pytest.raises(InvalidInput):
        update(alice, deal, dealstage="no such stage")


@pytest.mark.parametrize("name", ["pipeline", "dealstage"])
def test_a_deal_is_always_in_a_stage_of_a_pipeline(alice: Viewer, name: str) -> None:
    deal = make_deal(alice)
    with pytest.raises(InvalidInput) as raised:
        update(alice, deal, **{name: None})
    assert list(raised.value.errors) == [name]


def test_an_address_belongs_to_one_contact(alice: Viewer) -> None:
    make_contact(alice, "Ada Berg", email="ada@example.com")
    assert refused(alice, "contact", firstname="Eva", email="ada@example.com") == {
        "email": "Ada Berg already has this Email."
    }


def test_an_address_of_a_hidden_contact_is_taken_too(alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    make_contact(charlie, email="ada@example.com")
    mine = make_contact(bob)
    with pytest.raises(InvalidInput):
        update(bob, mine, email="ada@example.com")


def test_a_contact_keeps_its_own_address(alice: Viewer) -> None:
    contact = make_contact(alice, email="ada@example.com")
    assert update(alice, contact, email="ada@example.com", jobtitle="Buyer") == {"jobtitle"}


def test_a_deleted_contact_frees_its_address_until_it_comes_back(alice: Viewer) -> None:
    contact = make_contact(alice, email="ada@example.com")
    with unit_of_work():
        archive_record(alice, contact)
    make_contact(alice, email="ada@example.com")
    with pytest.raises(InvalidInput), unit_of_work():
        restore_record(alice, contact)


def test_a_deleted_record_is_gone_and_comes_back_as_it_was(alice: Viewer) -> None:
    contact = make_contact(alice, "Ada Berg")
    before = read(alice, contact).values
    end_read()
    with unit_of_work():
        archive_record(alice, contact)
    with pytest.raises(NotFound):
        read(alice, contact)
    end_read()
    with unit_of_work():
        restore_record(alice, contact)
    assert read(alice, contact).values == before


def test_deleting_needs_its_own_right(bob: Viewer, dana: Viewer, charlie: Viewer) -> None:
    contact = make_contact(bob)
    with pytest.raises(Forbidden), unit_of_work():
        archive_record(dana, contact)
    with pytest.raises(NotFound), unit_of_work():
        archive_record(charlie, contact)


def test_a_deleted_record_cannot_be_changed(alice: Viewer) -> None:
    contact = make_contact(alice)
    with unit_of_work():
        archive_record(alice, contact)
    with pytest.raises(NotFound):
        update(alice, contact, jobtitle="Buyer")


def test_every_value_is_in_the_history_with_who_when_and_how(
    alice: Viewer, bob: Viewer, clock: time_machine.Traveller
) -> None:
    end_read()
    with unit_of_work():
        source = Source("import", "people.csv row 2")
        contact = create_record(alice, "contact", {"lastname": "Berg", "jobtitle": "Buyer"}, source)
    clock.shift(timedelta(hours=1))
    update(bob, contact, jobtitle="Chief")
    first, second = history(contact, "jobtitle")
    assert (first.old, first.new, first.source, first.source_detail, first.actor_id, first.version) == (
        None, "Buyer", "import", "people.csv row 2", alice.user_id, 1,
    )  # fmt: skip
    assert (second.old, second.new, second.source, second.actor_id, second.version) == (
        "Buyer", "Chief", "screen", bob.user_id, 2,
    )  # fmt: skip
    assert second.moment - first.moment == timedelta(hours=1)


def test_what_did_not_change_is_not_in_the_history(alice: Viewer) -> None:
    contact = make_contact(alice, jobtitle="Buyer")
    assert update(alice, contact, jobtitle="Buyer") == set()
    assert len(history(contact, "jobtitle")) == 1
    assert read(alice, contact).version == 1


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("amount", [Decimal("1000.10"), Decimal("0.5"), None]),
        ("closedate", [datetime(2026, 5, 1, 8, 30, tzinfo=UTC), None]),
        ("hubspot_owner_id", [None]),
    ],
)
def test_a_value_can_be_read_back_from_the_history(alice: Viewer, name: str, values: list[Any]) -> None:
    deal = make_deal(alice)
    for value in values:
        update(alice, deal, **{name: value})
    kind = read(alice, deal).type.property(name)
    found = [type_of(kind).from_history(row.new) for row in history(deal, name)]
    assert found[-len(values) :] == values


def test_changing_a_record_moves_its_moment_of_change(alice: Viewer, clock: time_machine.Traveller) -> None:
    contact = make_contact(alice)
    clock.shift(timedelta(days=1))
    update(alice, contact, jobtitle="Buyer")
    values = read(alice, contact).values
    assert values["lastmodifieddate"] - values["createdate"] == timedelta(days=1)
