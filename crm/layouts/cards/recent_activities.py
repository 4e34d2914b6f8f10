"""The newest activities of a record (SPEC 1.6, REC-33)."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm.activities.types import activity_types
from crm.layouts.cards import CardSetting, CardType, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.page import RecordPage
from crm.messages import N_
from crm.objects.schema import ObjectType
from crm.timeline import queries as timeline
from crm.timeline.items import item

PREVIEWED = 3


def kinds_offered(object_type: ObjectType) -> list[tuple[str, str]]:
    """The kinds of activity that may be logged on the records of an object."""
    return [(kind.name, kind.plural_label) for kind in activity_types if object_type.takes(kind.object_type)]


class RecentActivities(CardType):
    """What happened last."""

    name = "recent_activities"
    label = N_("Recent activities")
    icon = "activity"
    places = frozenset({Place.MIDDLE, Place.PREVIEW})
    position = 12
    settings = (
        CardSetting("number", N_("How many are shown"), "number", default=5, most=20),
        CardSetting("kinds", N_("Kinds of activity"), "choices", default=(), choices=kinds_offered),
        CardSetting("is_condensed", N_("Titles only"), "switch", default=False),
    )
    reloads_on = ("activity-logged", "activity-moved")

    def in_default(self, object_type: ObjectType) -> Sequence[tuple[Place, int, PlacedCard]]:
        """On the overview, and short in the preview."""
        return (
            (Place.MIDDLE, 20, PlacedCard("recent", self.name)),
            (Place.PREVIEW, 20, PlacedCard("preview-recent", self.name, settings={"number": PREVIEWED})),
        )

    def activities_shown(self, card: PlacedCard) -> tuple[int, int]:
        """Those of all kinds are read together with what other cards show."""
        return (0, 0) if self.setting(card, "kinds") else (self.setting(card, "number"), 0)

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """`items`, and whether they are `is_condensed`; chosen kinds cost queries of their own."""
        number, kinds = self.setting(card, "number"), self.setting(card, "kinds")
        if kinds:
            entries, _ = timeline.glance(page.viewer, page.record.id, number, kinds=kinds)
        else:
            entries = page.activities[0][:number]
        items = [item(entry, page.look) for entry in entries]
        return {"items": items, "is_condensed": self.setting(card, "is_condensed")}


card_types.register(RecentActivities())
