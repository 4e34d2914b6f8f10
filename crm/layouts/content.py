"""Layouts as plain data and back: how they are kept in the database and written into files (SPEC 1.7).

Reading is lenient: what is no part of a layout is left out, so that whatever is stored makes a page.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from crm.layouts.layout import ACTIVITIES, OVERVIEW, CardCondition, PlacedCard, RecordLayout, Tab
from crm.messages import N_

Data = dict[str, Any]
OVERVIEW_LABEL, ACTIVITIES_LABEL = N_("Overview"), N_("Activities")


def to_text(layout: RecordLayout) -> str:
    """The layout as it is stored; equal layouts are equal texts."""
    return json.dumps(to_data(layout), ensure_ascii=False, sort_keys=True)


def from_text(text: str) -> RecordLayout:
    """The layout that was stored as `text`; one without cards when it cannot be read."""
    try:
        return from_data(json.loads(text))
    except ValueError:
        return from_data({})


def to_data(layout: RecordLayout) -> Data:
    """The layout as JSON has it; what is as it usually is, is left out."""
    return {
        "left": [card_data(card) for card in layout.left],
        "tabs": [_tab_data(tab) for tab in layout.tabs],
        "right": [card_data(card) for card in layout.right],
        "preview": [card_data(card) for card in layout.preview],
    }


def card_data(card: PlacedCard) -> Data:
    """One card as JSON has it."""
    data: Data = {"key": card.key, "kind": card.kind}
    if card.title:
        data["title"] = card.title
    if card.settings:
        data["settings"] = dict(card.settings)
    if card.condition:
        data["condition"] = _condition_data(card.condition)
    usual = PlacedCard("", "")
    for name in ("is_collapsed", "may_move", "may_edit"):
        if getattr(card, name) != getattr(usual, name):
            data[name] = getattr(card, name)
    return data


def from_data(data: Any) -> RecordLayout:
    """The layout that `data` says, with the tabs of OVERVIEW, which is first, and of ACTIVITIES."""
    found = data if isinstance(data, Mapping) else {}
    tabs = [tab for one in _list(found.get("tabs")) if (tab := _tab(one))]
    keys = {tab.key for tab in tabs}
    if ACTIVITIES not in keys:
        tabs.append(Tab(ACTIVITIES, ACTIVITIES_LABEL))
    first = next((tab for tab in tabs if tab.key == OVERVIEW), Tab(OVERVIEW, OVERVIEW_LABEL))
    return RecordLayout(
        left=_cards(found.get("left")),
        tabs=(first, *(tab for tab in tabs if tab.key != OVERVIEW)),
        right=_cards(found.get("right")),
        preview=_cards(found.get("preview")),
    )


def _tab_data(tab: Tab) -> Data:
    data: Data = {"key": tab.key, "label": tab.label}
    if tab.key != ACTIVITIES:
        data["cards"] = [card_data(card) for card in tab.cards]
    if tab.condition:
        data["condition"] = _condition_data(tab.condition)
    return data


def _condition_data(condition: CardCondition) -> Data:
    return {
        "property": condition.property,
        "operator": str(condition.operator),
        "values": list(condition.values),
    }


def _list(data: Any) -> Sequence[Any]:
    return data if isinstance(data, list) else ()


def _cards(data: Any) -> tuple[PlacedCard, ...]:
    return tuple(card for one in _list(data) if (card := _card(one)))


def _card(data: Any) -> PlacedCard | None:
    if not isinstance(data, Mapping) or not _text(data.get("key")) or not _text(data.get("kind")):
        return None
    settings = data.get("settings")
    return PlacedCard(
        key=_text(data["key"]),
        kind=_text(data["kind"]),
        title=_text(data.get("title")),
        settings=settings if isinstance(settings, Mapping) else {},
        condition=_condition(data.get("condition")),
        is_collapsed=data.get("is_collapsed", False) is True,
        may_move=data.get("may_move", True) is True,
        may_edit=data.get("may_edit", False) is True,
    )


def _tab(data: Any) -> Tab | None:
    if not isinstance(data, Mapping) or not _text(data.get("key")):
        return None
    key = _text(data["key"])
    if key == ACTIVITIES:
        return Tab(ACTIVITIES, ACTIVITIES_LABEL)
    label = _text(data.get("label")) or (OVERVIEW_LABEL if key == OVERVIEW else key)
    return Tab(key, label, _cards(data.get("cards")), _condition(data.get("condition")))


def _condition(data: Any) -> CardCondition | None:
    if not isinstance(data, Mapping) or not _text(data.get("property")) or not _text(data.get("operator")):
        return None
    values = tuple(one for one in _list(data.get("values")) if isinstance(one, str))
    return CardCondition(_text(data["property"]), _text(data["operator"]), values)


def _text(data: Any) -> str:
    return data if isinstance(data, str) else ""
