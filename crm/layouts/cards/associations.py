"""The first associated records of one object, each with some of its properties (SPEC 1.9)."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm.layouts.cards import CardSetting, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.neighbours import OBJECT, NeighbourCard, associated_objects
from crm.layouts.page import RecordPage
from crm.messages import N_
from crm.objects.schema import ObjectType

PREVIEWED = 3


class Associations(NeighbourCard):
    """A section of the right column: the records of one object."""

    name = "associations"
    label = N_("Associated records")
    icon = "link"
    places = frozenset({Place.RIGHT, Place.PREVIEW})
    position = 30
    settings = (
        OBJECT,
        CardSetting("properties", N_("Properties"), "properties", default=(), most=6, of=OBJECT.name),
        CardSetting("number", N_("How many are shown"), "number", default=5, most=20),
    )

    def in_default(self, object_type: ObjectType) -> Sequence[tuple[Place, int, PlacedCard]]:
        """One for each associated object."""
        found = []
        for number, kind in enumerate(associated_objects(object_type)):
            settings = {"object": kind.name, "properties": kind.layout.card_columns}
            plural = kind.plural_name
            found.append((Place.RIGHT, 100 + number, PlacedCard(f"linked-{plural}", self.name, settings=settings)))
            settings = {"object": kind.name, "number": PREVIEWED}
            key = f"preview-{plural}"
            found.append((Place.PREVIEW, 100 + number, PlacedCard(key, self.name, settings=settings)))
        return found

    def neighbours_number(self, card: PlacedCard) -> int:
        """As many as were chosen."""
        number: int = self.setting(card, "number")
        return number

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """`section`: the records and how many there are; nothing if the reader may not see that object."""
        name = self.setting(card, OBJECT.name)
        section = page.section(name, self.setting(card, "properties"), self.neighbours_number(card))
        return {"section": section} if section else None


card_types.register(Associations())
