"""Its deleted activities, to bring them back."""

from crm.messages import N_
from crm.objects.queries import schema
from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.records.queries import RecordRow
from crm.records.record_tools import RecordTool, record_tools


def _may_delete_any(viewer: Viewer, _record: RecordRow) -> bool:
    return any(viewer.may(kind.name, Verb.DELETE) for kind in schema().types.values() if kind.is_activity)


record_tools.register(
    RecordTool(
        "restore_activity",
        N_("Restore activity"),
        "undo",
        is_for=_may_delete_any,
        url=lambda record: f"/records/{record.id}/activities/deleted",
        position=70,
    )
)
