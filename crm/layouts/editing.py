"""What somebody may change in a layout: each change takes one and answers another (SPEC 1.7).

A column is called "left", "right" or "preview", and that of a tab by the key of the tab.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from crm.layouts.cards import CardType, card_types
from crm.layouts.layout import ACTIVITIES, MOST_CARDS, MOST_TABS, OVERVIEW, Place, PlacedCard, RecordLayout, Tab
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType
from crm.properties.types.cleaning import clean_line, refuse_long

LONGEST_NAME = 60
FIXED = frozenset({str(Place.LEFT), str(Place.RIGHT), str(Place.PREVIEW)})
COLUMN_LABELS = {
    Place.LEFT: N_("Left sidebar"),
    Place.MIDDLE: N_("Middle column"),
    Place.RIGHT: N_("Right sidebar"),
    Place.PREVIEW: N_("Preview"),
}
CARD_IS_GONE = N_("That card is no longer in this view.")
TAB_IS_GONE = N_("That tab is no longer in this view.")
NO_COLUMN = N_("There is no such column.")
UNKNOWN_KIND = N_("There is no card of the kind %(kind)s.")
NOT_THERE = N_("The card %(card)s cannot stand there.")
TWICE = N_("The card %(card)s can stand in a column only once.")
TOO_MANY_CARDS = N_("A column has at most %(limit)s cards.")
TOO_MANY_TABS = N_("A page has at most %(limit)s tabs.")
TAB_STAYS = N_("The tab %(tab)s stays as it is.")
NAME_MISSING = N_("A tab needs a name.")


class InvalidLayout(ValueError):
    """A layout cannot be so; `errors` holds one message for each control, "form" for what concerns none of them."""

    def __init__(self, errors: Mapping[str, Message]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{name}: {message}" for name, message in self.errors.items()))


def refused(text: str, control: str = "form", **params: Any) -> InvalidLayout:
    """The refusal that says `text` beside a control."""
    return InvalidLayout({control: Message(text, **params)})


def columns(layout: RecordLayout) -> dict[str, Place]:
    """The names of the columns that cards can stand in, in the order of the page."""
    tabs = {tab.key: Place.MIDDLE for tab in layout.tabs if tab.key != ACTIVITIES}
    return {str(Place.LEFT): Place.LEFT, **tabs, str(Place.RIGHT): Place.RIGHT, str(Place.PREVIEW): Place.PREVIEW}


def kinds_for(object_type: ObjectType, place: Place) -> list[CardType]:
    """The library: the kinds of cards that records of an object can have at a place."""
    return [kind for kind in card_types if place in kind.places and kind.fits(object_type)]


def add_card(layout: RecordLayout, object_type: ObjectType, column: str, kind_name: str) -> tuple[RecordLayout, str]:
    """A new card at the end of a column, and its key. Raises InvalidLayout."""
    kind = card_types.get(kind_name)
    if kind is None:
        raise refused(UNKNOWN_KIND, kind=kind_name[:LONGEST_NAME])
    card = PlacedCard(f"{kind.name}-{secrets.token_hex(4)}", kind.name)
    refuse_place(layout, object_type, column, card)
    return _with_cards(layout, column, (*_cards_in(layout, column), card)), card.key


def remove_card(layout: RecordLayout, key: str) -> RecordLayout:
    """The layout without a card. Raises InvalidLayout."""
    column = _column_of(layout, key)
    return _with_cards(layout, column, [card for card in _cards_in(layout, column) if card.key != key])


def step_card(layout: RecordLayout, key: str, step: int) -> RecordLayout:
    """A card `step` places further down its column, or up. Raises InvalidLayout."""
    column = _column_of(layout, key)
    return _with_cards(layout, column, _stepped(_cards_in(layout, column), key, step))


def place_card(
    layout: RecordLayout, object_type: ObjectType, key: str, column: str, before: str = ""
) -> RecordLayout:
    """A card put into a column, before the card called `before` or at the end. Raises InvalidLayout."""
    origin = _column_of(layout, key)
    card = _card(layout, key)
    if origin != column:
        refuse_place(layout, object_type, column, card)
    rest = remove_card(layout, key)
    others = list(_cards_in(rest, column))
    at = next((place for place, one in enumerate(others) if one.key == before), len(others))
    return _with_cards(rest, column, [*others[:at], card, *others[at:]])


def arrange_column(layout: RecordLayout, object_type: ObjectType, column: str, keys: Sequence[str]) -> RecordLayout:
    """A column with its cards in the order of `keys`; those of other columns among them come here.

    Cards of the column that are not named stay behind the others. Raises InvalidLayout.
    """
    if column not in columns(layout):
        raise refused(NO_COLUMN)
    for key in keys:
        if layout.column_of(key) != column:
            layout = place_card(layout, object_type, key, column)
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    ordered = sorted(_cards_in(layout, column), key=lambda card: places.get(card.key, len(places)))
    return _with_cards(layout, column, ordered)


def change_card(layout: RecordLayout, key: str, **changes: Any) -> RecordLayout:
    """A card with other fields; what they hold has been checked. Raises InvalidLayout."""
    column = _column_of(layout, key)
    cards = [replace(card, **changes) if card.key == key else card for card in _cards_in(layout, column)]
    return _with_cards(layout, column, cards)


def refuse_place(layout: RecordLayout, object_type: ObjectType, column: str, card: PlacedCard) -> None:
    """Raise InvalidLayout when a card cannot come into a column."""
    place = columns(layout).get(column)
    if place is None:
        raise refused(NO_COLUMN)
    kind, others = card_types.get(card.kind), _cards_in(layout, column)
    if kind is None or kind not in kinds_for(object_type, place):
        raise refused(NOT_THERE, card=card.title or (kind.label if kind else card.kind))
    if kind.is_single and any(other.kind == kind.name for other in others):
        raise refused(TWICE, card=kind.label)
    if len(others) >= MOST_CARDS:
        raise refused(TOO_MANY_CARDS, limit=MOST_CARDS)


def add_tab(layout: RecordLayout, label: str) -> tuple[RecordLayout, str]:
    """A new tab at the end, and its key. Raises InvalidLayout."""
    name = tab_name(label)
    if len(layout.tabs) >= MOST_TABS:
        raise refused(TOO_MANY_TABS, "label", limit=MOST_TABS)
    tab = Tab(f"tab-{secrets.token_hex(4)}", name)
    return replace(layout, tabs=(*layout.tabs, tab)), tab.key


def change_tab(layout: RecordLayout, key: str, **changes: Any) -> RecordLayout:
    """A tab with other fields; what they hold has been checked. Raises InvalidLayout."""
    tab = tab_called(layout, key)
    if key == ACTIVITIES:
        raise refused(TAB_STAYS, tab=tab.label)
    if key == OVERVIEW:
        changes.pop("condition", None)
    return replace(layout, tabs=tuple(replace(one, **changes) if one.key == key else one for one in layout.tabs))


def step_tab(layout: RecordLayout, key: str, step: int) -> RecordLayout:
    """A tab `step` places further on, or back; OVERVIEW stays first. Raises InvalidLayout."""
    first, *rest = layout.tabs
    tab_called(layout, key)
    return layout if key == first.key else replace(layout, tabs=(first, *_stepped(rest, key, step)))


def remove_tab(layout: RecordLayout, key: str) -> RecordLayout:
    """The layout without a tab and its cards. Raises InvalidLayout."""
    tab = tab_called(layout, key)
    if key in (OVERVIEW, ACTIVITIES):
        raise refused(TAB_STAYS, tab=tab.label)
    return replace(layout, tabs=tuple(one for one in layout.tabs if one.key != key))


def tab_called(layout: RecordLayout, key: str) -> Tab:
    """The tab of that key; raises InvalidLayout."""
    found = next((tab for tab in layout.tabs if tab.key == key), None)
    if found is None:
        raise refused(TAB_IS_GONE)
    return found


def tab_name(label: str) -> str:
    """The name of a tab as it will be kept; raises InvalidLayout."""
    name = clean_line(label)
    if not name:
        raise refused(NAME_MISSING, "label")
    return short(name, "label")


def short(name: str, control: str) -> str:
    """`name`, unless it is too long for a heading: then InvalidLayout is raised."""
    try:
        refuse_long(name, LONGEST_NAME)
    except InvalidValue as error:
        raise InvalidLayout({control: error.message}) from None
    return name


def _cards_in(layout: RecordLayout, column: str) -> tuple[PlacedCard, ...]:
    return layout.column(column) or ()


def _column_of(layout: RecordLayout, key: str) -> str:
    column = layout.column_of(key)
    if column is None:
        raise refused(CARD_IS_GONE)
    return column


def _card(layout: RecordLayout, key: str) -> PlacedCard:
    found = layout.card(key)
    if found is None:
        raise refused(CARD_IS_GONE)
    return found[1]


def _with_cards(layout: RecordLayout, column: str, cards: Sequence[PlacedCard]) -> RecordLayout:
    if column in FIXED:
        return replace(layout, **{column: tuple(cards)})
    tabs = (replace(tab, cards=tuple(cards)) if tab.key == column else tab for tab in layout.tabs)
    return replace(layout, tabs=tuple(tabs))


def _stepped(items: Sequence[Any], key: str, step: int) -> tuple[Any, ...]:
    found = list(items)
    at = next(place for place, one in enumerate(found) if one.key == key)
    item = found.pop(at)
    found.insert(min(max(at + step, 0), len(found)), item)
    return tuple(found)
