"""Texts compared without regard to case and outer space, alike in Python, SQLite and PostgreSQL (SPEC 5.2).

SQLite's own `lower` knows the letters of ASCII only, and PostgreSQL's those of the locale of its database.
"""

import sqlite3
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

BLANKS = " \t\n\r\u00a0"
# The small sigma that ends a word is the same letter as the one inside it.
FINAL_SIGMA, SIGMA = "ς", "σ"
IN_SQLITE = "kartotek_folded"
MOST_WORDS = 8


def fold(text: str) -> str:
    """`text` in small letters without space around it."""
    return text.strip(BLANKS).lower().replace(FINAL_SIGMA, SIGMA)


def folded_words(typed: str) -> list[str]:
    """The first words of what was typed to find something by its name, folded as that is kept."""
    return fold(typed).split()[:MOST_WORDS]


class folded(FunctionElement[str]):
    """The same of a column, in SQL."""

    type = sa.Text()
    inherit_cache = True


@compiles(folded, "sqlite")
def _in_sqlite(element: folded, compiler: Any, **more: Any) -> str:
    return f"{IN_SQLITE}({compiler.process(element.clauses, **more)})"


@compiles(folded, "postgresql")
def _in_postgresql(element: folded, compiler: Any, **more: Any) -> str:
    text = f"btrim({compiler.process(element.clauses, **more)}, E' \\t\\n\\r\\u00a0')"
    return f"replace(lower({text} COLLATE \"und-x-icu\"), '{FINAL_SIGMA}', '{SIGMA}')"


@sa.event.listens_for(sa.Pool, "connect")
def _teach_sqlite(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_function(IN_SQLITE, 1, _folded_or_null, deterministic=True)


def _folded_or_null(text: str | None) -> str | None:
    return None if text is None else fold(text)
