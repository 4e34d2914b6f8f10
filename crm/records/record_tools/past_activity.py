"""Activity of associated records, put onto this one too; the page stands in crm/past_activity."""

from crm.messages import N_
from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.records.queries import RecordRow
from crm.records.record_tools import RecordTool, may, record_tools

# What can be taken over; who asks the page itself is told by crm/past_activity.
TAKEN = ("call", "email", "note", "meeting", "task")


def _takes_any(viewer: Viewer, record: RecordRow) -> bool:
    return may(Verb.EDIT)(viewer, record) and any(record.type.takes(name) for name in TAKEN)


record_tools.register(
    RecordTool("past_activity", N_("Add past activity"), "clock", "past-activity", is_for=_takes_any, position=65)
)
