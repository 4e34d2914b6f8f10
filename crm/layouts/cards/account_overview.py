"""A company as an account, in a few lines: target or not, its contacts by buying role, last contact (SPEC 1.10)."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm.layouts.account import COMPANY, DATES, TARGET, contact_counts
from crm.layouts.cards import CardType, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.page import RecordPage
from crm.messages import N_
from crm.objects.schema import ObjectType
from crm.records.shown import show_all


class AccountOverview(CardType):
    """A tool of companies."""

    name = "account_overview"
    label = N_("Account overview")
    icon = "company"
    places = frozenset({Place.LEFT, Place.MIDDLE, Place.RIGHT, Place.PREVIEW})
    is_single = True
    position = 50
    reloads_on = (
        "record-updated",
        "associations-changed",
        "activity-logged",
        "activity-moved",
        "activity-deleted",
        "activity-restored",
    )

    def fits(self, object_type: ObjectType) -> bool:
        """Companies alone are accounts."""
        return object_type.name == COMPANY

    def in_default(self, object_type: ObjectType) -> Sequence[tuple[Place, int, PlacedCard]]:
        """On top of the right column."""
        return ((Place.RIGHT, 10, PlacedCard("account", self.name)),)

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """`is_target`, `contacts` (None for who may see none) and the two `dates`."""
        record = page.record
        return {
            "is_target": bool(record.values.get(TARGET)),
            "contacts": contact_counts(page.viewer, record.id),
            "dates": show_all(record.type, DATES, record.values, page.context),
        }


card_types.register(AccountOverview())
