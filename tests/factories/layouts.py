"""Putting cards on record pages, for everybody."""

from dataclasses import replace
from typing import Any

from crm.db import end_read, unit_of_work
from crm.layouts.layout import OVERVIEW, PlacedCard
from crm.layouts.operations import store_layout
from crm.layouts.stored import DEFAULT, stored_layout
from crm.objects.queries import schema
from crm.permissions.viewer import SYSTEM


def place_card(object_type: str, kind: str, key: str = "", is_alone: bool = False, **settings: Any) -> str:
    """Put a card of this kind at the end of the overview, or in place of everything there; returns its key."""
    end_read()
    found, key = schema().object_type(object_type), key or f"my-{kind}"
    layout = stored_layout(found, DEFAULT).layout
    card = PlacedCard(key, kind, settings=settings)
    tabs = [
        replace(tab, cards=(card,) if is_alone else (*tab.cards, card)) if tab.key == OVERVIEW else tab
        for tab in layout.tabs
    ]
    with unit_of_work():
        store_layout(SYSTEM, found, DEFAULT, replace(layout, tabs=tuple(tabs)))
    end_read()
    return key
