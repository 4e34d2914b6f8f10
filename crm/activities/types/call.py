"""A phone call; one that lies ahead is planned."""

from datetime import datetime
from typing import Any

from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType, Title, Values, at_once
from crm.messages import N_, Message
from crm.records.errors import InvalidInput

# What only a call that has been made has.
AFTERWARDS = ("outcome", "duration_ms")


def is_open(values: Values, now: datetime) -> bool:
    """A call is open while it lies ahead."""
    moment = values.get("activity_date")
    return moment is not None and moment > now


def faults(values: Values) -> dict[str, Message]:
    """Only a call that somebody logged may be without a status: a telephone that is joined to us knows it."""
    if values.get("source") is None or values.get("status") is not None:
        return {}
    return {"status": Message(N_("A call that came from a telephone system has a status."))}


def by_date(values: Values, now: datetime) -> dict[str, Any]:
    """A call that lies ahead is planned: it has neither an outcome nor a length; raises InvalidInput."""
    if is_open(values, now):
        text = N_("The call lies ahead: this is known afterwards.")
        if errors := {name: Message(text) for name in AFTERWARDS if values.get(name) is not None}:
            raise InvalidInput(errors)
    return {}


activity_types.register(
    ActivityType(
        name="call",
        object_type="call",
        label=N_("Call"),
        plural_label=N_("Calls"),
        log_label=N_("Log a call"),
        icon="call",
        position=30,
        is_main=True,
        title=Title(N_("Call logged by %(name)s"), ahead=N_("Call planned by %(name)s")),
        is_contact=True,
        reached_by=("phone",),
        template="activities/types/_call.html",
        composer_fields=("outcome", "direction", "activity_date", "duration_ms", "call_type", "title"),
        more_fields=("to_number", "from_number", "status", "source", "recording_url"),
        quick_property="outcome",
        tools_template="activities/types/_call_tools.html",
        people_label=N_("Contacted"),
        is_open=is_open,
        by_date=by_date,
        known_afterwards=AFTERWARDS,
        faults=faults,
        takes_future=True,
        fact_fields=(
            "outcome",
            "direction",
            "duration_ms",
            "call_type",
            "status",
            "source",
            "from_number",
            "to_number",
            "recording_url",
        ),
        heading_property="title",
        searched_properties=("body",),
        contacts_emailed_or_called=True,
        inbound_direction="INBOUND",
        defaults=at_once(direction="OUTBOUND"),
    )
)
