"""The properties that matter most about a record, edited where they stand (SPEC 1.5)."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm.layouts.cards import CardLink, CardSetting, CardType, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.page import RecordPage
from crm.messages import N_, Lowered, Message
from crm.objects.schema import ObjectType

ABOUT = N_("About this %(object)s")


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

    def title(self, card: PlacedCard, object_type: ObjectType) -> Message:
        """About this contact."""
        return Message(ABOUT, object=Lowered(object_type.label))

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """`shown`: the properties."""
        return {"shown": page.shown(card, self.setting(card, "properties"))}

    def links(self, page: RecordPage, card: PlacedCard) -> Sequence[CardLink]:
        """To all properties and to what they were."""
        here = f"/records/{page.record.id}"
        return (
            CardLink(N_("View all properties"), "list", f"{here}/properties"),
            CardLink(N_("View property history"), "clock", f"{here}/history"),
        )


card_types.register(About())
