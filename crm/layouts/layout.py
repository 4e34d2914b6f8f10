"""What a layout of record pages is: cards in columns and tabs (SPEC 1.7), and what one person changes in it (SPEC 1.5).

A layout is plain data, kept as JSON. A card whose kind, property or object is gone stays in it and is not shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

OVERVIEW, ACTIVITIES = "overview", "activities"
MOST_CARDS = 50
MOST_TABS = 5


class Place(StrEnum):
    """Where cards stand: the columns of the page, and the preview."""

    LEFT = "left"
    MIDDLE = "middle"
    RIGHT = "right"
    PREVIEW = "preview"


@dataclass(frozen=True)
class CardCondition:
    """Shows a card or a tab only while a property of the record is as said; `operator` is one of properties.conditions.

    `values` are canonical texts.
    """

    property: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlacedCard:
    """One card of a layout. `key` is unique in the layout and stays: pages and people's own choices name it.

    `kind` is the name of a `cards.CardType`, and `settings` hold what its settings say, as plain JSON. An own `title`
    replaces that of the kind. People may move it in their own view if it `may_move`, and choose its properties for
    themselves if it `may_edit`.
    """

    key: str
    kind: str
    title: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    condition: CardCondition | None = None
    is_collapsed: bool = False
    may_move: bool = True
    may_edit: bool = False


@dataclass(frozen=True)
class Tab:
    """One tab of the middle column. That of ACTIVITIES is the timeline and has no cards."""

    key: str
    label: str
    cards: tuple[PlacedCard, ...] = ()
    condition: CardCondition | None = None


@dataclass(frozen=True)
class RecordLayout:
    """The cards of each place, in order; `tabs` is the middle column, OVERVIEW first."""

    left: tuple[PlacedCard, ...] = ()
    tabs: tuple[Tab, ...] = ()
    right: tuple[PlacedCard, ...] = ()
    preview: tuple[PlacedCard, ...] = ()

    def cards(self) -> Iterator[tuple[Place, PlacedCard]]:
        """Every card with its place."""
        yield from ((Place.LEFT, card) for card in self.left)
        yield from ((Place.MIDDLE, card) for tab in self.tabs for card in tab.cards)
        yield from ((Place.RIGHT, card) for card in self.right)
        yield from ((Place.PREVIEW, card) for card in self.preview)

    def column(self, name: str) -> tuple[PlacedCard, ...] | None:
        """The cards of a column: "left", "right", "preview", or of the tab of that key; None where there is none."""
        if name in (Place.LEFT, Place.RIGHT, Place.PREVIEW):
            found: tuple[PlacedCard, ...] = getattr(self, name)
            return found
        return next((tab.cards for tab in self.tabs if tab.key == name), None)

    def column_of(self, key: str) -> str | None:
        """The column that the card called `key` stands in."""
        names = [Place.LEFT, Place.RIGHT, Place.PREVIEW, *(tab.key for tab in self.tabs)]
        return next((name for name in names if any(card.key == key for card in self.column(name) or ())), None)

    def card(self, key: str) -> tuple[Place, PlacedCard] | None:
        """The card called `key` with its place."""
        return next((found for found in self.cards() if found[1].key == key), None)


@dataclass(frozen=True)
class Personal:
    """What one person changed for themselves on the pages of an object.

    `order` has the keys of cards by column ("left", "right", or the key of a tab) as far as they were moved, `folded`
    whether a card is collapsed, `properties` the names a card shows, `buttons` the order of the activity buttons.
    """

    order: Mapping[str, Sequence[str]] = field(default_factory=dict)
    folded: Mapping[str, bool] = field(default_factory=dict)
    properties: Mapping[str, Sequence[str]] = field(default_factory=dict)
    buttons: Sequence[str] = ()
