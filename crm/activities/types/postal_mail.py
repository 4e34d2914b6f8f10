"""A letter or a parcel."""

from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType, Title, at_once
from crm.messages import N_

activity_types.register(
    ActivityType(
        name="postal_mail",
        object_type="postal_mail",
        label=N_("Postal mail"),
        plural_label=N_("Postal mail"),
        log_label=N_("Log postal mail"),
        icon="postal-mail",
        position=90,
        title=Title(N_("Postal mail logged by %(name)s")),
        is_contact=True,
        template="activities/types/_postal_mail.html",
        composer_fields=("direction", "activity_date"),
        fact_fields=("direction",),
        required_fields=("body",),
        inbound_direction="INBOUND",
        defaults=at_once(direction="OUTBOUND"),
    )
)
