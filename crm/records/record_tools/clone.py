"""A copy of the record."""

from crm.messages import N_
from crm.records.cloning import may_clone
from crm.records.record_tools import RecordTool, record_tools

record_tools.register(
    RecordTool("clone", N_("Clone"), "copy", "clone", is_for=may_clone, is_short=True, position=90)
)
