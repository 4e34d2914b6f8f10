"""Views of record pages as text files: written, read again, and refused whole (SPEC 1.7)."""

import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.layouts.content import to_text
from crm.layouts.defaults import default_layout
from crm.layouts.stored import DEFAULT, stored_layout
from crm.layouts.transfer import MARK, MOST_BYTES, InvalidFile, from_file, to_file
from crm.objects.queries import schema
from crm.objects.schema import ObjectType

CARD = {"key": "one", "kind": "property_list", "settings": {"properties": ["email"]}}
OVERVIEW = {"key": "overview", "label": "Overview", "cards": []}
ACTIVITIES = {"key": "activities", "label": "Activities"}
WHOLE = {
    MARK: 1,
    "object": "contact",
    "name": "North",
    "left": [CARD],
    "tabs": [OVERVIEW, ACTIVITIES],
    "right": [],
    "preview": [],
}


@pytest.fixture
def contacts(app: Flask) -> ObjectType:
    """The object of contacts."""
    return schema().object_type("contact")


def faults(contacts: ObjectType, **changes: Any) -> list[str]:
    with pytest.raises(InvalidFile) as refused:
        from_file(contacts, json.dumps(WHOLE | changes).encode())
    return [str(fault) for fault in refused.value.faults]


def test_what_is_written_is_read_again(app: Flask) -> None:
    for kind in schema().record_types:
        text = to_file(stored_layout(kind, DEFAULT))
        assert text.startswith('{\n  "kartotek_layout": 1')
        assert to_text(from_file(kind, text.encode())[1]) == to_text(default_layout(kind))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({MARK: 2}, "another version"),
        ({"object": "deal"}, "for other records: deal"),
        ({"colour": "red"}, "The file: does not know “colour”"),
        ({"left": {}}, "Left sidebar: must be a list"),
        ({"right": [CARD | {"kind": "spaceship"}]}, "Right sidebar, card 1: There is no card of the kind spaceship."),
        ({"left": [CARD, CARD]}, "Left sidebar, card 2: the key “one” is used twice"),
        ({"left": [CARD | {"key": "No!"}]}, "card 1: the key is not possible"),
        ({"left": [CARD | {"title": "x" * 61}]}, "At most 60 characters"),
        ({"left": [CARD | {"may_move": "yes"}]}, "“may_move” must be true or false"),
        ({"left": [CARD | {"settings": {"properties": ["shoes"]}}]}, "setting “properties”: “shoes” cannot be chosen"),
        ({"left": [CARD | {"settings": {"fuel": 1}}]}, "There is no such setting"),
        ({"left": [CARD | {"condition": {"property": "shoes"}}]}, "card 1, condition: Choose a property."),
        ({"tabs": [ACTIVITIES, OVERVIEW]}, "the first tab must be the overview"),
        ({"tabs": [OVERVIEW]}, "the tab of the activities must be there once"),
        ({"tabs": [OVERVIEW, ACTIVITIES, {"key": "left", "label": "x"}]}, "Tab 3: the key is not possible"),
        ({"tabs": [OVERVIEW, ACTIVITIES, {"key": "mine"}]}, "Tab 3: A tab needs a name."),
        ({"tabs": [OVERVIEW, *[ACTIVITIES] * 5]}, "at most 5 tabs"),
        ({"left": [CARD] * 51}, "at most 50 cards"),
    ],
)
def test_a_fault_is_told_with_its_place(contacts: ObjectType, changes: dict[str, Any], told: str) -> None:
    assert any(told in fault for fault in faults(contacts, **changes)), faults(contacts, **changes)


def test_every_fault_is_told_at_once(contacts: ObjectType) -> None:
    wrong = [{"key": "a", "kind": "spaceship"}, {"key": "b", "kind": "property_list", "wings": 2}, 7]
    assert len(faults(contacts, left=wrong, name=7)) == 4


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"null", b"[" * 100_000, b"1" * 5_000, b'{"kartotek_layout": true}', b" " * (MOST_BYTES + 1)],
)
def test_what_is_no_view_is_refused(contacts: ObjectType, content: bytes) -> None:
    with pytest.raises(InvalidFile):
        from_file(contacts, content)


WORDS = st.sampled_from(["email", "about", "known"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | WORDS
NAMES = st.sampled_from(["key", "kind", "cards", "settings", "condition", "properties", "label", "title"]) | st.text()
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=12)
PARTS = dict.fromkeys(("key", "title", "settings", "condition", "is_collapsed"), ANYTHING)
KINDS = {"kind": st.sampled_from(["about", "associations"])}
CARDS = st.lists(st.fixed_dictionaries(KINDS, optional=PARTS), max_size=3)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(["left", "right", "tabs", "preview", "name"]), ANYTHING | CARDS))
def test_any_file_is_read_or_refused(app: Flask, changes: dict[str, Any]) -> None:
    told: list[str] = []
    try:
        from_file(schema().object_type("contact"), json.dumps(WHOLE | changes).encode())
    except InvalidFile as error:
        told += map(str, error.faults)
    assert "".join(told).encode() is not None


TABLE = {"key": "deals", "kind": "association_table"}


def test_quick_filters_are_read_again(contacts: ObjectType) -> None:
    filters = ["amount:greater:500", "dealname:contains_any:a\\|b|c"]
    table = TABLE | {"settings": {"object": "deal", "filters": filters}}
    tabs = [OVERVIEW | {"cards": [table]}, ACTIVITIES]
    layout = from_file(contacts, json.dumps(WHOLE | {"tabs": tabs}).encode())[1]
    assert layout.tabs[0].cards[0].settings["filters"] == filters
    for wrong in ("shoes:greater:1", "amount:greater:5\x00", "amount:sings:1", "amount", "email:known"):
        table = TABLE | {"settings": {"object": "deal", "filters": [wrong]}}
        assert "cannot be chosen" in faults(contacts, tabs=[OVERVIEW | {"cards": [table]}, ACTIVITIES])[0]


def test_what_is_told_of_a_file_can_be_written(contacts: ObjectType) -> None:
    lone = "\ud800"
    conditions = [{"property": name, "operator": "any_of", "values": [lone]} for name in ("lifecyclestage", lone)]
    conditions.append({"property": "createdate", "operator": lone})
    cards = [CARD | {"key": f"k{number}", "condition": one} for number, one in enumerate(conditions)]
    cards += [CARD | {"key": lone}, CARD | {"key": "x", "title": lone, "settings": {"properties": [lone], lone: lone}}]
    told = faults(contacts, left=cards, right=[{"key": "y", "kind": "associations", "settings": {"object": lone}}])
    assert len(told) >= 6
    assert "".join(told).encode()
