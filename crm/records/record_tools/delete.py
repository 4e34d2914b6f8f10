"""Deleting the record."""

from crm.messages import N_
from crm.permissions.actions import Verb
from crm.records.record_tools import RecordTool, may, record_tools

record_tools.register(
    RecordTool(
        "delete",
        N_("Delete"),
        "trash",
        "deletion",
        is_for=may(Verb.DELETE),
        is_dangerous=True,
        is_short=True,
        position=100,
    )
)
