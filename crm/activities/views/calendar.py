"""A meeting as a file for calendars."""

from flask import Response, request

from crm.activities.calendar import MEETING, calendar_file
from crm.activities.queries import get_activity
from crm.activities.types.base import ActivityType
from crm.activities.views import blueprint
from crm.messages import N_
from crm.web.auth import SIGNED_IN, requires, viewer


@blueprint.get("/activities/<int:activity_id>/calendar")
@requires(SIGNED_IN)
def calendar(activity_id: int) -> Response:
    """The meeting as `.ics`, to be opened by a calendar or sent to whoever comes."""
    activity = get_activity(viewer(), activity_id)
    content = calendar_file(viewer(), activity, request.host.partition(":")[0])
    answer = Response(content, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="meeting-{activity_id}.ics"'
    return answer


def calendar_link(kind: ActivityType, activity_id: int | None) -> dict[str, str]:
    """What the message after logging a meeting leads to, for `flash`; nothing for other kinds."""
    if kind.name != MEETING or activity_id is None:
        return {}
    return {"link_url": f"/activities/{activity_id}/calendar", "link_label": N_("Calendar file (.ics)")}
