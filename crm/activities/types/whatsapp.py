"""A message on WhatsApp."""

from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType, Title, at_once
from crm.messages import N_

activity_types.register(
    ActivityType(
        name="whatsapp",
        object_type="communication",
        label=N_("WhatsApp message"),
        plural_label=N_("WhatsApp messages"),
        log_label=N_("Log a WhatsApp message"),
        icon="whatsapp",
        position=80,
        title=Title(N_("WhatsApp message logged by %(name)s")),
        is_contact=True,
        template="activities/types/_whatsapp.html",
        composer_fields=("direction", "activity_date"),
        fact_fields=("direction",),
        required_fields=("body",),
        fixed_values={"channel": "WHATS_APP"},
        inbound_direction="INBOUND",
        defaults=at_once(direction="OUTBOUND"),
    )
)
