"""The record as it was on some day."""

from crm.messages import N_
from crm.records.record_tools import RecordTool, record_tools

record_tools.register(RecordTool("as_of", N_("View as it was on a date"), "calendar", "as-of", position=35))
