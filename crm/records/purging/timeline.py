"""What its timeline tells, and what other timelines tell of it: of an activity that goes, of another record."""

from crm.records.purging import Hanging, hanging

hanging.register(Hanging("timeline", deleted={"timeline_entry": ("record_id", "activity_id", "other_id")}))
