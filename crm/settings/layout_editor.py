"""What the editor of a layout shows: its columns with their cards, and what can be put into each (SPEC 1.7)."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm.layouts.cards import CardType, card_types
from crm.layouts.editing import COLUMN_LABELS, columns, kinds_for
from crm.layouts.layout import (
    ACTIVITIES,
    MOST_CARDS,
    MOST_TABS,
    OVERVIEW,
    CardCondition,
    Place,
    PlacedCard,
    RecordLayout,
    Tab,
)
from crm.messages import N_, Message
from crm.objects.conditions import deciding_values
from crm.objects.schema import ObjectType
from crm.properties.conditions import OPERATORS

SHOWN_IF = N_("Shown if %(property)s %(operator)s %(values)s")
NEVER_SHOWN = N_("Never shown: the property of its condition is gone")
KIND_IS_GONE = N_("Not shown: this kind of card is gone")
STARTS_FOLDED = N_("Collapsed at first")
STAYS = N_("Stays where it is")


@dataclass(frozen=True)
class EditorCard:
    """One card in the editor; `kind` is None for one whose kind is gone, and `notes` say what is special about it."""

    key: str
    title: str | Message
    kind: CardType | None
    notes: Sequence[str | Message]

    @property
    def icon(self) -> str:
        """That of its kind."""
        return self.kind.icon if self.kind else "warning"


@dataclass(frozen=True)
class EditorColumn:
    """One column in the editor: a sidebar, the preview, or a tab of the middle column."""

    name: str
    label: str
    place: Place
    cards: Sequence[EditorCard]
    library: Sequence[CardType]
    tab: Tab | None = None
    condition: str | Message = ""

    @property
    def is_full(self) -> bool:
        """Whether no other card comes in."""
        return len(self.cards) >= MOST_CARDS

    @property
    def takes_cards(self) -> bool:
        """Whether cards can stand in it: not in the tab of the activities."""
        return self.name != ACTIVITIES

    @property
    def is_own_tab(self) -> bool:
        """Whether it is a tab that somebody made, which can go."""
        return self.tab is not None and self.name not in (OVERVIEW, ACTIVITIES)


@dataclass(frozen=True)
class Editor:
    """The whole layout in the editor."""

    left: EditorColumn
    tabs: Sequence[EditorColumn]
    right: EditorColumn
    preview: EditorColumn

    @property
    def takes_tabs(self) -> bool:
        """Whether one more tab can be made."""
        return len(self.tabs) < MOST_TABS


def editor_of(object_type: ObjectType, layout: RecordLayout) -> Editor:
    """What the editor shows of a layout."""
    fixed = {
        place: EditorColumn(
            name=str(place),
            label=COLUMN_LABELS[place],
            place=place,
            cards=_cards(object_type, layout.column(place) or ()),
            library=_library(object_type, place, layout.column(place) or ()),
        )
        for place in (Place.LEFT, Place.RIGHT, Place.PREVIEW)
    }
    tabs = [_tab(object_type, tab) for tab in layout.tabs]
    return Editor(fixed[Place.LEFT], tabs, fixed[Place.RIGHT], fixed[Place.PREVIEW])


def columns_for(object_type: ObjectType, layout: RecordLayout, kind: CardType) -> list[tuple[str, str]]:
    """The columns a kind of card may stand in, with their names."""
    labels = {tab.key: tab.label for tab in layout.tabs}
    open_to = {place for place in Place if kind in kinds_for(object_type, place)}
    named = ((name, labels.get(name) or COLUMN_LABELS[place], place) for name, place in columns(layout).items())
    return [(name, label) for name, label, place in named if place in open_to]


def card_title(object_type: ObjectType, card: PlacedCard) -> str | Message:
    """What stands over a card."""
    kind = card_types.get(card.kind)
    return card.title or (kind.title(card, object_type) if kind else card.kind)


def condition_words(object_type: ObjectType, condition: CardCondition | None) -> str | Message:
    """When something is shown, in words; "" for always."""
    if condition is None:
        return ""
    prop = object_type.properties.get(condition.property)
    operator = next((words for one, words in OPERATORS.items() if one == condition.operator), None)
    if prop is None or operator is None:
        return NEVER_SHOWN
    labels = deciding_values(prop)
    values = ", ".join(labels.get(value, value) for value in condition.values)
    return Message(SHOWN_IF, property=prop.label, operator=operator, values=values)


def _tab(object_type: ObjectType, tab: Tab) -> EditorColumn:
    return EditorColumn(
        name=tab.key,
        label=tab.label,
        place=Place.MIDDLE,
        cards=_cards(object_type, tab.cards),
        library=_library(object_type, Place.MIDDLE, tab.cards),
        tab=tab,
        condition=condition_words(object_type, tab.condition),
    )


def _library(object_type: ObjectType, place: Place, cards: Sequence[PlacedCard]) -> list[CardType]:
    there = {card.kind for card in cards}
    return [kind for kind in kinds_for(object_type, place) if not (kind.is_single and kind.name in there)]


def _cards(object_type: ObjectType, cards: Sequence[PlacedCard]) -> list[EditorCard]:
    return [
        EditorCard(card.key, card_title(object_type, card), card_types.get(card.kind), _notes(object_type, card))
        for card in cards
    ]


def _notes(object_type: ObjectType, card: PlacedCard) -> list[str | Message]:
    kind = card_types.get(card.kind)
    if kind is None:
        return [KIND_IS_GONE]
    named = kind.label if card_title(object_type, card) != kind.label else ""
    notes = (
        named,
        condition_words(object_type, card.condition),
        STARTS_FOLDED if card.is_collapsed else "",
        "" if card.may_move else STAYS,
    )
    return [note for note in notes if note]
