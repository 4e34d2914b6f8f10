"""What records are associated with."""

from crm.associations.queries import neighbourhoods
from crm.permissions.viewer import Viewer

ALL = 1_000


def associated_ids(viewer: Viewer, record_id: int, from_object: str, to_object: str) -> list[int]:
    """The visible records of one object that a record is linked to, the newest first."""
    found = neighbourhoods(viewer, record_id, from_object, {to_object: ALL})[0].neighbours
    return sorted((one.record_id for one in found), reverse=True)
