"""A phone call."""

from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType, Title, at_once
from crm.messages import N_

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
        title=Title(N_("Call logged by %(name)s")),
        is_contact=True,
        reached_by=("phone",),
        template="activities/types/_call.html",
        composer_fields=("outcome", "direction", "activity_date", "duration_ms", "call_type", "title"),
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
