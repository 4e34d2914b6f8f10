"""A note: what somebody wants remembered about a record."""

from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType, Title
from crm.messages import N_

activity_types.register(
    ActivityType(
        name="note",
        object_type="note",
        label=N_("Note"),
        plural_label=N_("Notes"),
        log_label=N_("Create a note"),
        icon="note",
        position=10,
        is_main=True,
        title=Title(N_("Note by %(name)s")),
        template="activities/types/_note.html",
        composer_fields=("activity_date",),
        required_fields=("body",),
        searched_properties=("body",),
    )
)
