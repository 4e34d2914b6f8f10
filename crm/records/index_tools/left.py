"""The activities that are left on no live record, which super admins alone are shown (SPEC 8.1)."""

from crm.messages import N_
from crm.records.index_tools import IndexTool, index_tools

index_tools.register(
    IndexTool(
        "left",
        N_("Show what is on no record"),
        "link",
        url=lambda object_type: f"/objects/{object_type.plural_name}?left=1",
        is_for=lambda viewer, object_type: object_type.is_activity and viewer.is_super_admin,
        position=30,
    )
)
