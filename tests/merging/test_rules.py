"""Each exception of SPEC 4.6 by name: which value a merged record gets."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from crm.db import db, end_read, unit_of_work
from crm.merging.errors import CannotMerge
from crm.merging.planning import MOST_MERGED, plan
from crm.merging.rules import CHOSEN, FILLS_IN, PRIMARY_WINS, merge_rules
from crm.merging.sides import Which
from crm.objects.queries import schema
from crm.permissions.actions import Scope, Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record
from crm.records.queries import get_record
from tests.factories import make_company, make_contact, make_deal, make_ticket
from tests.factories.merging import make_merge


def merged(actor: Viewer, first: int, second: int, choices: dict[str, Which] | None = None) -> dict[str, Any]:
    """The values of the record that two become."""
    record_id = make_merge(actor, first, second, choices).record_id
    end_read()
    return dict(get_record(actor, record_id).values)


def change(actor: Viewer, record_id: int, **values: Any) -> None:
    end_read()
    with unit_of_work():
        update_record(actor, record_id, values)


def keep(record_id: int, object_type: str, **values: Any) -> None:
    """Values that only the program writes."""
    end_read()
    table = schema().object_type(object_type).table
    with unit_of_work():
        db.session.execute(sa.update(table).where(table.c.record_id == record_id).values(**values))


def test_primary_wins_and_the_other_fills_what_is_empty(alice: Viewer) -> None:
    first = make_contact(alice, city="Bonn", country=None)
    second = make_contact(alice, city="Köln", country="Germany", jobtitle="Buyer")
    end_read()
    rows = {row.prop.name: row for row in plan(alice, first, second).rows}
    assert (rows["city"].value, rows["city"].reason, rows["city"].may_be_chosen) == ("Bonn", PRIMARY_WINS, True)
    assert (rows["country"].value, rows["country"].reason) == ("Germany", FILLS_IN)
    values = merged(alice, first, second)
    assert (values["city"], values["country"], values["jobtitle"]) == ("Bonn", "Germany", "Buyer")


def test_newer_value_does_not_win(alice: Viewer, clock: time_machine.Traveller) -> None:
    first, second = make_contact(alice, city="Bonn"), make_contact(alice)
    clock.shift(timedelta(days=9))
    change(alice, second, city="Köln")
    assert merged(alice, first, second)["city"] == "Bonn"


def test_person_chooses_for_each_property(alice: Viewer) -> None:
    first, second = make_contact(alice, "Ada Berg", city="Bonn"), make_contact(alice, "Ada Burg", city="Köln")
    choices = {"city": Which.SECONDARY, "lifecyclestage": Which.SECONDARY}
    end_read()
    rows = {row.prop.name: row for row in plan(alice, first, second, choices).rows}
    assert rows["city"].reason == CHOSEN
    values = merged(alice, first, second, choices)
    assert (values["city"], values["lastname"]) == ("Köln", "Berg")


def test_no_and_zero_are_values(alice: Viewer) -> None:
    first = make_company(alice, hs_target_account=False, numberofemployees=Decimal(0))
    second = make_company(alice, hs_target_account=True, numberofemployees=Decimal(9))
    values = merged(alice, first, second)
    assert (values["hs_target_account"], values["numberofemployees"]) == (False, 0)


def test_exception_contact_email_becomes_an_additional_one(alice: Viewer) -> None:
    first = make_contact(alice, email="ada@example.com", hs_additional_emails="a@example.com")
    second = make_contact(alice, email="berg@example.com", hs_additional_emails="b@example.com")
    values = merged(alice, first, second)
    assert values["email"] == "ada@example.com"
    assert values["hs_additional_emails"] == "a@example.com;berg@example.com;b@example.com"


def test_other_email_may_be_chosen_as_the_main_one(alice: Viewer) -> None:
    first, second = make_contact(alice, email="ada@example.com"), make_contact(alice, email="berg@example.com")
    values = merged(alice, first, second, {"email": Which.SECONDARY})
    assert (values["email"], values["hs_additional_emails"]) == ("berg@example.com", "ada@example.com")


def test_email_of_the_other_fills_an_empty_one(alice: Viewer) -> None:
    first, second = make_contact(alice, email=None), make_contact(alice, email="berg@example.com")
    values = merged(alice, first, second)
    assert (values["email"], values["hs_additional_emails"]) == ("berg@example.com", None)


def test_nobody_else_gets_an_address_that_was_merged_in(alice: Viewer) -> None:
    first, second = make_contact(alice, email="ada@example.com"), make_contact(alice, email="berg@example.com")
    merged(alice, first, second)
    for address in ("ada@example.com", "berg@example.com"):
        with pytest.raises(ValueError, match="already has"):
            make_contact(alice, email=address)


def test_exception_company_domain_becomes_an_additional_one(alice: Viewer) -> None:
    first, second = make_company(alice, domain="orange.com"), make_company(alice, domain="orange.de")
    values = merged(alice, first, second)
    assert (values["domain"], values["hs_additional_domains"]) == ("orange.com", "orange.de")


@pytest.mark.parametrize(("mine", "theirs"), [("lead", "customer"), ("customer", "lead"), (None, "customer")])
def test_exception_lifecycle_stage_is_the_furthest(alice: Viewer, mine: str | None, theirs: str) -> None:
    first, second = make_contact(alice, lifecyclestage=mine), make_contact(alice, lifecyclestage=theirs)
    choices = {"lifecyclestage": Which.PRIMARY if mine == "lead" else Which.SECONDARY}
    assert merged(alice, first, second, choices)["lifecyclestage"] == "customer"


def test_exception_create_date_is_the_oldest(alice: Viewer, clock: time_machine.Traveller) -> None:
    older = make_contact(alice)
    clock.shift(timedelta(days=3))
    newer = make_contact(alice)
    end_read()
    expected = get_record(alice, older).values["createdate"]
    clock.shift(timedelta(days=3))
    assert merged(alice, newer, older)["createdate"] == expected


def test_exception_counts_of_page_views_are_summed(alice: Viewer) -> None:
    first, second = make_contact(alice), make_contact(alice)
    keep(first, "contact", hs_analytics_num_page_views=Decimal(3), hs_analytics_num_visits=Decimal(2))
    keep(second, "contact", hs_analytics_num_page_views=Decimal(4))
    values = merged(alice, first, second)
    assert (values["hs_analytics_num_page_views"], values["hs_analytics_num_visits"]) == (7, 2)


@pytest.mark.parametrize(("mine", "theirs"), [(True, False), (False, True), (None, True)])
def test_exception_opt_out_of_either_counts(alice: Viewer, mine: bool | None, theirs: bool) -> None:
    first, second = make_contact(alice, hs_email_optout=mine), make_contact(alice, hs_email_optout=theirs)
    choices = dict.fromkeys(("hs_email_optout",), Which.PRIMARY)
    assert merged(alice, first, second, choices)["hs_email_optout"] is True


@pytest.mark.parametrize(("mine", "theirs"), [(True, False), (False, True)])
def test_exception_marketing_status_is_the_most_marketable(alice: Viewer, mine: bool, theirs: bool) -> None:
    first, second = make_contact(alice, hs_marketable_status=mine), make_contact(alice, hs_marketable_status=theirs)
    assert merged(alice, first, second)["hs_marketable_status"] is True


@pytest.mark.parametrize("newer_is_primary", [True, False])
def test_exception_legal_basis_is_the_most_recent(
    alice: Viewer, clock: time_machine.Traveller, newer_is_primary: bool
) -> None:
    first, second = make_contact(alice), make_contact(alice)
    order = (second, first) if newer_is_primary else (first, second)
    for record_id, basis in zip(order, ("CONSENT", "NOT_APPLICABLE"), strict=True):
        clock.shift(timedelta(days=1))
        change(alice, record_id, hs_legal_basis=_several(basis))
    assert merged(alice, first, second)["hs_legal_basis"] == _several("NOT_APPLICABLE")


def _several(*names: str) -> Any:
    """What a property of several choices holds."""
    return ";".join(names)


def test_stage_and_pipeline_come_from_one_record(alice: Viewer) -> None:
    first, second = make_deal(alice), make_deal(alice, dealstage="contractsent")
    values = merged(alice, first, second, {"dealstage": Which.SECONDARY})
    assert (values["dealstage"], values["pipeline"]) == ("contractsent", "default")
    assert values["hs_deal_stage_probability"] == Decimal("0.9")


def test_owner_comes_with_what_belongs_to_it(alice: Viewer, bob: Viewer) -> None:
    first, second = make_contact(alice), make_contact(alice, hubspot_owner_id=bob.user_id)
    values = merged(alice, first, second, {"hubspot_owner_id": Which.SECONDARY})
    assert values["hubspot_owner_id"] == bob.user_id


def test_merged_record_ids_list_all_and_are_at_most_250(alice: Viewer) -> None:
    first, second, third = (make_contact(alice) for _ in range(3))
    once = make_merge(alice, first, second).record_id
    values = merged(alice, third, once)
    assert values["hs_merged_object_ids"] == f"{first};{second};{third};{once}"
    keep(first := make_contact(alice), "contact", hs_merged_object_ids=_ids(MOST_MERGED - 1))
    second = make_contact(alice)
    end_read()
    with pytest.raises(CannotMerge, match="At most 250"):
        plan(alice, first, second)
    keep(first, "contact", hs_merged_object_ids=_ids(MOST_MERGED - 2))
    end_read()
    assert len(plan(alice, first, second).merged_ids) == MOST_MERGED


def _ids(amount: int) -> str:
    return ";".join(str(10_000 + number) for number in range(amount))


def test_not_with_itself_nor_with_another_object(alice: Viewer) -> None:
    contact, ticket = make_contact(alice), make_ticket(alice)
    end_read()
    with pytest.raises(CannotMerge, match="itself"):
        plan(alice, contact, contact)
    with pytest.raises(CannotMerge, match="same object"):
        plan(alice, contact, ticket)


def test_not_without_the_right_to_edit_both(alice: Viewer, bob: Viewer, charlie: Viewer, dana: Viewer) -> None:
    mine, theirs = make_contact(bob), make_contact(charlie)
    end_read()
    with pytest.raises(NotFound):
        plan(bob, mine, theirs)
    with pytest.raises(NotFound):
        plan(bob, theirs, mine)
    with pytest.raises(Forbidden):
        plan(dana, mine, theirs)
    shared = Viewer(bob.user_id, bob.name, team_id=bob.team_id, scopes=_sees_all_edits_own())
    with pytest.raises(CannotMerge, match="may not edit both"):
        plan(shared, mine, theirs)


def _sees_all_edits_own() -> dict[tuple[str, Verb], Scope]:
    return {("contact", verb): Scope.EVERYTHING if verb is Verb.VIEW else Scope.OWN for verb in Verb}


def test_plan_costs_a_fixed_number_of_queries_and_writes_nothing(alice: Viewer) -> None:
    first, second = make_contact(alice), make_contact(alice)
    end_read()
    before = get_record(alice, first).values
    plan(alice, first, second)
    end_read()
    assert get_record(alice, first).values == before


def test_every_rule_has_its_place(application: Any) -> None:
    positions = [rule.position for rule in merge_rules]
    assert len(positions) == len(set(positions))


@pytest.mark.parametrize(
    ("mine", "theirs", "kept"),
    [
        ((None, "EUR"), (100, "USD"), (100, "USD")),
        ((5, None), (100, "USD"), (5, None)),
        ((5, "EUR"), (None, "USD"), (5, "EUR")),
        ((None, None), (None, "USD"), (None, "USD")),
    ],
)
def test_amount_keeps_its_currency(alice: Viewer, mine: Any, theirs: Any, kept: Any) -> None:
    names = ("amount", "deal_currency_code")
    first, second = (make_deal(alice, **dict(zip(names, given, strict=True))) for given in (mine, theirs))
    values = merged(alice, first, second)
    assert tuple(values[name] for name in names) == kept


def test_amount_that_a_person_chooses_brings_its_currency(alice: Viewer) -> None:
    first = make_deal(alice, amount=5, deal_currency_code="EUR")
    second = make_deal(alice, amount=100, deal_currency_code="USD")
    values = merged(alice, first, second, {"amount": Which.SECONDARY})
    assert (values["amount"], values["deal_currency_code"]) == (100, "USD")
