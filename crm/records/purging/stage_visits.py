"""In which stages it was."""

from crm.records.purging import Hanging, hanging

hanging.register(Hanging("stage visits", deleted={"stage_visit": ("record_id",)}))
