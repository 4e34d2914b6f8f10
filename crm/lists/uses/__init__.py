"""Where lists are used, so that nobody changes one under others' feet: one file for each kind of place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from crm.lists.queries import ListRow
from crm.messages import Message
from crm.permissions.viewer import Viewer
from crm.registry import Registry


@dataclass(frozen=True)
class Use:
    """One place that names a list, and where it is."""

    text: Message | str
    url: str


@dataclass(frozen=True)
class ListUse:
    """One kind of place: `find(viewer, lists)` answers those the viewer may know of, by the id of the list they name.

    It costs the same number of queries for one list as for a page of them.
    """

    name: str
    label: str
    find: Callable[[Viewer, Sequence[ListRow]], Mapping[int, Sequence[Use]]]
    position: int = 100


list_uses: Registry[ListUse] = Registry("use of lists")


def uses_of(viewer: Viewer, lists: Sequence[ListRow]) -> dict[int, list[Use]]:
    """The places that name each of these lists, as far as the viewer may know of them."""
    found: dict[int, list[Use]] = {one.id: [] for one in lists}
    for kind in list_uses:
        for list_id, uses in kind.find(viewer, lists).items():
            found[list_id] += uses
    return found
