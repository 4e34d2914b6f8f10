"""A board as it is read: its columns with their totals and their first cards (SPEC 5.1).

However many columns and cards there are, it costs three queries: totals, cards, and what comes next on each of them.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.boards.cards import card_names
from crm.boards.next_activity import Due, Facts, NextActivity, facts_of
from crm.boards.places import Place, in_pipelines, in_place, places_of
from crm.boards.totals import WEIGHTED, Totals, has_amounts, totals_of
from crm.db import db
from crm.derived.money import AMOUNT
from crm.objects.schema import ObjectType, Pipeline
from crm.permissions.actions import Verb
from crm.permissions.scopes import guarded
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.properties.types.date import day_text
from crm.records.ordering import IndexOrder
from crm.records.page_keys import encode_key
from crm.records.queries import RecordRow, names_of_rows, record_of, rows_in_order
from crm.records.shown import Shown, show, show_all, with_currency

PAGE = 25


@dataclass(frozen=True)
class Card:
    """One record of a board; `upcoming` is None where nobody would miss a next activity."""

    record_id: int
    title: str
    version: int
    shown: Sequence[Shown]
    upcoming: NextActivity | None
    may_move: bool

    @property
    def url(self) -> str:
        """The record's page."""
        return f"/records/{self.record_id}"

    @property
    def preview_url(self) -> str:
        """The record's preview."""
        return f"{self.url}/preview"


@dataclass(frozen=True)
class BoardColumn:
    """One column with its first cards, or those after a key; `next_key` continues. Folded, it shows its totals only.

    The sums are ready to be shown, None for an object without amounts.
    """

    place: Place
    totals: Totals
    amount: Shown | None = None
    weighted: Shown | None = None
    cards: Sequence[Card] = ()
    next_key: str | None = None
    is_folded: bool = False


@dataclass(frozen=True)
class Asked:
    """What a board is asked for: by whom, of which object and pipelines, in what order, and which condition narrows it.

    `context` is that of the reader.
    """

    viewer: Viewer
    kind: ObjectType
    pipelines: Sequence[Pipeline]
    order: IndexOrder
    condition: sa.ColumnElement[bool] | None
    context: Context

    @property
    def places(self) -> list[Place]:
        """Its columns."""
        return places_of(self.pipelines)


def board(asked: Asked, folded: Collection[str]) -> list[BoardColumn]:
    """All columns, those whose keys are `folded` without cards; that of records in no stage only if there are any."""
    totals = totals_of(asked.viewer, asked.kind, asked.pipelines, asked.places, asked.condition)
    places = [place for place in asked.places if place.stage is not None or totals[place.key].number]
    cards = _cards(asked, [place for place in places if place.key not in folded and totals[place.key].number])
    return [_column(asked, place, totals[place.key], *cards[place.key], place.key in folded) for place in places]


def some_columns(asked: Asked, keys: Collection[str]) -> list[BoardColumn]:
    """Columns without cards, for what changes on them when a card moves; one query."""
    totals = totals_of(asked.viewer, asked.kind, asked.pipelines, asked.places, asked.condition)
    return [_column(asked, place, totals[place.key]) for place in asked.places if place.key in keys]


def sum_of(columns: Sequence[BoardColumn]) -> Totals:
    """What all columns come to together."""
    first, *others = [column.totals for column in columns]
    return sum(others, first)


def one_column(asked: Asked, place: Place, key: str | None) -> tuple[Sequence[Card], str | None]:
    """The cards of one column after a key, and the key of the next; two queries. Raises InvalidValue for no key."""
    return _cards(asked, [place], key)[place.key]


def one_card(asked: Asked, place: Place, record_id: int) -> Card | None:
    """The card of a record, None where it is not in this column or not on this board; two queries."""
    is_this = asked.kind.table.c.record_id == record_id
    found, _key = _cards(asked, [place], extra=is_this)[place.key]
    return found[0] if found else None


def _column(
    asked: Asked,
    place: Place,
    totals: Totals,
    cards: Sequence[Card] = (),
    next_key: str | None = None,
    is_folded: bool = False,
) -> BoardColumn:
    amount = weighted = None
    if has_amounts(asked.kind):
        amount = show(asked.kind.property(AMOUNT), totals.amount, asked.context)
        weighted = show(asked.kind.property(WEIGHTED), totals.weighted, asked.context)
    return BoardColumn(place, totals, amount, weighted, cards, next_key, is_folded)


def _cards(
    asked: Asked, places: Sequence[Place], key: str | None = None, extra: sa.ColumnElement[bool] | None = None
) -> dict[str, tuple[Sequence[Card], str | None]]:
    found: dict[str, tuple[Sequence[Card], str | None]] = defaultdict(lambda: ((), None))
    if not places:
        return found
    names = card_names(asked.kind)
    read = names_of_rows(asked.kind, with_currency(asked.kind, names))
    rows: dict[str, list[Sequence[Any]]] = defaultdict(list)
    for row in db.session.execute(guarded(_statement(asked, places, read, key, extra), asked.viewer)):
        rows[row.place].append(row[1:])
    ids = [row[0] for some in rows.values() for row in some[:PAGE]]
    facts = facts_of(asked.viewer, ids, asked.context.time_zone)
    for place in places:
        some = rows[place.key]
        records = [record_of(asked.kind, row, read) for row in some[:PAGE]]
        cards = [_card(asked, place, record, names, facts[record.id]) for record in records if record.id in facts]
        found[place.key] = (cards, encode_key(some[PAGE - 1][-1], some[PAGE - 1][0]) if len(some) > PAGE else None)
    return found


def _statement(
    asked: Asked, places: Sequence[Place], read: Sequence[str], key: str | None, extra: sa.ColumnElement[bool] | None
) -> Any:
    """The first rows of each place: one branch for each, for a database reads no more of them than it needs."""
    on_board = [in_pipelines(asked.kind, asked.pipelines)]
    on_board += [one for one in (asked.condition, extra) if one is not None]
    branches = []
    for place in places:
        here = sa.and_(in_place(asked.kind, place), *on_board)
        some = rows_in_order(asked.viewer, asked.kind, asked.order, read, here, key, PAGE).subquery()
        branches.append(sa.select(sa.literal(place.key).label("place"), some))
    return branches[0] if len(branches) == 1 else sa.union_all(*branches)


def _card(asked: Asked, place: Place, record: RecordRow, names: Sequence[str], facts: Facts) -> Card:
    prop = asked.kind.stage_property
    may_edit = asked.viewer.covers(asked.kind.name, Verb.EDIT, record.owner_id)
    is_missed = place.stage is None or not place.stage.is_closed or facts.upcoming.due is not Due.NONE
    return Card(
        record_id=record.id,
        title=record.title,
        version=facts.version,
        shown=_shown(asked, names, record),
        upcoming=facts.upcoming if is_missed else None,
        may_move=may_edit and prop is not None and prop.is_open_to(asked.viewer),
    )


def _shown(asked: Asked, names: Sequence[str], record: RecordRow) -> list[Shown]:
    """The properties of a card; of a moment its day, for a card is narrow."""
    shown = []
    for one in show_all(asked.kind, names, record.values, asked.context):
        value = record.values.get(one.name)
        if isinstance(value, datetime):
            day = value.astimezone(asked.context.time_zone).date()
            one = one._replace(text=day_text(day, asked.context.locale))
        shown.append(one)
    return shown
