"""How many activities of each kind there were, came in and went out, in some time (SPEC 1.6)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from crm.clock import now
from crm.layouts.cards import CardSetting, CardType, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.page import RecordPage
from crm.messages import N_
from crm.objects.schema import ObjectType
from crm.timeline.totals import MOST_COUNTED, totals

EVER, DEFAULT = "ever", "90"
PERIODS = (
    ("7", N_("The last 7 days")),
    ("30", N_("The last 30 days")),
    (DEFAULT, N_("The last 90 days")),
    ("365", N_("The last 365 days")),
    (EVER, N_("All time")),
)


def periods_offered(object_type: ObjectType) -> Sequence[tuple[str, str]]:
    """The times that can be looked at."""
    return PERIODS


def begin_of(period: str) -> datetime | None:
    """When a period begins, None for all time; the one that stands there by itself for a name that is none."""
    if period == EVER:
        return None
    return now() - timedelta(days=int(period if period in dict(PERIODS) else DEFAULT))


class ActivityTotals(CardType):
    """Counts that open what they count."""

    name = "activity_totals"
    label = N_("Activity totals")
    icon = "activity"
    places = frozenset({Place.MIDDLE, Place.RIGHT})
    position = 45
    settings = (CardSetting("period", N_("Time"), "choice", default=DEFAULT, choices=periods_offered),)
    reloads_on = ("activity-logged", "activity-moved", "activity-deleted", "activity-restored")

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """`totals` of the chosen or asked `period`."""
        asked = page.arguments.get("period", "")
        period = asked if asked in dict(PERIODS) else self.setting(card, "period")
        period = period if period in dict(PERIODS) else DEFAULT
        found = totals(page.viewer, page.record.id, begin_of(period))
        return {"totals": found, "period": period, "periods": PERIODS, "most": MOST_COUNTED}


card_types.register(ActivityTotals())
