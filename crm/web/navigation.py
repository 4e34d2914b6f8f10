"""The objects in the navigation: in their order, each with the key that opens it, the last ones behind "More"."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from crm.objects.schema import ObjectType

MOST_WIDE, MOST_NARROW = 6, 5
"""How many objects stand side by side on a wide screen, and on a narrow one; one place less when "More" is there."""
USUAL_KEYS = {"contact": "c", "company": "o", "deal": "d", "ticket": "t", "lead": "l"}


class NavItem(NamedTuple):
    """One object: `place` is "" where it always stands in the row, "wide" for wide screens only, "more" for never."""

    type: ObjectType
    key: str
    place: str


def navigation(types: Sequence[ObjectType]) -> list[NavItem]:
    """These objects as the navigation shows them."""
    keys = _keys(types)
    narrow = len(types) if len(types) <= MOST_NARROW else MOST_NARROW - 1
    wide = len(types) if len(types) <= MOST_WIDE else MOST_WIDE - 1
    places = ["" if at < narrow else "wide" if at < wide else "more" for at in range(len(types))]
    return [NavItem(kind, keys.get(kind.name, ""), place) for kind, place in zip(types, places, strict=True)]


def _keys(types: Iterable[ObjectType]) -> dict[str, str]:
    """A letter for each object after `g`: the usual one, else the first of its name that is free."""
    found = {kind.name: USUAL_KEYS[kind.name] for kind in types if kind.name in USUAL_KEYS}
    for kind in types:
        free = [letter for letter in kind.plural_name if letter.isalnum() and letter not in found.values()]
        if kind.name not in found and free:
            found[kind.name] = free[0]
    return found
