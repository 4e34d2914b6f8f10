"""Changing a layout: cards and tabs come, move and go within their limits (SPEC 1.7)."""

from dataclasses import replace

import pytest
from flask import Flask

from crm.layouts import editing
from crm.layouts.cards import card_types
from crm.layouts.content import from_text, to_text
from crm.layouts.defaults import default_layout
from crm.layouts.editing import InvalidLayout
from crm.layouts.layout import ACTIVITIES, MOST_CARDS, MOST_TABS, OVERVIEW, Place, PlacedCard, RecordLayout
from crm.objects.queries import schema
from crm.objects.schema import ObjectType


@pytest.fixture
def contacts(app: Flask) -> ObjectType:
    """The object of contacts."""
    return schema().object_type("contact")


def keys(layout: RecordLayout, column: str) -> list[str]:
    return [card.key for card in layout.column(column) or ()]


def test_a_card_is_added_moved_to_another_column_and_removed(contacts: ObjectType) -> None:
    layout, key = editing.add_card(default_layout(contacts), contacts, "left", "property_list")
    assert keys(layout, "left")[-1] == key
    first = keys(layout, "left")[0]
    assert keys(editing.step_card(layout, key, -1), "left")[-2:] == [key, keys(layout, "left")[-2]]
    assert keys(editing.place_card(layout, contacts, key, "left", first), "left")[0] == key
    moved = editing.place_card(layout, contacts, key, "right")
    assert (key in keys(moved, "left"), keys(moved, "right")[-1]) == (False, key)
    back = editing.arrange_column(moved, contacts, "left", [key, *keys(moved, "left")])
    assert keys(back, "left")[0] == key
    assert key not in to_text(editing.remove_card(back, key))


def test_a_card_stands_only_where_its_kind_can(contacts: ObjectType) -> None:
    layout = default_layout(contacts)
    empty = replace(layout, left=(), right=(), preview=(), tabs=tuple(replace(one, cards=()) for one in layout.tabs))
    for kind in card_types:
        for column, place in editing.columns(layout).items():
            if place in kind.places and kind.fits(contacts):
                assert editing.add_card(empty, contacts, column, kind.name)[0] != empty
            else:
                with pytest.raises(InvalidLayout):
                    editing.add_card(empty, contacts, column, kind.name)
    with pytest.raises(InvalidLayout):
        editing.add_card(layout, contacts, ACTIVITIES, "property_list")


def test_a_column_has_at_most_fifty_cards(contacts: ObjectType) -> None:
    full = tuple(PlacedCard(f"card-{number}", "property_list") for number in range(MOST_CARDS))
    layout = replace(default_layout(contacts), left=full, right=(PlacedCard("other", "property_list"),))
    with pytest.raises(InvalidLayout, match="at most 50 cards"):
        editing.add_card(layout, contacts, "left", "property_list")
    with pytest.raises(InvalidLayout, match="at most 50 cards"):
        editing.place_card(layout, contacts, "other", "left")
    assert keys(editing.place_card(layout, contacts, "card-49", "left", "card-0"), "left")[0] == "card-49"


def test_a_page_has_at_most_five_tabs_and_two_of_them_stay(contacts: ObjectType) -> None:
    layout = default_layout(contacts)
    for number in range(MOST_TABS - 2):
        layout, key = editing.add_tab(layout, f"Tab {number}")
    with pytest.raises(InvalidLayout, match="at most 5 tabs"):
        editing.add_tab(layout, "One more")
    moved = editing.step_tab(editing.step_tab(layout, key, -9), OVERVIEW, 3)
    assert [tab.key for tab in moved.tabs][:2] == [OVERVIEW, key]
    assert ACTIVITIES in [tab.key for tab in editing.remove_tab(moved, key).tabs]
    for stays in (OVERVIEW, ACTIVITIES):
        with pytest.raises(InvalidLayout):
            editing.remove_tab(layout, stays)
    with pytest.raises(InvalidLayout):
        editing.change_tab(layout, ACTIVITIES, label="Timeline")
    for label in ("  ", "x" * 61):
        with pytest.raises(InvalidLayout):
            editing.add_tab(editing.remove_tab(layout, key), label)


def test_a_card_whose_kind_is_gone_stays_and_can_be_removed(contacts: ObjectType) -> None:
    layout = replace(default_layout(contacts), left=(PlacedCard("old", "spaceship", settings={"fuel": 3}),))
    assert from_text(to_text(layout)).card("old") == (Place.LEFT, layout.left[0])
    assert not editing.remove_card(layout, "old").left


@pytest.mark.parametrize("text", ["", "[]", "{", '{"left": 7, "tabs": [{"key": 3}, 4]}', '{"left": [{"key": ""}]}'])
def test_what_is_stored_always_makes_a_layout(text: str) -> None:
    layout = from_text(text)
    assert [tab.key for tab in layout.tabs] == [OVERVIEW, ACTIVITIES]
    assert not list(layout.cards())
