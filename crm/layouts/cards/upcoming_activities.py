"""The next activities of a record that are still to come (SPEC 1.6)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from crm.clock import now
from crm.layouts.cards import CardSetting, CardType, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.page import RecordPage
from crm.messages import N_
from crm.objects.schema import ObjectType
from crm.timeline.items import item

MOST = 3
PERIODS = {
    "": N_("At any time"),
    "7": N_("In the next 7 days"),
    "30": N_("In the next 30 days"),
    "90": N_("In the next 90 days"),
}


def periods_offered(object_type: ObjectType) -> list[tuple[str, str]]:
    """How far ahead such a card can look."""
    return list(PERIODS.items())


class UpcomingActivities(CardType):
    """Open tasks and future meetings, the nearest three."""

    name = "upcoming_activities"
    label = N_("Upcoming activities")
    icon = "calendar"
    places = frozenset({Place.MIDDLE})
    position = 13
    settings = (CardSetting("period", N_("Period"), "choice", default="", choices=periods_offered),)
    reloads_on = ("activity-logged", "activity-moved")

    def in_default(self, object_type: ObjectType) -> Sequence[tuple[Place, int, PlacedCard]]:
        """Under what happened last."""
        return ((Place.MIDDLE, 30, PlacedCard("upcoming", self.name)),)

    def activities_shown(self, card: PlacedCard) -> tuple[int, int]:
        """The nearest three."""
        return 0, MOST

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """`items`."""
        entries, period = page.activities[1][:MOST], self.setting(card, "period")
        if period in PERIODS and period:
            last = now() + timedelta(days=int(period))
            entries = [one for one in entries if one.moment <= last]
        return {"items": [item(entry, page.look) for entry in entries]}


card_types.register(UpcomingActivities())
