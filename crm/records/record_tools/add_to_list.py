"""The lists that people fill; the form stands in crm/lists."""

from crm.messages import N_
from crm.records.record_tools import RecordTool, record_tools

record_tools.register(RecordTool("add_to_list", N_("Add to list"), "list", "lists", is_short=True, position=62))
