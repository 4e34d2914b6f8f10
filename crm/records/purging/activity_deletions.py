"""That an activity was deleted and brought back, once it goes itself."""

from crm.records.purging import Hanging, hanging

hanging.register(Hanging("activity deletions", deleted={"activity_deletion": ("activity_id",)}))
