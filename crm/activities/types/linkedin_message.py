"""A message on LinkedIn."""

from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType, Title, at_once
from crm.messages import N_

activity_types.register(
    ActivityType(
        name="linkedin_message",
        object_type="communication",
        label=N_("LinkedIn message"),
        plural_label=N_("LinkedIn messages"),
        log_label=N_("Log a LinkedIn message"),
        icon="linkedin",
        position=60,
        title=Title(N_("LinkedIn message logged by %(name)s")),
        is_contact=True,
        template="activities/types/_linkedin_message.html",
        composer_fields=("direction", "activity_date"),
        fact_fields=("direction",),
        required_fields=("body",),
        fixed_values={"channel": "LINKEDIN_MESSAGE"},
        inbound_direction="INBOUND",
        defaults=at_once(direction="OUTBOUND"),
    )
)
