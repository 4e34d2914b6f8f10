"""Counting the queries a page costs."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from crm.db import db

NOT_QUERIES = ("PRAGMA", "BEGIN", "SET ", "COMMIT", "ROLLBACK")


class Queries(list[str]):
    """The statements that were run, in order."""

    def __str__(self) -> str:
        return "\n".join(f"{number}. {' '.join(text.split())}" for number, text in enumerate(self, 1))


@contextmanager
def count_queries() -> Iterator[Queries]:
    """Collect the statements the application runs inside the block; what opens a transaction does not count.

    `assert len(queries) <= 6, queries` prints them when there are too many.
    """
    queries = Queries()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(NOT_QUERIES):
            queries.append(statement)

    engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield queries
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
