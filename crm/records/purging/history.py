"""What its values were, and what it was linked to."""

from crm.records.purging import Hanging, hanging

hanging.register(
    Hanging("history", deleted={"property_history": ("record_id",), "link_history": ("record_id", "other_id")})
)
