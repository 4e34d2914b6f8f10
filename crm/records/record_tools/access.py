"""Who may see it."""

from crm.messages import N_
from crm.permissions.actions import AccountRight
from crm.records.record_tools import RecordTool, record_tools

record_tools.register(
    RecordTool(
        "access",
        N_("View record access"),
        "shield",
        "access",
        is_for=lambda viewer, _record: viewer.has_right(AccountRight.ACCOUNT_ACCESS),
        position=130,
    )
)
