"""In what shape an index page shows what it found: a table, and more of them, one file each (SPEC 5.1, 5.3)."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from crm.objects.schema import ObjectType
from crm.records.tables import Arguments
from crm.registry import Registry
from crm.selections.listing import Listing, Narrowed


@dataclass(frozen=True)
class IndexMode:
    """One shape.

    `shown(query, found, arguments)` is what its `template` shows of the IndexQuery of the page, `count_text` among it:
    `found` is what its search and its filter leave, besides what the gate does, and `arguments` are all of its address.
    `options` are the names of those arguments that belong to the mode and that a view remembers. `bar` is the template
    of what stands above, beside the filter. `listing(query)` is what is asked for where the shape shows less than the
    search and the filter leave: what is taken away or counted elsewhere is what somebody looks at.
    """

    name: str
    label: str
    icon: str
    template: str
    is_for: Callable[[ObjectType], bool]
    shown: Callable[[Any, Narrowed, Arguments], dict[str, Any]]
    options: tuple[str, ...] = ()
    position: int = 100
    bar: str = ""
    listing: Callable[[Any], Listing] = attrgetter("listing")


index_modes: Registry[IndexMode] = Registry("shape of index pages")


def modes_for(kind: ObjectType) -> list[IndexMode]:
    """The shapes in which the records of an object can be shown, in order."""
    return [mode for mode in index_modes if mode.is_for(kind)]
