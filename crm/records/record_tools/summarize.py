"""What is known of it in a few sentences; the page stands with the other parts of record pages."""

from crm.messages import N_
from crm.records.record_tools import RecordTool, record_tools

record_tools.register(
    RecordTool("summarize", N_("Summarize"), "lines", "summary", is_short=True, position=60)
)
