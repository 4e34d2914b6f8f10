"""All that is known of a contact as files; the pages stand in crm/exports."""

from crm.messages import N_
from crm.permissions.actions import AccountRight
from crm.records.record_tools import RecordTool, record_tools

record_tools.register(
    RecordTool(
        "export",
        N_("Export data"),
        "download",
        "export",
        is_for=lambda viewer, record: record.object_type == "contact" and viewer.has_right(AccountRight.EXPORT),
        is_short=True,
        position=110,
    )
)
