"""That it was merged, and that it may be the same as another."""

from crm.records.purging import Hanging, hanging

hanging.register(
    Hanging(
        "merges",
        deleted={
            "record_merge": ("merged_id", "primary_id", "secondary_id"),
            "duplicate_pair": ("record_id", "other_id"),
        },
    )
)
