"""Properties of one associated record: the primary company, or of another object the newest (SPEC 1.6)."""

from collections.abc import Mapping
from typing import Any

from crm.layouts.cards import CardSetting, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.neighbours import OBJECT, NeighbourCard
from crm.layouts.page import RecordPage
from crm.messages import N_
from crm.objects.schema import ObjectType

MOST_PROPERTIES = 24


class AssociationProperties(NeighbourCard):
    """Up to 24 properties of the record that matters most among those of an object."""

    name = "association_properties"
    label = N_("Association property list")
    icon = "list"
    places = frozenset({Place.LEFT, Place.MIDDLE, Place.RIGHT})
    position = 60
    settings = (
        OBJECT,
        CardSetting("properties", N_("Properties"), "properties", default=(), most=MOST_PROPERTIES, of=OBJECT.name),
    )

    def title(self, card: PlacedCard, object_type: ObjectType) -> str:
        """The object it is about."""
        found = self.object_of(card, object_type)
        return found.label if found else self.label

    def neighbours_number(self, card: PlacedCard) -> int:
        """The first one: the primary company, the newest record of another object."""
        return 1

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """`neighbour`, with its properties, None while there is none; nothing if the object is not for the reader."""
        names = self.setting(card, "properties")
        section = page.section(self.setting(card, OBJECT.name), names, self.neighbours_number(card))
        return {"section": section, "neighbour": next(iter(section.cards), None)} if section else None


card_types.register(AssociationProperties())
