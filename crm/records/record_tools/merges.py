"""Which records have become this one."""

from crm.messages import N_
from crm.permissions.viewer import Viewer
from crm.records.queries import RecordRow
from crm.records.record_tools import RecordTool, record_tools

MERGED_IDS = "hs_merged_object_ids"


def _is_merged(_viewer: Viewer, record: RecordRow) -> bool:
    return bool(record.values.get(MERGED_IDS))


record_tools.register(RecordTool("merges", N_("View merges"), "clock", "merges", is_for=_is_merged, position=75))
