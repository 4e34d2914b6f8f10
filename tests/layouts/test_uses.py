"""What views of record pages need, and what is forgotten with an object (SPEC 1.7, 2.4)."""

from dataclasses import replace

import sqlalchemy as sa
from flask import Flask

from crm.db import db, end_read, unit_of_work
from crm.layouts import drafts, operations
from crm.layouts.defaults import default_layout
from crm.layouts.layout import CardCondition, PlacedCard
from crm.layouts.models import LayoutDraft, RecordLayoutRow, RecordLayoutTeam
from crm.layouts.stored import DEFAULT
from crm.objects import archiving
from crm.objects.queries import schema
from crm.objects.registry import property_uses
from crm.objects.removal import remove_object_type
from crm.permissions.viewer import Viewer
from tests.factories.objects import make_object


def test_a_property_knows_the_views_that_show_it_or_ask_for_it(app: Flask, alice: Viewer) -> None:
    contact, company = schema().object_type("contact"), schema().object_type("company")
    shown = PlacedCard("one", "associations", settings={"object": "company", "properties": ["website"]})
    asked = PlacedCard("two", "property_list", condition=CardCondition("lifecyclestage", "any_of", ("lead",)))
    use = property_uses.get("layouts")
    assert use is not None
    assert not list(use.find(company, company.property("website")))
    end_read()
    with unit_of_work():
        layout = replace(default_layout(contact), right=(shown,), left=(asked,))
        operations.create_layout(alice, contact, "North", layout)
    told = [str(text) for _, uses in archiving.uses_of(company, company.property("website")) for text, _url in uses]
    assert "The pages of Contacts: North" in told
    assert list(use.find_option(contact, contact.property("lifecyclestage"), "lead"))
    assert not list(use.find_option(contact, contact.property("lifecyclestage"), "customer"))


def test_numbers_and_quick_filters_of_cards_need_their_properties(app: Flask, alice: Viewer) -> None:
    contact, deal = schema().object_type("contact"), schema().object_type("deal")
    numbers = PlacedCard("one", "statistics", settings={"object": "deal", "property": "amount"})
    table = PlacedCard("two", "association_table", settings={"object": "deal", "filters": ["closedate:known"]})
    use = property_uses.get("layouts")
    assert use is not None
    end_read()
    with unit_of_work():
        layout = replace(default_layout(contact), right=(numbers, table))
        operations.create_layout(alice, contact, "North", layout)
    for name, is_used in (("amount", True), ("closedate", True), ("dealtype", False)):
        told = [str(text) for text, _url in use.find(deal, deal.property(name))]
        assert ("The pages of Contacts: North" in told) is is_used, name


def test_views_go_with_their_object(app: Flask, alice: Viewer) -> None:
    name = make_object(alice, associated=())
    end_read()
    kind = schema().object_type(name)
    end_read()
    with unit_of_work():
        layout_id = operations.create_layout(alice, kind, "North", default_layout(kind))
        operations.give_layout(alice, kind, layout_id, [alice.team_id or 0])
        drafts.change_draft(alice, kind, DEFAULT, lambda layout: replace(layout, left=()))
    end_read()
    with unit_of_work():
        remove_object_type(alice, kind.name)
    for table in (RecordLayoutRow, RecordLayoutTeam, LayoutDraft):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(table)) == 0
