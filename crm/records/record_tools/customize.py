"""What the pages of such records show, for people who may change it."""

from crm.messages import N_
from crm.permissions.actions import AccountRight
from crm.permissions.viewer import Viewer
from crm.records.queries import RecordRow
from crm.records.record_tools import RecordTool, record_tools


def _may_customize(viewer: Viewer, _record: RecordRow) -> bool:
    return viewer.has_right(AccountRight.CUSTOMIZE_LAYOUT)


record_tools.register(
    RecordTool("customize", N_("Customize record"), "settings", "customize", is_for=_may_customize, position=95)
)
