"""Conditional properties and options on the screens, and nowhere else (SPEC 2.5)."""

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask

from crm.db import end_read, unit_of_work
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records import form_logic
from crm.records.changes import Change
from crm.records.checks import record_checks
from crm.records.errors import InvalidInput
from crm.records.operations import create_record, update_record
from crm.records.queries import get_record
from crm.records.source import Source, SourceKind
from tests.factories import make_deal
from tests.factories.property_settings import set_property
from tests.support.queries import count_queries

LOST = {
    "operator": "any_of",
    "values": ["closedlost"],
    "dependents": [{"name": "closed_lost_reason", "required": True}],
}
FORM = [("dealname", True), ("dealstage", True), ("dealtype", False)]
NEW_BUSINESS = {"decided_by": "dealtype", "options": {"newbusiness": ["low", "medium"], "existingbusiness": ["high"]}}


@pytest.fixture(autouse=True)
def logic(app: Flask) -> None:
    """A lost deal needs a reason; the priority of a deal depends on its type."""
    set_property("deal", "dealstage", conditions=[LOST])
    set_property("deal", "hs_priority", conditional_options=NEW_BUSINESS)


def changed(actor: Viewer, record_id: int, changes: Mapping[str, Any], kind: str = SourceKind.SCREEN) -> set[str]:
    end_read()
    with unit_of_work():
        return update_record(actor, record_id, changes, source=Source(kind))


def refusal(actor: Viewer, record_id: int, changes: Mapping[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        changed(actor, record_id, changes)
    return {name: str(message) for name, message in refused.value.errors.items()}


def test_db_13_a_screen_demands_what_a_condition_requires(bob: Viewer) -> None:
    deal_id = make_deal(bob)
    assert refusal(bob, deal_id, {"dealstage": "closedlost"}) == {
        "closed_lost_reason": "Closed lost reason is required for this Deal stage."
    }
    changed(bob, deal_id, {"dealstage": "closedlost", "closed_lost_reason": "Price"})
    assert list(refusal(bob, deal_id, {"closed_lost_reason": None})) == ["closed_lost_reason"]
    assert changed(bob, deal_id, {"dealname": "Else"}) == {"dealname"}


def test_a_new_record_is_asked_for_everything_its_values_demand(bob: Viewer) -> None:
    end_read()
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        create_record(bob, "deal", {"dealname": "Gone", "dealstage": "closedlost"})
    assert list(refused.value.errors) == ["closed_lost_reason"]


@pytest.mark.parametrize("kind", [SourceKind.API, SourceKind.RULE, SourceKind.IMPORT])
def test_conditions_are_of_the_screens_only(bob: Viewer, kind: SourceKind) -> None:
    deal_id = make_deal(bob, dealtype="newbusiness")
    assert changed(bob, deal_id, {"dealstage": "closedlost", "hs_priority": "high"}, kind)


def test_a_record_that_lacks_it_already_may_be_changed_elsewhere(bob: Viewer) -> None:
    deal_id = make_deal(bob)
    changed(bob, deal_id, {"dealstage": "closedlost"}, SourceKind.API)
    assert changed(bob, deal_id, {"dealname": "Else"}) == {"dealname"}


def test_db_13_a_choice_that_another_value_does_not_leave_is_refused(bob: Viewer) -> None:
    deal_id = make_deal(bob, dealtype="newbusiness")
    assert refusal(bob, deal_id, {"hs_priority": "high"}) == {
        "hs_priority": "“High” cannot be chosen for this Deal type."
    }
    changed(bob, deal_id, {"hs_priority": "low"})
    assert list(refusal(bob, deal_id, {"dealtype": "existingbusiness"})) == ["hs_priority"]
    changed(bob, deal_id, {"dealtype": "existingbusiness", "hs_priority": "high"})
    end_read()
    assert get_record(bob, deal_id).values["hs_priority"] == "high"


def test_a_form_shows_dependents_after_what_decides(bob: Viewer) -> None:
    kind = schema().object_type("deal")
    assert form_logic.form_names(kind, FORM, {"dealstage": "contractsent"}) == FORM
    assert form_logic.form_names(kind, FORM, {"dealstage": "closedlost"}) == [
        ("dealname", True), ("dealstage", True), ("closed_lost_reason", True), ("dealtype", False),
    ]  # fmt: skip
    listed = [*FORM, ("closed_lost_reason", False)]
    assert form_logic.form_names(kind, listed, {}) == FORM
    assert form_logic.possible_names(kind, ["dealstage"]) == ["dealstage", "closed_lost_reason"]


def test_a_form_for_one_property_takes_in_what_depends_on_it(bob: Viewer) -> None:
    kind = schema().object_type("deal")
    assert form_logic.dependents_of(kind, "dealname", {}) == []
    assert form_logic.dependents_of(kind, "dealstage", {"dealstage": "closedlost"}) == [("closed_lost_reason", True)]
    assert form_logic.dependents_of(kind, "dealtype", {"dealtype": "newbusiness", "hs_priority": "low"}) == []
    assert form_logic.dependents_of(kind, "dealtype", {"dealtype": "newbusiness", "hs_priority": "high"}) == [
        ("hs_priority", False)
    ]


def test_a_dropdown_offers_what_is_left_and_what_is_chosen(bob: Viewer) -> None:
    kind = schema().object_type("deal")
    prop = kind.property("hs_priority")
    offered = form_logic.offered(kind, prop, {"dealtype": "newbusiness"})
    assert [option.value for option in offered.options] == ["low", "medium"]
    kept = form_logic.offered(kind, prop, {"dealtype": "newbusiness"}, chosen="high")
    assert [option.value for option in kept.options] == ["low", "medium", "high"]
    assert form_logic.offered(kind, prop, {}) is not None


def test_a_form_holds_what_was_typed_over_what_is_stored(bob: Viewer) -> None:
    kind = schema().object_type("deal")
    typed = {"dealtype": "newbusiness", "hs_priority": "high", "amount": "no number"}
    values = form_logic.held(kind, typed, Context(), {"dealtype": "existingbusiness", "dealname": "Oranges"})
    assert values == {"dealtype": "newbusiness", "hs_priority": "high", "amount": None, "dealname": "Oranges"}
    assert form_logic.fitting(kind, typed, values) == {"dealtype": "newbusiness", "amount": "no number"}


def test_conditions_ask_the_database_nothing(bob: Viewer) -> None:
    kind = schema().object_type("deal")
    check = record_checks.get("conditions")
    assert check is not None
    with count_queries() as counted:
        change = Change(bob, kind, 1, {"dealname": "x"}, {"dealstage": "closedlost"}, Source())
        assert list(check.errors(change)) == ["closed_lost_reason"]
        form_logic.form_names(kind, FORM, {"dealstage": "closedlost"})
    assert len(counted) == 0
