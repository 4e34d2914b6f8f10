"""Deleting a record, and bringing it back by the link that is shown right after (SPEC 4.7)."""

from flask import Response, request

from crm.db import unit_of_work
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.permissions.actions import Verb
from crm.permissions.errors import MergedAway, NotFound
from crm.records.deletions import KEPT, deleted_object
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
DELETED_BEFORE = N_("This record was deleted already.")
BACK_BEFORE = N_("%(name)s is back already.")
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
    """Delete the record and show the index; contacts may be deleted for good. Sent twice, it says so."""
    way = request.form.get("way", RESTORABLE)
    try:
        record = get_record(viewer(), record_id, Verb.DELETE)
        if way not in WAYS or (way == PERMANENT and record.object_type not in PRIVATE):
            raise InvalidValue(NO_SUCH_WAY)
        with unit_of_work():
            archive_record(viewer(), record_id, permanently=way == PERMANENT)
    except NotFound:
        deleted = deleted_object(viewer(), record_id)
        if deleted is None:
            raise
        flash(DELETED_BEFORE)
        return redirect_to(f"/objects/{schema().object_type(deleted).plural_name}")
    if way == PERMANENT:
        flash(Message(GONE, name=record.title))
    else:
        flash(Message(DELETED, name=record.title), undo_url=f"/records/{record_id}/restoration")
    return redirect_to(f"/objects/{record.type.plural_name}")


@blueprint.post("/records/<int:record_id>/restoration")
@requires(SIGNED_IN)
def restore(record_id: int) -> Response:
    """Bring a deleted record back and open it; 422 with the reason where it cannot. Sent twice, it says so."""
    text = RESTORED
    try:
        with unit_of_work():
            restore_record(viewer(), record_id)
    except NotFound as error:
        try:
            there = get_record(viewer(), record_id)
        except MergedAway:
            raise error from None
        if not viewer().covers(there.object_type, Verb.DELETE, there.owner_id):
            raise
        text = BACK_BEFORE
    flash(Message(text, name=get_record(viewer(), record_id).title))
    return redirect_to(f"/records/{record_id}")
