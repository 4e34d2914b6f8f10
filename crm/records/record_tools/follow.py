"""Following the record, and no longer."""

from crm.messages import N_
from crm.permissions.viewer import Viewer
from crm.records.following import is_following
from crm.records.queries import RecordRow
from crm.records.record_tools import RecordTool, Switch, record_tools


def _switch(viewer: Viewer, record: RecordRow) -> Switch:
    is_on = is_following(viewer, record)
    label, icon = (N_("Unfollow"), "bell-off") if is_on else (N_("Follow"), "bell")
    return Switch(label, icon, "following", {"on": "0" if is_on else "1"})


record_tools.register(RecordTool("follow", N_("Follow"), "bell", "following", switch=_switch, position=10))
