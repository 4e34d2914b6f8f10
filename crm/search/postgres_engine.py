"""The postgres engine: documents in a table beside the activities, always in step with them (DESIGN 8).

A search begins with a walk over the newest documents. When many of them answer, the walk goes on: it costs what it
shows, however common the words are. When few do, the index of words finds the others. Where that takes too long, as for
words that were common long ago, the walk goes on after all, until the time is up; the next page takes it up there.
"""

import time
from collections.abc import Iterator

import sqlalchemy as sa

from crm.db import db
from crm.search.engine import Ask, Hit, Place
from crm.search.postgres_query import Question, Row
from crm.search.postgres_tables import search_document

TIME_LIMIT = 1.5
SHARE_OF_THE_INDEX = 0.6
FIRST_STEP = 2_000
LONGEST_STEP = 32_000
QUICK_STEP = 0.05
COMMON = 100
"""One of so many of the newest documents, or more, answers: then the next ones are sooner met than looked up."""

FIRST_PAGE = 250
NEXT_PAGES = 5_000
CANCELED = "57014"


class PostgresEngine:
    """Searching the documents of the database at hand, in the transaction at hand."""

    def __init__(self, time_limit: float = TIME_LIMIT) -> None:
        self.time_limit = time_limit

    def find(self, ask: Ask, before: Place | None = None) -> "PostgresFinding":
        """The hits of `ask`, newest first, after the place `before`."""
        return PostgresFinding(Question(ask), before, time.perf_counter(), self.time_limit)

    def fingerprints(self, first: int, last: int) -> dict[int, int]:
        """Of each activity held, from the id `first` up to, not including, `last`: what it was learnt with."""
        columns = search_document.c
        statement = sa.select(columns.activity_id, columns.fingerprint)
        statement = statement.where(columns.activity_id >= first, columns.activity_id < last)
        return dict(db.session.execute(statement).tuples().all())


class PostgresFinding:
    """A search under way; see engine.Finding."""

    def __init__(self, question: Question, before: Place | None, begun: float, limit: float) -> None:
        self.is_partial = False
        self.rest: Place | None = None
        self._question = question
        self._place = before
        self._deadline = begun + limit
        self._index_deadline = begun + limit * SHARE_OF_THE_INDEX
        self._step = FIRST_STEP
        self._is_over = False

    def __iter__(self) -> Iterator[Hit]:
        has_index = self._question.has_index
        if not (has_index and self._question.is_on_records):
            yield from self._walk(only_while_common=has_index)
        if has_index and not self._is_over:
            yield from self._look_up()
        if not self._is_over:
            yield from self._walk()

    def _walk(self, only_while_common: bool = False) -> Iterator[Hit]:
        """Step by step through the documents, at least one step, so that pages go on."""
        while not self._is_over:
            begun = time.perf_counter()
            rows = _rows(self._question.walk(self._place, self._step))
            seconds = time.perf_counter() - begun
            mark = rows.pop() if rows and not rows[-1].is_match else None
            yield from map(self._hit, rows)
            if mark is None:
                self._is_over = True
                return
            self._place = mark.place
            if only_while_common and len(rows) * COMMON < self._step:
                return
            if time.perf_counter() > self._deadline:
                self._is_over = self.is_partial = True
                self.rest = mark.place
            elif seconds < QUICK_STEP:
                self._step = min(2 * self._step, LONGEST_STEP)

    def _look_up(self) -> Iterator[Hit]:
        """Page by page from the index; ends early when that takes too long."""
        size = FIRST_PAGE
        while (seconds := self._index_deadline - time.perf_counter()) > 0:
            rows = _rows_within(seconds, self._question.look_up(self._place, size))
            if rows is None:
                return
            for row in rows:
                self._place = row.place
                yield self._hit(row)
            if len(rows) < size:
                self._is_over = True
                return
            size = NEXT_PAGES

    def _hit(self, row: Row) -> Hit:
        return Hit(row.place, self._question.is_sure_of(row))


def _rows(statement: sa.Executable) -> list[Row]:
    return [Row(*row) for row in db.session.execute(statement)]


def _rows_within(seconds: float, statement: sa.Executable) -> list[Row] | None:
    """The rows, or None when it took too long; the transaction goes on either way, with its own limits."""
    limits = sa.select(
        sa.func.set_config("statement_timeout", str(max(1, round(seconds * 1000))), True),
        # To compile a statement takes longer than to run one that is bounded.
        sa.func.set_config("jit", "off", True),
    )
    savepoint = db.session.connection().begin_nested()
    try:
        db.session.execute(limits)
        return _rows(statement)
    except sa.exc.OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != CANCELED:
            raise
        return None
    finally:
        savepoint.rollback()
