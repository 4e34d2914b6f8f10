"""Random settings of rules and random values: never an error of the program, and no statement changes."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.db import end_read, unit_of_work
from crm.messages import InvalidValue, Message
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.properties.formatting import formatted, formattings
from crm.properties.rules import property_rules, rule_error
from crm.properties.rules.base import InvalidRule, Rule
from crm.properties.types import property_types
from crm.properties.types.base import Context
from crm.records.errors import InvalidInput
from crm.records.operations import update_record
from tests.factories import make_contact
from tests.factories.property_settings import set_property
from tests.properties.rules.test_each_rule import Ruled
from tests.support.queries import count_queries

property_types.load("crm.properties.types")
property_rules.load("crm.properties.rules")
formattings.load("crm.properties.formatting")

AWKWARD = ["", "0", "1", "-1", "9" * 30, "1 h", "0:30", "20%", "1,5", "2020-02-29", "9999-12-31", "PL", "acme.com", "*"]
AWKWARD += [
    "(a+)+$",
    r"\p{L}+",
    "[",
    "x{1000}",
    "'; DROP TABLE record; --",
    "%(label)s %s",
    "ǅ",
    "e\u0302\u0323",
    "\x00",
]
FIRST, LAST = datetime.fromisoformat("0001-01-02"), datetime.fromisoformat("9999-12-30")
TEXTS = st.sampled_from(AWKWARD) | st.text(max_size=40)
VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "number": st.decimals(-(10**15), 10**15, places=6, allow_nan=False).map(Decimal),
    "date": st.dates(),
    "date_time": st.datetimes(FIRST, LAST).map(lambda moment: moment.replace(tzinfo=UTC)),
}
VALUES = {**VALUES, "currency": VALUES["number"]}
LOCALES = ("en", "pl", "de", "sv", "zh_Hant_TW")


def typed_for(rule: Rule) -> st.SearchStrategy[dict[str, str]]:
    chosen = {
        one.name: st.sampled_from([value for value, _ in one.choices]) | TEXTS if one.choices else TEXTS
        for one in rule.settings
    }
    return st.fixed_dictionaries({}, optional=chosen)


@pytest.mark.parametrize("rule", list(property_rules), ids=lambda rule: rule.name)
@settings(max_examples=60)
@given(data=st.data())
def test_a_rule_says_something_or_nothing_of_any_value(rule: Rule, data: st.DataObject) -> None:
    context = Context(locale=data.draw(st.sampled_from(LOCALES)))
    try:
        stored = rule.parse(data.draw(typed_for(rule)), context)
    except InvalidRule as refused:
        beside = {one.name for one in rule.settings}
        if set(refused.errors) <= beside:
            return
        raise
    if stored is None:
        return
    assert json.loads(json.dumps(stored)) == stored, "settings are kept as JSON"
    assert rule.parse(rule.to_input(stored, context), context) == stored
    for type in sorted(rule.types):
        style = data.draw(st.sampled_from(["", "percent", "duration"]))
        value = data.draw(VALUES.get(type, st.text(max_size=60)))
        said = rule_error(Ruled(type, {"rules": {rule.name: stored}, "format": style}), value)
        assert said is None or (isinstance(said, Message) and str(said))


@settings(max_examples=100)
@given(text=st.text(max_size=60), ways=st.lists(st.sampled_from([way.name for way in formattings]), unique=True))
def test_formatted_texts_can_still_be_kept(text: str, ways: list[str]) -> None:
    kind = property_types.get("multi_line")
    assert kind is not None
    try:
        value = kind.parse(text, Ruled("multi_line"), Context())
    except InvalidValue:
        return
    made = formatted(Ruled("multi_line", {"formatting": ways}), value)
    assert made is None or (made and made.encode())


SETTINGS = [
    {"rules": {"regular_expression": {"pattern": "'; DROP TABLE record; --", "message": "%s %(x)s"}}},
    {"rules": {"email_domains": {"domains": ["a.com"]}}},
    {"rules": {"length": {"max": 1}}},
    {"formatting": ["upper_case"]},
    {"conditions": [{"operator": "known", "values": [], "dependents": [{"name": "city", "required": False}]}]},
]


@pytest.mark.parametrize("chosen", SETTINGS, ids=lambda one: next(iter(one)))
def test_settings_change_no_statement(app: Flask, bob: Viewer, chosen: dict[str, Any]) -> None:
    record_id, other_id = make_contact(bob), make_contact(bob)
    plain = _statements(bob, record_id)
    set_property("contact", "jobtitle", **chosen)
    assert set(_statements(bob, other_id)) <= set(plain)


def _statements(actor: Viewer, record_id: int) -> list[str]:
    end_read()
    schema()
    end_read()
    with count_queries() as plain:
        try:
            with unit_of_work():
                update_record(actor, record_id, {"jobtitle": "Buyer"})
        except InvalidInput:
            pass
    return plain
