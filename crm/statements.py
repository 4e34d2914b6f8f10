"""Statements that are kept: built once for each shape, with bound parameters for what differs."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from crm.db import db


class Statements:
    """Statements kept for each shape they are asked for in.

    Building a large statement and computing its cache key costs several times what running it does; a statement that
    is used again, with bound parameters for what differs, pays for neither.
    """

    MOST = 1_000

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}

    def get(self, shape: Hashable, build: Callable[[], Any]) -> Any:
        """The statement for `shape`, built at the first call; everything that `build` looks at must be in `shape`."""
        statement = self._kept.get(shape)
        if statement is None:
            if len(self._kept) >= self.MOST:
                self._kept.clear()
            statement = self._kept[shape] = build()
        return statement


def one_of(column: Any, values: Iterable[Any]) -> sa.ColumnElement[bool]:
    """The condition that `column` is one of the `values`, for statements that are kept.

    SQLAlchemy writes a plain list out anew at each execution; these are bound one by one, once.
    """
    return column.in_([sa.literal(value, column.type) for value in values])  # type: ignore[no-any-return]


def among(column: Any, name: str) -> sa.ColumnElement[bool]:
    """The condition that `column` is one of the whole numbers given as the parameter `name`, a list of any length.

    One parameter and one text of the statement for lists of every length. The database in use decides how it is
    written, so a statement with it is kept under a shape that names the database, such as the token of its schema.
    """
    if db.engine.dialect.name == "postgresql":
        return column == sa.any_(sa.bindparam(name, type_=postgresql.ARRAY(sa.BigInteger)))  # type: ignore[no-any-return]
    listed = sa.func.json_each(sa.bindparam(name, type_=sa.JSON)).table_valued("value")
    return column.in_(sa.select(listed.c.value))  # type: ignore[no-any-return]
