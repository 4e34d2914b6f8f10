"""What the values were."""

from crm.messages import N_
from crm.records.record_tools import RecordTool, record_tools

record_tools.register(RecordTool("property_history", N_("View property history"), "clock", "history", position=30))
