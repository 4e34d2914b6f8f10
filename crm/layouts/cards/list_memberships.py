"""The lists a record is on (SPEC 1.10, REC-58)."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm.layouts.cards import CardLink, CardType, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.page import RecordPage
from crm.lists.queries import memberships
from crm.lists.watching import watched
from crm.messages import N_
from crm.objects.schema import ObjectType


class ListMemberships(CardType):
    """A section of the right column; of the lists only those that the reader may use."""

    name = "list_memberships"
    label = N_("List memberships")
    icon = "list"
    places = frozenset({Place.LEFT, Place.MIDDLE, Place.RIGHT})
    is_single = True
    position = 45
    reloads_on = ("lists-changed", "record-updated")

    def fits(self, object_type: ObjectType) -> bool:
        """Activities are on no lists."""
        return not object_type.is_activity

    def in_default(self, object_type: ObjectType) -> Sequence[tuple[Place, int, PlacedCard]]:
        """Below the attachments."""
        return ((Place.RIGHT, 210, PlacedCard(self.name, self.name)),)

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """`memberships`, by the names of the lists; these are not looked for while there are none of such records."""
        is_any = page.record.object_type in watched().object_types
        return {"memberships": memberships(page.viewer, page.record) if is_any else []}

    def links(self, page: RecordPage, card: PlacedCard) -> Sequence[CardLink]:
        """The form that puts it on others."""
        return (CardLink(N_("Add to lists, or take off"), "list", f"/records/{page.record.id}/lists", "dialog"),)


card_types.register(ListMemberships())
