"""How many records stand at the other end of links, never counting farther than the question goes.

The column that is asked is a Select of those records, joined to the record the condition is on. Whether there are at
least so many is whether the last of so many is there, which both databases answer from an index and then stop.
"""

from typing import Any

import sqlalchemy as sa

from crm.filters.comparing import Asked, Test


def are_some(asked: Asked) -> Test:
    """Whether there is any."""
    return asked.column.exists()  # type: ignore[no-any-return]


def are_at_least(asked: Asked) -> Test:
    """Whether there are so many or more."""
    return _is_there(asked.column, asked.values[0])


def are_at_most(asked: Asked) -> Test:
    """Whether there are so many, fewer, or none."""
    return sa.not_(_is_there(asked.column, asked.values[0] + 1))


def are_exactly(asked: Asked) -> Test:
    """Whether there are so many and not one more."""
    return sa.and_(are_at_least(asked), are_at_most(asked))


def _is_there(found: sa.Select[Any], number: int) -> Test:
    return found.limit(1).offset(number - 1).exists()
