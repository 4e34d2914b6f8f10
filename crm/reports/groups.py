"""The groups of a report: what rows are grouped by, and what a group is called and consists of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crm.filters.tree import Condition
from crm.messages import N_
from crm.objects.schema import Property
from crm.properties.types.base import Context

OTHER_KEY = "\x1f"
"""Not a key that any column has, for nobody can write this sign: rows of groups that are too many to be shown."""
UNKNOWN, OTHER = N_("Unknown"), N_("Other")
FEW, SOME, MANY = 20, 50, 120


@dataclass(frozen=True)
class Group:
    """One group of a report: the key of its rows, None for those without a value, and what people read.

    `conditions` find its records besides those of the report; None where no filter does.
    """

    key: Any
    label: str
    conditions: tuple[Condition, ...] | None
    color: str | None = None


@dataclass(frozen=True)
class Found:
    """The keys that were found and are shown, in no order, each with the text its rows have, and if there are others.
    """

    texts: Mapping[Any, str]
    has_unknown: bool
    has_other: bool


@dataclass(frozen=True)
class Grouping:
    """How records are grouped by one property.

    `key` is the SQL of the key, `text` that of what its group may be called, where the key is not enough. At most
    `most` groups are shown: the largest, or the last where it `is_in_order`. `joined` is what is joined to the
    records so that each is there once for each of its choices. `groups` makes the groups of what was found, in order.
    """

    prop: Property
    key: Any
    groups: Callable[[Found, Context], list[Group]]
    text: Any = None
    most: int = SOME
    is_in_order: bool = False
    joined: tuple[Any, Any] | None = None
    is_time: bool = False


def last_groups(
    prop: Property, found: Found, context: Context, rest: tuple[Condition, ...] | None
) -> list[Group]:
    """The groups that come after all others: what is too many to be shown, and what has no value."""
    last = []
    if found.has_other:
        last.append(Group(OTHER_KEY, str(context.translate(OTHER)), rest))
    if found.has_unknown:
        last.append(Group(None, str(context.translate(UNKNOWN)), (Condition(prop.name, "unknown"),)))
    return last
