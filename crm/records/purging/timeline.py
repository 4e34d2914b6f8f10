"""What its timeline tells, and what other timelines tell of an activity that goes with it."""

from crm.records.purging import Hanging, hanging

hanging.register(Hanging("timeline", deleted={"timeline_entry": ("record_id", "activity_id")}))
