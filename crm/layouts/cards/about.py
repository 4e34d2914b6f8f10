"""The properties that matter most about a record, edited where they stand (SPEC 1.5)."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm.layouts.cards import CardSetting, CardType, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.page import RecordPage
from crm.messages import N_
from crm.objects.schema import ObjectType


class About(CardType):
    """About this contact."""

    name = "about"
    label = N_("About this record")
    icon = "info"
    places = frozenset({Place.LEFT, Place.PREVIEW})
    position = 10
    settings = (CardSetting("properties", N_("Properties"), "properties", default=()),)
    reloads_on = ()  # each property reads itself again

    def in_default(self, object_type: ObjectType) -> Sequence[tuple[Place, int, PlacedCard]]:
        """First in the left column and in the preview."""
        settings = {"properties": object_type.layout.about}
        return (
            (Place.LEFT, 10, PlacedCard("about", self.name, settings=settings, may_edit=True)),
            (Place.PREVIEW, 10, PlacedCard("preview-about", self.name, settings=settings)),
        )

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """`shown`: the properties."""
        return {"shown": page.shown(card, self.setting(card, "properties"))}


card_types.register(About())
