"""The newest files of a record and of its activities, and more of them attached (SPEC 1.9)."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm.activities.attachments import files_on
from crm.layouts.cards import CardSetting, CardType, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.page import RecordPage
from crm.messages import N_
from crm.objects.schema import ObjectType


class Attachments(CardType):
    """A section of the right column."""

    name = "attachments"
    label = N_("Attachments")
    icon = "attachment"
    places = frozenset({Place.LEFT, Place.MIDDLE, Place.RIGHT, Place.PREVIEW})
    is_single = True
    position = 40
    settings = (CardSetting("number", N_("How many are shown"), "number", default=5, most=20),)
    reloads_on = ("attachments-changed", "activity-logged", "activity-deleted", "activity-restored", "record-updated")

    def in_default(self, object_type: ObjectType) -> Sequence[tuple[Place, int, PlacedCard]]:
        """Below what the record is associated with."""
        return (
            (Place.RIGHT, 200, PlacedCard(self.name, self.name)),
            (Place.PREVIEW, 200, PlacedCard(f"preview-{self.name}", self.name)),
        )

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """`files`; the form has neither an `error` nor a `key` it was sent with before."""
        return {"files": files_on(page.viewer, page.record, self.setting(card, "number")), "error": None, "key": ""}


card_types.register(Attachments())
