"""What records are associated with, and the labels of that."""

from collections.abc import Collection

from crm.associations.labels import create_label
from crm.associations.operations import associate
from crm.associations.queries import neighbourhoods
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer

ALL = 1_000


def associated_ids(viewer: Viewer, record_id: int, from_object: str, to_object: str) -> list[int]:
    """The visible records of one object that a record is linked to, the newest first."""
    found = neighbourhoods(viewer, record_id, from_object, {to_object: ALL})[0].neighbours
    return sorted((one.record_id for one in found), reverse=True)


def make_label(actor: Viewer, one: str, other: str, text: str, inverse_text: str = "") -> int:
    """A label, in a unit of its own."""
    end_read()
    with unit_of_work():
        return create_label(actor, one, other, text, inverse_text)


def relate_as(actor: Viewer, record_id: int, other_id: int, labels: Collection[int]) -> None:
    """Link two records with these labels, in a unit of its own."""
    end_read()
    with unit_of_work():
        associate(actor, record_id, other_id, labels=labels)
