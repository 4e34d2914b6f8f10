"""Up to four properties, large, at the top of the overview (SPEC 1.6)."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm.layouts.cards import CardSetting, CardType, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.page import RecordPage
from crm.messages import N_
from crm.objects.schema import ObjectType


class DataHighlights(CardType):
    """The values that one looks for first."""

    name = "data_highlights"
    label = N_("Data highlights")
    icon = "star"
    places = frozenset({Place.MIDDLE})
    position = 11
    settings = (CardSetting("properties", N_("Properties"), "properties", default=(), most=4),)

    def in_default(self, object_type: ObjectType) -> Sequence[tuple[Place, int, PlacedCard]]:
        """First on the overview."""
        settings = {"properties": object_type.layout.highlights}
        return ((Place.MIDDLE, 10, PlacedCard("highlights", self.name, settings=settings)),)

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """`shown`: the properties; nothing where none is chosen."""
        shown = page.shown(card, self.setting(card, "properties"), editable=False)
        return {"shown": shown} if shown else None


card_types.register(DataHighlights())
