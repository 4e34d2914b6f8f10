"""Who follows it, what people were told of it, and who was mentioned in it."""

from crm.records.purging import Hanging, hanging

hanging.register(
    Hanging(
        "notices",
        deleted={
            "record_follower": ("record_id",),
            "notification": ("record_id", "activity_id"),
            "mention": ("activity_id",),
        },
    )
)
