"""Associated records of one object as a table (SPEC 1.6)."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm.layouts.cards import CardSetting, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.neighbours import OBJECT, NeighbourCard, associated_objects
from crm.layouts.page import RecordPage
from crm.messages import N_
from crm.objects.schema import ObjectType


class AssociationTable(NeighbourCard):
    """A table of the records of one object."""

    name = "association_table"
    label = N_("Association table")
    icon = "lines"
    places = frozenset({Place.MIDDLE})
    position = 40
    settings = (
        OBJECT,
        CardSetting("properties", N_("Columns"), "properties", default=(), most=12, of=OBJECT.name),
    )

    def in_default(self, object_type: ObjectType) -> Sequence[tuple[Place, int, PlacedCard]]:
        """One for each associated object."""
        found = []
        for number, kind in enumerate(associated_objects(object_type)):
            settings = {"object": kind.name, "properties": kind.layout.card_columns}
            key = f"table-{kind.plural_name}"
            found.append((Place.MIDDLE, 100 + number, PlacedCard(key, self.name, settings=settings)))
        return found

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """`section`: the records and how many there are; nothing if the reader may not see that object."""
        name = self.setting(card, OBJECT.name)
        section = page.section(name, self.setting(card, "properties"), self.neighbours_number(card))
        return {"section": section} if section else None


card_types.register(AssociationTable())
