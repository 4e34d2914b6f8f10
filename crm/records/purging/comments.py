"""What people said about an activity that goes."""

from crm.records.purging import Hanging, hanging

hanging.register(Hanging("comments", deleted={"comment": ("activity_id",)}))
