"""The history of one number as a graph, with its values in a table beside it (SPEC 1.6)."""

from collections.abc import Mapping
from typing import Any

from crm.layouts.cards import CardSetting, CardType, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.page import RecordPage
from crm.layouts.property_graphs import property_graph
from crm.layouts.statistics import is_number, numbers_offered
from crm.messages import N_
from crm.objects.schema import ObjectType
from crm.records.shown import for_record


class PropertyGraphCard(CardType):
    """How a number went up and down."""

    name = "property_graph"
    label = N_("Property history graph")
    icon = "gauge"
    places = frozenset({Place.MIDDLE})
    position = 80
    settings = (CardSetting("property", N_("Property"), "choice", default="", choices=numbers_offered),)

    def title(self, card: PlacedCard, object_type: ObjectType) -> str:
        """The property, where one is chosen."""
        prop = object_type.properties.get(self.setting(card, "property"))
        return prop.label if prop else self.label

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """`prop`, None while none is chosen, and its `graph`, None while it has no history."""
        record = page.record
        prop = record.type.properties.get(self.setting(card, "property"))
        if prop is None or not is_number(prop):
            return {"prop": None, "graph": None}
        return {"prop": prop, "graph": property_graph(record.id, prop, for_record(page.context, record.values))}


card_types.register(PropertyGraphCard())
