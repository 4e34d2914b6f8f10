"""Any properties of the record, chosen in the layout (SPEC 1.5, 1.6)."""

from collections.abc import Mapping
from typing import Any

from crm.layouts.cards import CardSetting, CardType, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.page import RecordPage
from crm.messages import N_


class PropertyList(CardType):
    """A list of up to fifty properties."""

    name = "property_list"
    label = N_("Property list")
    icon = "list"
    places = frozenset(Place)
    position = 20
    settings = (CardSetting("properties", N_("Properties"), "properties", default=()),)
    reloads_on = ()  # each property reads itself again

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """`shown`: the properties."""
        return {"shown": page.shown(card, self.setting(card, "properties"))}


card_types.register(PropertyList())
