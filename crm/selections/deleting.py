"""Deleting all records or activities of a selection, in bulk (SPEC 5.1)."""

from collections.abc import Sequence

from crm.activities.operations import archive_activity, restore_activity
from crm.bulk.registry import Applied, Changed, Settings
from crm.messages import N_, Lowered, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import AccountRight, Verb
from crm.permissions.errors import Forbidden
from crm.permissions.viewer import Viewer
from crm.records.operations import archive_record, restore_record
from crm.selections.refusals import REFUSALS, Refusals
from crm.selections.selection import read

DELETE = "delete_selected"
"""The kind of work in bulk that does it."""

LABEL = N_("Deleting many records")
TITLE = N_("Deleting %(objects)s")
NOT_MANY = N_("You may delete records one by one. Deleting many at once is a right of its own.")


def title(settings: Settings) -> Message:
    """What people read of it."""
    kind = schema().types.get(settings["selection"]["object_type"])
    return Message(TITLE, objects=Lowered(kind.plural_label)) if kind else Message(LABEL)


def refusal(viewer: Viewer, kind: ObjectType, count: int) -> Message | None:
    """Why the viewer may not delete so many."""
    return Message(NOT_MANY) if count > 1 and not viewer.has_right(AccountRight.BULK_DELETE) else None


def apply(actor: Viewer, run_id: int, settings: Settings, ids: Sequence[int]) -> Applied:
    """Delete each, restorably; what cannot be is counted with its reason. Raises Forbidden for who may no longer."""
    kind = read(settings["selection"]).object_type
    if (settings["is_many"] or len(ids) > 1) and not actor.has_right(AccountRight.BULK_DELETE):
        raise Forbidden(f"{actor.name} may delete {kind.plural_name} one by one")
    changes, refusals = [], Refusals()
    for record_id in ids:
        try:
            if kind.is_activity:
                archive_activity(actor, record_id)
            else:
                archive_record(actor, record_id)
            changes.append(Changed(record_id))
        except REFUSALS as error:
            refusals.add(error)
    return Applied(changes, refusals.skipped, refusals.messages())


def undo(actor: Viewer, run_id: int, settings: Settings, changes: Sequence[Changed]) -> None:
    """Bring back what is still deleted."""
    kind = read(settings["selection"]).object_type
    if not actor.may(kind.name, Verb.DELETE):
        raise Forbidden(f"{actor.name} may delete no {kind.plural_name}")
    for change in changes:
        try:
            if kind.is_activity:
                restore_activity(actor, change.one_id)
            else:
                restore_record(actor, change.one_id)
        except REFUSALS:
            continue
