"""Which layout a person sees, and the cards of a page ready to be shown (SPEC 1.1, 1.7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from crm.caches import StampedCache
from crm.db import db, stamps
from crm.layouts.cards import CardLink, CardType, card_types
from crm.layouts.content import from_text
from crm.layouts.defaults import default_layout
from crm.layouts.layout import CardCondition, Place, PlacedCard, RecordLayout, Tab
from crm.layouts.models import RecordLayoutRow, RecordLayoutTeam
from crm.layouts.page import RecordPage
from crm.layouts.personal import in_order
from crm.messages import Message
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.properties.conditions import OPERATORS, Condition, Operator
from crm.properties.types.base import Context
from crm.records.queries import RecordRow

PROPERTIES = "properties"
"""The setting of a card that lists the properties of the record it shows."""
STAMP = "record_layouts"
"""Whoever changes a layout or whose it is calls `db.touch` with this."""


@dataclass(frozen=True)
class Layouts:
    """The layouts that somebody made: those of teams by object and team, the default ones by object."""

    defaults: Mapping[str, RecordLayout] = field(default_factory=dict)
    of_teams: Mapping[tuple[str, int], RecordLayout] = field(default_factory=dict)


def _load() -> Layouts:
    rows = db.session.scalars(sa.select(RecordLayoutRow)).all()
    made = {row.id: from_text(row.content) for row in rows}
    given = db.session.scalars(sa.select(RecordLayoutTeam)).all()
    return Layouts(
        {row.object_type: made[row.id] for row in rows if row.is_default},
        {(one.object_type, one.team_id): made[one.layout_id] for one in given if one.layout_id in made},
    )


_cache = StampedCache(STAMP, _load)


def layout_for(viewer: Viewer, object_type: ObjectType) -> RecordLayout:
    """The layout of the viewer's team, else the default one, else that of the program."""
    made = _cache.get() if STAMP in stamps() else Layouts()
    if viewer.team_id is not None:
        of_team = made.of_teams.get((object_type.name, viewer.team_id))
        if of_team is not None:
            return of_team
    return made.defaults.get(object_type.name) or default_layout(object_type)


@dataclass(frozen=True)
class ShownCard:
    """One card of a page as its template gets it, with what its kind answered."""

    placed: PlacedCard
    type: CardType
    place: Place
    column: str
    record_id: int
    title: str | Message
    content: Mapping[str, Any]
    links: Sequence[CardLink] = ()
    events: Sequence[str] = ()
    is_folded: bool = False

    @property
    def key(self) -> str:
        """What it is called in its layout."""
        return self.placed.key

    @property
    def url(self) -> str:
        """Where it is read again."""
        return f"/records/{self.record_id}/cards/{self.key}"

    @property
    def order_url(self) -> str:
        """Where it is moved among the cards of its column."""
        return f"/records/{self.record_id}/columns/{self.column}/order"

    @property
    def can_move(self) -> bool:
        """Whether the reader may move it in their own view."""
        return self.placed.may_move and self.place is not Place.PREVIEW

    @property
    def can_choose(self) -> bool:
        """Whether the reader may choose its properties for themselves."""
        return may_choose(self.placed) and self.place is not Place.PREVIEW

    @property
    def has_menu(self) -> bool:
        """Whether there is anything in its menu."""
        return self.can_move or self.can_choose or bool(self.links)

    @property
    def trigger(self) -> str:
        """The events after which it reads itself again, in htmx's words."""
        return ", ".join(f"{event} from:body" for event in self.events)


def may_choose(card: PlacedCard) -> bool:
    """Whether people may choose for themselves which properties of the record a card shows."""
    kind = card_types.get(card.kind)
    return card.may_edit and kind is not None and any(one.name == PROPERTIES and not one.of for one in kind.settings)


def _own_events(card: PlacedCard) -> list[str]:
    return [f"card-{card.key}-changed"] if may_choose(card) else []


def open_page(viewer: Viewer, record: RecordRow, context: Context) -> RecordPage:
    """The page of a record the viewer has been let into, without cards so far."""
    return RecordPage(
        viewer=viewer,
        record=record,
        context=context,
        can_edit=viewer.covers(record.object_type, Verb.EDIT, record.owner_id),
    )


def tabs_for(page: RecordPage, layout: RecordLayout) -> list[Tab]:
    """The tabs of the middle column whose conditions this record meets."""
    return [tab for tab in layout.tabs if holds(tab.condition, page.record)]


def cards_on(
    page: RecordPage, layout: RecordLayout, columns: Iterable[str], with_header: bool = False
) -> dict[str, list[ShownCard]]:
    """The cards of some columns ("left", "right", "preview", the key of a tab) in the reader's order.

    What they all show of associated records and of activities is read at once, with the primary company that the
    header of the page shows.
    """
    placed = {name: _standing(page, name, layout.column(name) or ()) for name in columns}
    _unite(page, [one for there in placed.values() for one in there])
    if with_header and page.numbers:
        page.numbers = {"company": 1, **page.numbers}
    return {name: _filled(page, name, there) for name, there in placed.items()}


def card_on(page: RecordPage, layout: RecordLayout, key: str) -> ShownCard | None:
    """One card of the layout; None where it is not on this page, or has nothing to show."""
    column = layout.column_of(key)
    if column is None:
        return None
    there = [one for one in _standing(page, column, layout.column(column) or ()) if one[0].key == key]
    _unite(page, there)
    return next(iter(_filled(page, column, there)), None)


def holds(condition: CardCondition | None, record: RecordRow) -> bool:
    """Whether a record meets the condition of a card or tab; never where the property is gone."""
    if condition is None:
        return True
    prop = record.type.properties.get(condition.property)
    if prop is None or condition.operator not in OPERATORS:
        return False
    values = tuple(condition.values)
    asked = Condition(prop.name, Operator(condition.operator), values, (), prop.type == "checkboxes")
    return asked.holds(record.values.get(prop.name))


def place_of(column: str) -> Place:
    """The place of a column; every tab is in the middle."""
    return Place(column) if column in (Place.LEFT, Place.RIGHT, Place.PREVIEW) else Place.MIDDLE


def _standing(page: RecordPage, column: str, cards: Sequence[PlacedCard]) -> list[tuple[PlacedCard, CardType]]:
    """The cards that stand in a column before this reader, each with its kind."""
    found, place = [], place_of(column)
    for card in in_order(page.personal, column, cards):
        kind = card_types.get(card.kind)
        if kind and place in kind.places and kind.fits(page.record.type) and holds(card.condition, page.record):
            found.append((card, kind))
    return found


def _unite(page: RecordPage, cards: Iterable[tuple[PlacedCard, CardType]]) -> None:
    wanted: dict[str, dict[str, None]] = {}
    numbers: dict[str, int] = {}
    for card, kind in cards:
        for name, properties in kind.neighbours_shown(card, page.record.type).items():
            wanted.setdefault(name, {}).update(dict.fromkeys(properties))
            numbers[name] = max(numbers.get(name, 0), kind.neighbours_number(card))
        recent, upcoming = kind.activities_shown(card)
        page.recent, page.upcoming = max(page.recent, recent), max(page.upcoming, upcoming)
    page.wanted = {name: tuple(properties) for name, properties in wanted.items()}
    page.numbers = numbers


def _filled(page: RecordPage, column: str, cards: Iterable[tuple[PlacedCard, CardType]]) -> list[ShownCard]:
    found = []
    for card, kind in cards:
        content = kind.content(page, card)
        if content is not None:
            found.append(
                ShownCard(
                    placed=card,
                    type=kind,
                    place=place_of(column),
                    column=column,
                    record_id=page.record.id,
                    title=card.title or kind.title(card, page.record.type),
                    content=content,
                    links=() if place_of(column) is Place.PREVIEW else kind.links(page, card),
                    events=[*kind.reload_events(card, page.record.type), *_own_events(card)],
                    is_folded=page.personal.folded.get(card.key, card.is_collapsed),
                )
            )
    return found
