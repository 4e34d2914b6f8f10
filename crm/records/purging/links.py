"""Links to other records, and to activities: those stay, without it."""

from crm.records.purging import Hanging, hanging

hanging.register(
    Hanging(
        "links",
        deleted={"association": ("from_record_id", "to_record_id"), "activity_link": ("record_id", "activity_id")},
    )
)
