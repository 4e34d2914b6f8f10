"""A meeting: its start is the activity date."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType, Title, Values
from crm.messages import N_

# What these say is over, even when the hour has not come.
CLOSED_OUTCOMES = frozenset({"COMPLETED", "NO_SHOW", "CANCELED"})
PLACE = ("location_type", "location", "video_link")


def is_open(values: Values, now: datetime) -> bool:
    """A meeting is open while it lies ahead and nobody has said how it ended."""
    start = values.get("activity_date")
    return start is not None and start > now and values.get("outcome") not in CLOSED_OUTCOMES


def defaults(now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Half an hour from the next full hour of the viewer's zone."""
    # Whole hours of UTC are not whole hours everywhere: India is half an hour off.
    start = now.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(now.tzinfo) + timedelta(hours=1)
    return {"activity_date": start, "ends_at": start + timedelta(minutes=30), "outcome": "SCHEDULED"}


activity_types.register(
    ActivityType(
        name="meeting",
        object_type="meeting",
        label=N_("Meeting"),
        plural_label=N_("Meetings"),
        log_label=N_("Log a meeting"),
        icon="meeting",
        position=50,
        is_main=True,
        title=Title(
            N_("Meeting logged by %(name)s"),
            "outcome",
            {
                "SCHEDULED": N_("Meeting scheduled by %(name)s"),
                "RESCHEDULED": N_("Meeting rescheduled by %(name)s"),
                "COMPLETED": N_("Meeting held by %(name)s"),
                "NO_SHOW": N_("Meeting by %(name)s, nobody came"),
                "CANCELED": N_("Meeting by %(name)s, canceled"),
            },
        ),
        is_contact=True,
        template="activities/types/_meeting.html",
        composer_fields=("title", "activity_date", "ends_at", "outcome", "meeting_type", *PLACE, "internal_note"),
        fact_fields=("activity_date", "ends_at", "outcome", "meeting_type", *PLACE, "internal_note"),
        required_fields=("activity_date",),
        heading_property="title",
        searched_properties=("body",),
        is_open=is_open,
        defaults=defaults,
    )
)
