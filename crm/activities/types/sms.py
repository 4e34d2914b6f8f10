"""A text message on the phone."""

from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType, Title, at_once
from crm.messages import N_

activity_types.register(
    ActivityType(
        name="sms",
        object_type="communication",
        label=N_("SMS"),
        plural_label=N_("SMS"),
        log_label=N_("Log an SMS"),
        icon="sms",
        position=70,
        title=Title(N_("SMS logged by %(name)s")),
        is_contact=True,
        template="activities/types/_sms.html",
        composer_fields=("direction", "activity_date"),
        fact_fields=("direction",),
        required_fields=("body",),
        fixed_values={"channel": "SMS"},
        inbound_direction="INBOUND",
        defaults=at_once(direction="OUTBOUND"),
    )
)
