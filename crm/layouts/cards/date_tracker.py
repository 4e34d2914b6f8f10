"""Up to four dates of the record on a line, with the days until each or since (SPEC 1.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from crm.clock import now
from crm.layouts.cards import CardSetting, CardType, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.page import RecordPage
from crm.messages import N_
from crm.objects.schema import ObjectType
from crm.records.shown import Shown
from crm.records.values import type_of

MOST_DATES = 4
TITLE = N_("Dates")
DATES = frozenset({"date", "date_time"})


@dataclass(frozen=True)
class TrackedDate:
    """One date; `days` from today, less than 0 when it has passed and None while it is unknown."""

    shown: Shown
    days: int | None


def dates_offered(object_type: ObjectType) -> list[tuple[str, str]]:
    """The properties of an object that hold a date or a moment."""
    return [(one.name, one.label) for one in object_type.properties.values() if type_of(one).name in DATES]


class DateTracker(CardType):
    """What was and what is to come, by date."""

    name = "date_tracker"
    label = N_("Property date tracker")
    icon = "calendar"
    places = frozenset({Place.LEFT, Place.MIDDLE, Place.RIGHT})
    position = 70
    settings = (
        CardSetting("properties", N_("Dates"), "properties", default=(), most=MOST_DATES, choices=dates_offered),
    )

    def title(self, card: PlacedCard, object_type: ObjectType) -> str:
        """Short, as its dates say what they are."""
        return TITLE

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """`dates`, in order, those unknown last."""
        offered = {name for name, _label in dates_offered(page.record.type)}
        names = [name for name in self.setting(card, "properties") if name in offered][:MOST_DATES]
        shown = page.shown(card, names, editable=False)
        dates = [TrackedDate(one, _days(page, page.record.values.get(one.name))) for one in shown]
        return {"dates": sorted(dates, key=lambda one: (one.days is None, one.days or 0))}


def _days(page: RecordPage, value: date | datetime | None) -> int | None:
    if value is None:
        return None
    zone = page.context.time_zone
    day = value.astimezone(zone).date() if isinstance(value, datetime) else value
    return (day - now().astimezone(zone).date()).days


card_types.register(DateTracker())
