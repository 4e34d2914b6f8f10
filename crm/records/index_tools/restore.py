"""Deleted records, and bringing them back."""

from crm.messages import N_
from crm.records.deletions import may_restore_all
from crm.records.index_tools import IndexTool, index_tools

index_tools.register(
    IndexTool(
        "restore",
        N_("Restore records"),
        "undo",
        url=lambda object_type: f"/objects/{object_type.plural_name}/bin",
        is_for=lambda viewer, _object_type: may_restore_all(viewer),
        position=10,
    )
)
