"""Properties whose names look like one that somebody is about to give (SPEC 2.4)."""

import unicodedata
from difflib import SequenceMatcher

from crm.objects.schema import ObjectType, Property

ALIKE = 0.8
"""From this likeness on: "Customer tier" and "Costumer tier", "Phone no" and "Phone no.", not "City" and "Cost"."""
SHORTEST = 3
SHOWN = 3


def similar_properties(owner: ObjectType, label: str) -> list[Property]:
    """The properties of an object whose label or internal name is like `label`, the likest first, three at most."""
    wanted = _folded(label)
    if len(wanted) < SHORTEST:
        return []
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    found = [(max(_likeness(matcher, text) for text in _names(prop)), prop) for prop in owner.properties.values()]
    alike = [(share, prop) for share, prop in found if share >= ALIKE]
    alike.sort(key=lambda one: (-one[0], one[1].label))
    return [prop for _share, prop in alike[:SHOWN]]


def _names(prop: Property) -> tuple[str, str]:
    return _folded(prop.label), _folded(prop.name)


def _likeness(matcher: SequenceMatcher[str], text: str) -> float:
    matcher.set_seq1(text)
    # Each is a ceiling of the next, and costs a fraction of it.
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    return matcher.ratio()


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    signs = (sign if sign.isalnum() else " " for sign in plain if not unicodedata.combining(sign))
    return " ".join(sorted("".join(signs).split()))
