"""Pinning an activity to the top of a record's timeline (SPEC 1.6)."""

from flask import Response, request

from crm.activities.operations import pin
from crm.activities.views import blueprint
from crm.db import unit_of_work
from crm.messages import N_
from crm.records.queries import get_record
from crm.timeline.selection import Selection
from crm.timeline.views import timeline_screen
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_number


@blueprint.post("/records/<int:record_id>/pin")
@requires(SIGNED_IN)
def pin_to_top(record_id: int) -> Response:
    """Pin an activity to the top of the record's timeline, or with `on=0` unpin it."""
    activity_id = whole_number(request.form.get("activity_id"))
    Selection.parse(request.form)
    is_on = request.form.get("on") == "1"
    with unit_of_work():
        replaced = pin(viewer(), record_id, activity_id if is_on else None)
    if is_on and replaced is not None:
        flash(N_("Pinned, in place of another activity."), undo_url=f"/records/{record_id}/pin/{replaced}")
    if not is_fragment():
        return redirect_to(f"/records/{record_id}?tab=activities")
    record = get_record(viewer(), record_id)
    screen = timeline_screen(record, f"/records/{record_id}/timeline", arguments=request.form)
    return render("timeline/show.html", "timeline/_timeline.html", record=record, object_type=record.type, **screen)


@blueprint.post("/records/<int:record_id>/pin/<int:activity_id>")
@requires(SIGNED_IN)
def pin_again(record_id: int, activity_id: int) -> Response:
    """Give an activity its place back that another one has taken."""
    with unit_of_work():
        pin(viewer(), record_id, activity_id)
    return redirect_to(f"/records/{record_id}?tab=activities")
