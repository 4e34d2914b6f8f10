"""Who may let values follow from others, and what becomes of them when what they follow from goes (SPEC 2.3, 2.4)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.db import end_read, unit_of_work
from crm.objects.archiving import archive_property, restore_property
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.properties import change_property, clone_property, content_of, define_property
from crm.objects.property_content import PropertyContent
from crm.objects.queries import schema
from crm.permissions.actions import AccountRight, Scope, Verb
from crm.permissions.viewer import Viewer
from tests.derived.conftest import Make, Stored, define
from tests.factories import make_company, make_deal, relate

LOOKING = [
    ("contact", "property_sync", {"object": "company", "source": "name", "pick": "primary"}),
    ("contact", "rollup", {"object": "company", "operation": "count"}),
]


@pytest.fixture
def keeper(bob: Viewer) -> Viewer:
    """Somebody who may edit property settings, and sees the records of one team only."""
    return replace(bob, account_rights=bob.account_rights | {AccountRight.EDIT_PROPERTIES})


@pytest.mark.parametrize(("object_type", "type", "settings"), LOOKING)
def test_only_who_sees_all_records_may_show_something_of_them_on_others(
    keeper: Viewer, object_type: str, type: str, settings: dict[str, Any]
) -> None:
    end_read()
    with pytest.raises(InvalidDefinition) as refused, unit_of_work():
        define(keeper, object_type, "Of the firm", type, settings)
    assert "You do not see all Companies." in str(refused.value)
    assert "of_the_firm" not in schema().object_type(object_type).properties
    everything = {**keeper.scopes, ("company", Verb.VIEW): Scope.EVERYTHING}
    end_read()
    with unit_of_work():
        define(replace(keeper, scopes=everything), object_type, "Of the firm", type, settings)


def test_who_does_not_see_all_records_copies_and_turns_no_property_but_may_call_it_otherwise(
    keeper: Viewer, follow: Make
) -> None:
    name = follow("contact", "Firm", "property_sync", object="company", source="name", pick="primary")
    content = content_of(schema().object_type("contact").property(name))
    end_read()
    with pytest.raises(InvalidDefinition), unit_of_work():
        clone_property(keeper, "contact", name, "Another")
    end_read()
    with pytest.raises(InvalidDefinition), unit_of_work():
        settings = {**content.settings, "source": "phone", "result": "text"}
        change_property(keeper, "contact", name, replace(content, settings=settings))
    end_read()
    with unit_of_work():
        change_property(keeper, "contact", name, replace(content, label="The firm"))


def test_who_does_not_see_all_records_reads_why_beside_the_choice(
    alice: Viewer, client_of: Callable[[Viewer], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = replace(alice, is_super_admin=False, account_rights=frozenset(AccountRight))
    monkeypatch.setattr("crm.settings.views.properties.viewer", lambda: own)
    form = {"type": "property_sync", "label": "Of the firm", "group": "contact"}
    form |= {"sync-source": "company/industry", "sync-pick": "primary"}
    answer = client_of(alice).post("/settings/objects/contacts/properties/new", data=form)
    assert answer.status_code == 422
    assert 'id="sync-source-hint"' in answer.text
    assert "You do not see all Companies." in answer.text


@pytest.mark.parametrize("operation", ["sum", "count"])
def test_what_followed_from_a_property_that_went_meanwhile_does_not_come_back(
    alice: Viewer, follow: Make, client_of: Callable[[Viewer], FlaskClient], operation: str
) -> None:
    end_read()
    with unit_of_work():
        weight = define_property(alice, "deal", "number", PropertyContent("Weight", "deal")).name
    more = {"property": weight} if operation == "sum" else {"only_where": [[weight, "greater", ["5"]]]}
    rolled = follow("company", "Load", "rollup", object="deal", operation=operation, **more)
    archive(alice, "company", rolled)
    archive(alice, "deal", weight)
    end_read()
    with pytest.raises(InvalidDefinition) as refused, unit_of_work():
        restore_property(alice, "company", rolled)
    answer = client_of(alice).post(f"/settings/objects/companies/properties/{rolled}/restore")
    assert answer.status_code == 422
    assert str(refused.value.errors["form"]) in answer.text.replace("&#34;", '"')
    relate(alice, make_company(alice), make_deal(alice))


def test_a_formula_comes_back_with_what_it_uses(alice: Viewer, follow: Make, app: Flask, stored: Stored) -> None:
    fee = follow("deal", "Fee", "calculation", formula="amount * 0.1")
    archive(alice, "deal", fee)
    deal = make_deal(alice, amount=100)
    end_read()
    with unit_of_work():
        restore_property(alice, "deal", fee)
    assert fee in schema().object_type("deal").properties
    assert stored(deal, fee) is None


def archive(actor: Viewer, object_type: str, name: str) -> None:
    end_read()
    with unit_of_work():
        archive_property(actor, object_type, name)
