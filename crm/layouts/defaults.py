"""The layout that the program has for an object, until somebody changes it: what each kind of card says (SPEC 1.1)."""

from crm.associations.queries import STAMP as ASSOCIATIONS
from crm.db import stamps
from crm.layouts.cards import card_types
from crm.layouts.content import ACTIVITIES_LABEL, OVERVIEW_LABEL
from crm.layouts.layout import ACTIVITIES, OVERVIEW, Place, PlacedCard, RecordLayout, Tab
from crm.objects.queries import schema
from crm.objects.schema import ObjectType

MOST_SCHEMAS = 4
_made: dict[tuple[str, str | None], dict[str, RecordLayout]] = {}


def default_layout(object_type: ObjectType) -> RecordLayout:
    """The cards of every kind that stand there by themselves; made once for each state of objects and associations."""
    token = (schema().token, stamps().get(ASSOCIATIONS))
    known = _made.get(token)
    if known is None:
        while len(_made) >= MOST_SCHEMAS:
            _made.pop(next(iter(_made)), None)
        known = _made[token] = {}
    if object_type.name not in known:
        known[object_type.name] = _default_layout(object_type)
    return known[object_type.name]


def _default_layout(object_type: ObjectType) -> RecordLayout:
    found: dict[Place, list[tuple[int, PlacedCard]]] = {place: [] for place in Place}
    for kind in card_types:
        if kind.fits(object_type):
            for place, position, card in kind.in_default(object_type):
                found[place].append((position, card))
    cards = {place: tuple(card for _, card in sorted(there, key=lambda one: one[0])) for place, there in found.items()}
    return RecordLayout(
        left=cards[Place.LEFT],
        tabs=(Tab(OVERVIEW, OVERVIEW_LABEL, cards[Place.MIDDLE]), Tab(ACTIVITIES, ACTIVITIES_LABEL)),
        right=cards[Place.RIGHT],
        preview=cards[Place.PREVIEW],
    )
