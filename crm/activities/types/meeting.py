"""A meeting: its start is the activity date."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType, Title, Values
from crm.messages import N_, Message
from crm.properties.types.checkboxes import SEPARATOR

# What these say is over, even when the hour has not come.
CLOSED_OUTCOMES = frozenset({"COMPLETED", "NO_SHOW", "CANCELED"})
MOST_REMINDERS = 3
PLACE = ("location_type", "location", "video_link")


def is_open(values: Values, now: datetime) -> bool:
    """A meeting is open while it lies ahead and nobody has said how it ended."""
    start = values.get("activity_date")
    return start is not None and start > now and values.get("outcome") not in CLOSED_OUTCOMES


def faults(values: Values) -> dict[str, Message]:
    """A meeting does not end before it starts, and has at most three reminders."""
    found = {}
    starts_at, ends_at = values.get("activity_date"), values.get("ends_at")
    if ends_at is not None and starts_at is not None and ends_at < starts_at:
        found["ends_at"] = Message(N_("The end is before the start."))
    if len((values.get("reminders") or "").split(SEPARATOR)) > MOST_REMINDERS:
        found["reminders"] = Message(N_("At most %(limit)s reminders."), limit=MOST_REMINDERS)
    return found


def hides(values: Values) -> frozenset[str]:
    """The place that the kind of place leaves out: a meeting by video has no address, one on the spot no link."""
    kind = values.get("location_type")
    if kind is None:
        return frozenset()
    return frozenset({"location"} if kind == "VIDEO_LINK" else {"video_link"})


def by_date(values: Values, now: datetime) -> dict[str, Any]:
    """A meeting that is over was held unless somebody says otherwise; one that lies ahead is scheduled."""
    start = values.get("activity_date")
    over = values.get("ends_at") or start
    outcome = values.get("outcome")
    if over is not None and over <= now and outcome in (None, "SCHEDULED"):
        return {"outcome": "COMPLETED"}
    if start is not None and start > now and outcome is None:
        return {"outcome": "SCHEDULED"}
    return {}


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
        composer_fields=("title", "activity_date", "ends_at", "outcome", "meeting_type", *PLACE),
        more_fields=("reminders", "internal_note"),
        quick_property="outcome",
        tools_template="activities/types/_meeting_tools.html",
        people_label=N_("Attendees"),
        hides=hides,
        by_date=by_date,
        faults=faults,
        takes_future=True,
        fact_fields=(
            "activity_date",
            "ends_at",
            "outcome",
            "meeting_type",
            *PLACE,
            "attendee_users",
            "reminders",
            "internal_note",
        ),
        required_fields=("activity_date",),
        heading_property="title",
        searched_properties=("body",),
        is_open=is_open,
        defaults=defaults,
    )
)
