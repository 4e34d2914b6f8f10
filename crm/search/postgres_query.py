"""The statements that ask PostgreSQL for activities, newest first: by walking, or by what is rare (DESIGN 8.6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from crm.search.engine import Ask, Place
from crm.search.postgres_documents import VERSION, kind_facet, microseconds, owner_facet, record_facet
from crm.search.postgres_lexemes import is_whole, tsquery
from crm.search.postgres_tables import search_document

SHARD = 0
"""There is one order for all: by moment, then by id."""

MATCH, MARK = True, False

_document = search_document.c


@dataclass(frozen=True)
class Row:
    """One row of an answer: a document that matches, or else the mark of how far was looked."""

    moment: int
    activity_id: int
    version: int
    is_match: bool

    @property
    def place(self) -> Place:
        """Where it stands in the order of hits."""
        return Place(SHARD, self.moment, self.activity_id)


class Question:
    """One Ask as conditions on documents. Every value is bound, none becomes part of a statement."""

    def __init__(self, ask: Ask) -> None:
        lookups = ask.words.lookups
        self._words = tsquery(lookups)
        self._facets = list(_facets(ask))
        self._only_timeline = ask.only_timeline
        self._since = None if ask.since is None else microseconds(ask.since)
        self._until = None if ask.before is None else microseconds(ask.before)
        self._is_exact = ask.words.is_exact and all(map(is_whole, lookups))
        self.is_on_records = ask.record_ids is not None

    @property
    def has_index(self) -> bool:
        """Whether the index knows anything that is asked for."""
        return self._words is not None or bool(self._facets)

    def is_sure_of(self, row: Row) -> bool:
        """Whether a document that matches surely answers; one of an older analyzer must be looked at."""
        return self._is_exact and row.version == VERSION

    def walk(self, before: Place | None, size: int) -> sa.CompoundSelect[Any]:
        """Of the next `size` documents those that match; and a mark at the last of them, if there were so many."""
        columns = (_document.moment, _document.activity_id, _document.version)
        seen = (
            sa.select(*columns, sa.and_(sa.true(), *self._matches()).label("is_match"))
            .where(*self._after(before))
            .order_by(*_newest_first(_document))
            .limit(size)
            .cte("seen")
        )
        place = (seen.c.moment, seen.c.activity_id, seen.c.version)
        matches = sa.select(*place, sa.literal(MATCH).label("is_match")).where(seen.c.is_match)
        mark = sa.select(*place, sa.literal(MARK)).order_by(*_newest_first(seen.c)).offset(size - 1).limit(1)
        return sa.union_all(matches, mark)

    def look_up(self, before: Place | None, size: int) -> sa.Select[Any]:
        """The next `size` documents that match, all of them found by the index before they are put in order.

        Apart from the order, or the planner may walk through everything in the hope of meeting a match soon.
        """
        columns = (_document.moment, _document.activity_id, _document.version)
        indexed = self._matches() if self._words is None else [self._has_words(_document.everything), *self._matches()]
        found = sa.select(*columns).where(*indexed, *self._after(before)).cte("found").prefix_with("MATERIALIZED")
        place = (found.c.moment, found.c.activity_id, found.c.version)
        return sa.select(*place, sa.literal(MATCH).label("is_match")).order_by(*_newest_first(found.c)).limit(size)

    def _matches(self) -> list[sa.ColumnElement[bool]]:
        conditions = [_document.facets.overlap(sa.literal(some, postgresql.ARRAY(sa.Text))) for some in self._facets]
        if self._words is not None:
            conditions.append(self._has_words(_document.timeline if self._only_timeline else _document.everything))
        return conditions

    def _has_words(self, column: Any) -> sa.ColumnElement[bool]:
        return column.bool_op("@@")(sa.cast(sa.literal(self._words, sa.Text), postgresql.TSQUERY))

    def _after(self, before: Place | None) -> Iterator[sa.ColumnElement[bool]]:
        if self._since is not None:
            yield _document.moment >= self._since
        if self._until is not None:
            yield _document.moment < self._until
        if before is not None:
            place = sa.tuple_(sa.literal(before.moment), sa.literal(before.activity_id))
            yield sa.tuple_(_document.moment, _document.activity_id) < place


def _facets(ask: Ask) -> Iterator[list[str]]:
    """Of each of these lists a document must have one."""
    if ask.record_ids is not None:
        yield [record_facet(record_id) for record_id in sorted(ask.record_ids)]
    if ask.owners is not None:
        yield [owner_facet(owner) for owner in sorted(ask.owners)]
    if ask.kinds is not None:
        yield [kind_facet(kind) for kind in sorted(ask.kinds)]


def _newest_first(columns: Any) -> tuple[sa.UnaryExpression[int], sa.UnaryExpression[int]]:
    return columns.moment.desc(), columns.activity_id.desc()
