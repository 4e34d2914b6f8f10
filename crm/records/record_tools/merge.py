"""Making one record of this and another one."""

from crm.messages import N_
from crm.permissions.actions import Verb
from crm.records.record_tools import RecordTool, may, record_tools

record_tools.register(RecordTool("merge", N_("Merge"), "merge", "merge", is_for=may(Verb.EDIT), position=80))
