"""Deleting a record, and bringing it back by the link that is shown right after (SPEC 4.7)."""

from flask import Response, request

from crm.db import unit_of_work
from crm.messages import N_, InvalidValue, Message
from crm.permissions.actions import Verb
from crm.records.deletions import KEPT
from crm.records.operations import archive_record, restore_record
from crm.records.queries import get_record
from crm.records.views import blueprint
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render

RESTORABLE, PERMANENT = WAYS = ("restorable", "permanent")
# People may ask to be forgotten; of things nobody does.
PRIVATE = frozenset({"contact"})
DELETED = N_("%(name)s was deleted.")
GONE = N_("%(name)s was deleted for good.")
RESTORED = N_("%(name)s is back.")
NO_SUCH_WAY = N_("Choose how to delete it.")


@blueprint.get("/records/<int:record_id>/deletion")
@requires(SIGNED_IN)
def ask_deletion(record_id: int) -> Response:
    """What deleting the record means, with the button that does it."""
    record = get_record(viewer(), record_id, Verb.DELETE)
    return render(
        "records/deletion.html",
        "records/_deletion.html",
        record=record,
        object_type=record.type,
        has_choice=record.object_type in PRIVATE,
        days=KEPT.days,
    )


@blueprint.post("/records/<int:record_id>/deletion")
@requires(SIGNED_IN)
def delete(record_id: int) -> Response:
    """Delete the record and show the index; contacts may be deleted for good."""
    record = get_record(viewer(), record_id, Verb.DELETE)
    way = request.form.get("way", RESTORABLE)
    if way not in WAYS or (way == PERMANENT and record.object_type not in PRIVATE):
        raise InvalidValue(NO_SUCH_WAY)
    with unit_of_work():
        archive_record(viewer(), record_id, permanently=way == PERMANENT)
    if way == PERMANENT:
        flash(Message(GONE, name=record.title))
    else:
        flash(Message(DELETED, name=record.title), undo_url=f"/records/{record_id}/restoration")
    return redirect_to(f"/objects/{record.type.plural_name}")


@blueprint.post("/records/<int:record_id>/restoration")
@requires(SIGNED_IN)
def restore(record_id: int) -> Response:
    """Bring a deleted record back and open it; 422 with the reason where it cannot come back."""
    with unit_of_work():
        restore_record(viewer(), record_id)
    record = get_record(viewer(), record_id)
    flash(Message(RESTORED, name=record.title))
    return redirect_to(f"/records/{record_id}")
