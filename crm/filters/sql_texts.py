"""Looking into texts in SQL: what was typed has no signs of its own there, and no length limit."""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class place_in(FunctionElement[int]):
    """Where the second text begins in the first, counted from 1; 0 when it does not stand there."""

    type = sa.Integer()
    inherit_cache = True


class ending(FunctionElement[str]):
    """So many characters of a text from its end; all of them when it has fewer."""

    type = sa.Text()
    inherit_cache = True


class may_have(FunctionElement[bool]):
    """Whether a text may, folded, have another in it, of which `likeness` made the second; never wrong about a no.

    SQLite asks Python to fold a text, which takes it five times as long as to pass one over. PostgreSQL folds itself.
    """

    type = sa.Boolean()
    inherit_cache = True


def likeness(wanted: str) -> str:
    """A pattern of LIKE that fits all texts which, folded, have the folded text `wanted` in them.

    LIKE of SQLite knows the capitals of ASCII alone; i and k are the small letters of İ and of the kelvin sign, too.
    """
    return f"%{_NOT_PLAIN.sub('%', wanted[:_COMPARED])}%"


_NOT_PLAIN = re.compile(r"(?:[^ -~]|[%_ik])+")
_COMPARED = 60


class in_byte_order(FunctionElement[str]):
    """A text that is compared by its characters' numbers, whatever order the database has for the words of people."""

    type = sa.Text()
    inherit_cache = True


@compiles(place_in, "sqlite")
def _place_in_sqlite(element: place_in, compiler: Any, **more: Any) -> str:
    return f"instr({compiler.process(element.clauses, **more)})"


@compiles(place_in, "postgresql")
def _place_in_postgresql(element: place_in, compiler: Any, **more: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **more)})"


@compiles(ending, "sqlite")
def _ending_in_sqlite(element: ending, compiler: Any, **more: Any) -> str:
    text, length = element.clauses
    return f"substr({compiler.process(text, **more)}, -{compiler.process(length, **more)})"


@compiles(ending, "postgresql")
def _ending_in_postgresql(element: ending, compiler: Any, **more: Any) -> str:
    return f'"right"({compiler.process(element.clauses, **more)})'


@compiles(may_have, "sqlite")
def _may_have_in_sqlite(element: may_have, compiler: Any, **more: Any) -> str:
    text, pattern = element.clauses
    return f"({compiler.process(text, **more)} LIKE {compiler.process(pattern, **more)})"


@compiles(may_have, "postgresql")
def _may_have_in_postgresql(_element: may_have, _compiler: Any, **_more: Any) -> str:
    return "true"


@compiles(in_byte_order, "sqlite")
def _in_byte_order_sqlite(element: in_byte_order, compiler: Any, **more: Any) -> str:
    return str(compiler.process(element.clauses, **more))


@compiles(in_byte_order, "postgresql")
def _in_byte_order_postgresql(element: in_byte_order, compiler: Any, **more: Any) -> str:
    return f'({compiler.process(element.clauses, **more)}) COLLATE "C"'
