"""Deleting an activity, and bringing it back."""

from flask import Response, request

from crm.activities.operations import archive_activity, restore_activity
from crm.activities.queries import get_activity
from crm.activities.views import blueprint
from crm.activities.views.on_record import item_on, possible_record_of, record_of
from crm.db import unit_of_work
from crm.messages import N_
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import is_fragment, redirect_to, render

DELETED = "deleted"
"""The page of what was deleted, which a form may stand on."""

RESTORED = N_("The activity is back on every record it was on.")


@blueprint.post("/activities/<int:activity_id>/deletion")
@requires(SIGNED_IN)
def delete(activity_id: int) -> Response:
    """Delete the activity, with the way back in the answer."""
    activity = get_activity(viewer(), activity_id)
    record = possible_record_of(activity_id, request.form.get("record"))
    shown = item_on(activity, record) if record else None
    with unit_of_work():
        archive_activity(viewer(), activity_id)
    if record is None:
        flash(N_("Deleted."))
        return redirect_to(f"/objects/{activity.object_type.plural_name}")
    if not is_fragment():
        flash(N_("Deleted."), undo_url=f"/activities/{activity_id}/restoration")
        return redirect_to(f"/records/{record.id}?tab=activities")
    return render(
        "activities/_deleted.html", "activities/_deleted.html", events=("activity-deleted",), item=shown, record=record
    )


@blueprint.post("/activities/<int:activity_id>/restoration")
@requires(SIGNED_IN)
def restore(activity_id: int) -> Response:
    """Bring a deleted activity back."""
    named = request.form.get("record")
    record = record_of(activity_id, named) if named else None
    with unit_of_work():
        activity = restore_activity(viewer(), activity_id)
    record = record or possible_record_of(activity_id, None)
    if record is None:
        flash(RESTORED)
        return redirect_to(f"/activities/{activity_id}")
    if request.form.get("then") == DELETED:
        flash(RESTORED)
        return redirect_to(f"/records/{record.id}/activities/{DELETED}")
    if not is_fragment():
        return redirect_to(f"/records/{record.id}?tab=activities")
    item = item_on(activity, record)
    return render("timeline/show.html", "timeline/_item.html", events=("activity-restored",), item=item, record=record)
