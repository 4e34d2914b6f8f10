"""Records of the object that may be the same; offered where records are compared."""

from crm.messages import N_
from crm.permissions.actions import Verb
from crm.records.identifiers import identified_by
from crm.records.index_tools import IndexTool, index_tools

index_tools.register(
    IndexTool(
        "duplicates",
        N_("Manage duplicates"),
        "merge",
        url=lambda object_type: f"/objects/{object_type.plural_name}/duplicates",
        is_for=lambda viewer, kind: identified_by(kind) is not None and viewer.may(kind.name, Verb.EDIT),
        position=20,
    )
)
