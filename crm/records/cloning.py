"""Of which records a copy can be made (SPEC 1.3)."""

from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.records.queries import RecordRow

# Copies of people and firms would be duplicates.
NEVER = frozenset({"contact", "company"})


def may_clone(viewer: Viewer, record: RecordRow) -> bool:
    """Whether the person may make a copy of this record."""
    is_copied = record.object_type not in NEVER and not record.type.is_activity
    return is_copied and viewer.may(record.object_type, Verb.CREATE)


def naming_property(object_type: ObjectType) -> str:
    """The property that holds the name of a record."""
    return object_type.layout.primary_display[0]
