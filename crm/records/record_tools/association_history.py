"""What it has been associated with."""

from crm.messages import N_
from crm.records.record_tools import RecordTool, record_tools

record_tools.register(
    RecordTool("association_history", N_("View association history"), "link", "associations/history", position=40)
)
