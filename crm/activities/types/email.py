"""A one-to-one e-mail, sent or received."""

from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType, Title, at_once
from crm.messages import N_

ADDRESSES = ("from_address", "to_addresses", "cc_addresses", "bcc_addresses")

activity_types.register(
    ActivityType(
        name="email",
        object_type="email",
        label=N_("Email"),
        plural_label=N_("Emails"),
        log_label=N_("Log an email"),
        icon="email",
        position=20,
        is_main=True,
        title=Title(
            N_("Email logged by %(name)s"),
            "direction",
            {
                "EMAIL": N_("Email sent by %(name)s"),
                "INCOMING_EMAIL": N_("Email received by %(name)s"),
                "FORWARDED_EMAIL": N_("Email forwarded by %(name)s"),
            },
        ),
        is_contact=True,
        reached_by=("email", "emails"),
        template="activities/types/_email.html",
        composer_fields=("title", "direction", "activity_date", *ADDRESSES),
        more_fields=("status",),
        fact_fields=(*ADDRESSES, "direction", "status", "opens", "clicks", "replies"),
        heading_property="title",
        searched_properties=("title",),
        contacts_emailed_or_called=True,
        inbound_direction="INCOMING_EMAIL",
        defaults=at_once(direction="EMAIL"),
    )
)
