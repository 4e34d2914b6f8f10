"""Making calculated, rolled up and mirrored properties in the settings (SPEC 2.3)."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from crm.db import end_read
from crm.derived.conditions import Condition
from crm.derived.rollups import read_rollup
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.records.queries import get_record
from tests.factories import make_company, make_deal, relate


@pytest.fixture
def admin(alice: Viewer, client_of: Callable[[Viewer], FlaskClient]) -> FlaskClient:
    return client_of(alice)


def test_db_27_a_formula_is_typed_in_the_settings(alice: Viewer, admin: FlaskClient, work: Callable[[], None]) -> None:
    deal = make_deal(alice, amount=Decimal(250))
    form = {"type": "calculation", "label": "Fee", "group": "deal", "formula-formula": "amount * 0.1"}
    form |= {"formula-format": "currency", "in_forms": "true"}
    answer = admin.post("/settings/objects/deals/properties/new", data=form)
    assert answer.status_code == 303, answer.text
    work()
    page = admin.get(f"/records/{deal}/properties").text
    assert "$25.00" in page
    shown = admin.get("/settings/objects/deals/properties/fee").text
    assert "amount * 0.1" in shown


def test_a_formula_that_cannot_be_read_stays_in_the_form(admin: FlaskClient) -> None:
    form = {"type": "calculation", "label": "Fee", "group": "deal", "formula-formula": "amount * (2"}
    answer = admin.post("/settings/objects/deals/properties/new", data=form | {"formula-format": "plain"})
    assert answer.status_code == 422
    assert "amount * (2" in answer.text
    assert "The formula ends too early." in answer.text


def test_db_27_a_rollup_with_conditions_is_chosen_in_the_settings(
    alice: Viewer, admin: FlaskClient, work: Callable[[], None]
) -> None:
    company = make_company(alice)
    relate(alice, company, make_deal(alice, amount=Decimal(10)), make_deal(alice, amount=Decimal(2000)))
    form = {
        "type": "rollup",
        "label": "Large deals",
        "group": "company",
        "rollup-object": "deal",
        "rollup-operation": "sum",
        "rollup-source": "deal/amount",
        "rollup-where1-property": "deal/amount",
        "rollup-where1-operator": "greater",
        "rollup-where1-value": "100",
        "rollup-where2-property": "deal/dealtype",
        "rollup-where2-operator": "unknown",
    }
    answer = admin.post("/settings/objects/companies/properties/new", data=form)
    assert answer.status_code == 303, answer.text
    work()
    end_read()
    assert get_record(alice, company).values["large_deals"] == 2000
    kept = read_rollup(schema().object_type("company").property("large_deals").settings)
    assert kept.conditions == (Condition("amount", "greater", ("100",)), Condition("dealtype", "unknown"))
    shown = admin.get("/settings/objects/companies/properties/large_deals").text
    assert 'value="100"' in shown


def test_a_condition_of_another_object_is_refused_beside_it(admin: FlaskClient) -> None:
    form = {"type": "rollup", "label": "Large deals", "group": "company", "rollup-object": "deal"}
    form |= {"rollup-operation": "count", "rollup-where1-property": "contact/email", "rollup-where1-operator": "known"}
    answer = admin.post("/settings/objects/companies/properties/new", data=form)
    assert answer.status_code == 422
    assert "This belongs to another object than “Deals”." in answer.text


def test_db_27_a_mirrored_property_is_chosen_in_the_settings(admin: FlaskClient) -> None:
    form = {"type": "property_sync", "label": "Industry of the firm", "group": "contact"}
    form |= {"sync-source": "company/industry", "sync-pick": "primary"}
    answer = admin.post("/settings/objects/contacts/properties/new", data=form)
    assert answer.status_code == 303, answer.text
    end_read()
    prop = schema().object_type("contact").property("industry_of_the_firm")
    assert prop.read_only
    assert prop.labels["BANKING"] == "Banking"


def test_what_something_follows_from_says_so(admin: FlaskClient) -> None:
    form = {"type": "text", "label": "Code", "group": "deal"}
    assert admin.post("/settings/objects/deals/properties/new", data=form).status_code == 303
    form = {"type": "calculation", "label": "Twice", "group": "deal", "formula-formula": "code & code"}
    admin.post("/settings/objects/deals/properties/new", data=form | {"formula-format": "plain"})
    assert "“Twice” of Deals follows from it" in admin.get("/settings/objects/deals/properties/code/uses").text
