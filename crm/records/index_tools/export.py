"""All records of the object as a table; a part of them is taken away from the foot of the list."""

from crm.messages import N_
from crm.permissions.actions import AccountRight
from crm.records.index_tools import IndexTool, index_tools

index_tools.register(
    IndexTool(
        "export",
        N_("Export all"),
        "download",
        url=lambda object_type: f"/objects/{object_type.plural_name}/export?view=all",
        is_for=lambda viewer, _object_type: viewer.has_right(AccountRight.EXPORT),
        position=40,
    )
)
