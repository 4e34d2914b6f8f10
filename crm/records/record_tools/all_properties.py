"""Every property with its value."""

from crm.messages import N_
from crm.records.record_tools import RecordTool, record_tools

record_tools.register(RecordTool("all_properties", N_("View all properties"), "list", "properties", position=20))
