"""Associated records of one object as a table: searched, sorted, filtered and paged (SPEC 1.6, REC-34)."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm.layouts.association_tables import TableMaker
from crm.layouts.cards import CardLink, CardSetting, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.neighbours import OBJECT, NeighbourCard, associated_objects
from crm.layouts.page import RecordPage
from crm.messages import N_, Lowered, Message
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb

MOST_COLUMNS = 12
MOST_FILTERS = 5
CREATE = N_("Create %(object)s")


class AssociationTable(NeighbourCard):
    """A table of the records of one object."""

    name = "association_table"
    label = N_("Association table")
    icon = "lines"
    places = frozenset({Place.MIDDLE})
    position = 40
    settings = (
        OBJECT,
        CardSetting("properties", N_("Columns"), "properties", default=(), most=MOST_COLUMNS, of=OBJECT.name),
        CardSetting("filters", N_("Quick filters"), "conditions", default=(), most=MOST_FILTERS, of=OBJECT.name),
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
        """`section` and its `table`; nothing if the reader may not see that object."""
        names = self.setting(card, "properties")
        section = page.section(self.setting(card, OBJECT.name), names, self.neighbours_number(card))
        if section is None:
            return None
        kind = section.object_type
        maker = TableMaker(
            page=page,
            kind=kind,
            path=f"/records/{page.record.id}/cards/{card.key}",
            names=tuple(name for name in names if name in kind.properties),
            offered=tuple(self.setting(card, "filters")),
        )
        return {"section": section, "table": maker.make(section)}

    def links(self, page: RecordPage, card: PlacedCard) -> Sequence[CardLink]:
        """To make another one that is linked to the record at once."""
        kind = self.object_of(card, page.record.type)
        if kind is None or not page.can_edit or not page.viewer.may(kind.name, Verb.CREATE):
            return ()
        url = f"/objects/{kind.plural_name}/new?associate_with={page.record.id}"
        return (CardLink(Message(CREATE, object=Lowered(kind.label)), "plus", url, "panel"),)


card_types.register(AssociationTable())
