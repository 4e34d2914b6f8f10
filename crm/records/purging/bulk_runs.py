"""Work in bulk that was about it: with it goes what the work changed, so there is nothing left to undo."""

from crm.bulk.operations import forget_values
from crm.records.purging import Hanging, hanging

# What a run changed goes with the run (ON DELETE CASCADE). Where a run about something else named it, undoing that
# run passes over what is no longer there; what values it had are not kept until then.
hanging.register(Hanging("bulk runs", deleted={"bulk_run": ("record_id",)}, before=forget_values))
