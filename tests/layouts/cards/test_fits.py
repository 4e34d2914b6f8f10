"""Which kinds of cards an object can have: the tools of SPEC 1.10 by object, and nothing that is not there."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.layouts.cards import card_types
from crm.layouts.defaults import default_layout
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from tests.factories import make_company, make_contact, make_deal, make_lead, make_record, make_ticket
from tests.factories.objects import make_object
from tests.support.html import read

SignIn = Callable[[Viewer], FlaskClient]
EVERY = frozenset({"contact", "company", "deal", "ticket", "lead", "machines"})
# The tools of the right column, those that are there, and the objects they are for.
TOOLS = {"attachments": EVERY, "account_overview": frozenset({"company"}), "list_memberships": EVERY}
# Tools that come with what they show: a card of theirs registers itself then, for these objects.
LATER = {
    "attribution": frozenset({"contact", "deal"}),
    "conversations": frozenset({"ticket"}),
    "line_items": frozenset({"deal"}),
    "workflow_memberships": frozenset({"contact"}),
    "playbooks": EVERY,
    "quotes": frozenset({"deal"}),
    "salesforce_sync": EVERY,
}
MAKERS = {
    "contact": make_contact,
    "company": make_company,
    "deal": make_deal,
    "ticket": make_ticket,
    "lead": make_lead,
}


@pytest.fixture
def custom(alice: Viewer) -> str:
    """An object that people made; in the tables above it is called "machines"."""
    return make_object(alice)


def test_rec_47_tools_depend_on_the_object(app: Flask, alice: Viewer, custom: str, client_of: SignIn) -> None:
    browser = client_of(alice)
    for name in sorted(EVERY):
        kind = schema().object_type(custom if name == "machines" else name)
        fitting = {tool for tool in TOOLS | LATER if tool in card_types and card_types.get(tool).fits(kind)}
        assert fitting == {tool for tool, objects in (TOOLS | LATER).items() if name in objects and tool in card_types}
        record = MAKERS[name](alice) if name in MAKERS else make_record(alice, custom, serial_number="M 1")
        right = read(browser.get(f"/records/{record}").text).one(id="record-right")
        shown = {card.kind for card in default_layout(kind).right if right.all(id=f"card-{card.key}")}
        assert shown & TOOLS.keys() == {tool for tool, objects in TOOLS.items() if name in objects}, name
        assert not [one for one in right.all("section", css="card") if not one.text]
