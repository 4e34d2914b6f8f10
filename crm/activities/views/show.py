"""An activity on its own page, and the menu of what can be done to it."""

from flask import Response, request

from crm.activities.queries import get_activity, links_of
from crm.activities.views import blueprint
from crm.activities.views.on_record import activity_url, item_alone, item_on, possible_record_of, record_of
from crm.associations.sections import Card
from crm.timeline.views import comments_for
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import is_fragment, redirect_to, render

SHOWN_LINKS = 100


@blueprint.get("/activities/<int:activity_id>")
@requires(SIGNED_IN)
def show(activity_id: int) -> Response:
    """The activity with its body, comments and the records it is on; `?record=` is where the reader came from."""
    activity = get_activity(viewer(), activity_id)
    record = possible_record_of(activity_id, request.args.get("record"))
    links = links_of(viewer(), activity_id, limit=SHOWN_LINKS)
    shown = item_on(activity, record, expanded=True) if record else item_alone(activity)
    shown.comments = comments_for(viewer(), activity_id)
    return render(
        "activities/show.html",
        item=shown,
        record=record,
        object_type=record.type if record else activity.object_type,
        associations=[Card(one.record_id, one.display_name or f"#{one.record_id}", one.object_type) for one in links],
    )


@blueprint.get("/activities/<int:activity_id>/preview")
@requires(SIGNED_IN)
def preview(activity_id: int) -> Response:
    """The activity expanded, beside the list of its object (SPEC 8.1)."""
    activity = get_activity(viewer(), activity_id)
    record = possible_record_of(activity_id, None)
    return render(
        "activities/preview.html",
        "activities/_preview.html",
        item=item_on(activity, record, expanded=True) if record else item_alone(activity),
        record=record,
        object_type=activity.object_type,
    )


@blueprint.get("/activities/<int:activity_id>/menu")
@requires(SIGNED_IN)
def menu(activity_id: int) -> Response:
    """What can be done to the activity, on the timeline of `?record=`."""
    activity = get_activity(viewer(), activity_id)
    record = record_of(activity_id, request.args.get("record"))
    if not is_fragment():
        return redirect_to(activity_url(activity_id, record))
    shown = item_on(activity, record)
    return render("activities/_menu.html", "activities/_menu.html", item=shown, record=record)
