"""The one value of an activity that is changed where it stands: a task's status, the outcome of a call or meeting."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from crm.activities.dating import refuse_by_date
from crm.activities.operations import update_activity
from crm.activities.queries import ActivityRow, get_activity
from crm.activities.views import blueprint
from crm.activities.views.edit import saved
from crm.activities.views.on_record import record_of
from crm.clock import now
from crm.db import unit_of_work
from crm.messages import N_, InvalidValue
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.records.values import parse_form
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.htmx import is_fragment, redirect_to, render_nothing

COMPLETED, OPEN = "COMPLETED", "NOT_STARTED"
DONE = N_("Task completed.")
CHANGED = ("records-changed",)


@blueprint.post("/activities/<int:activity_id>/quick")
@requires(SIGNED_IN)
def change_quickly(activity_id: int) -> Response:
    """Write the value of the kind's quick property and show the item again; other fields are left alone.

    With `list=1` no timeline is on the page: the list that asked brings itself up to date (SPEC 8.1).
    """
    activity, sent = get_activity(viewer(), activity_id, Verb.EDIT), request.values
    record = None if sent.get("list") == "1" else record_of(activity_id, sent.get("record"))
    name = activity.type.quick_property if activity.type else None
    if activity.type is None or name is None or name not in sent:
        raise NotFound(f"nothing of activity {activity_id} is changed that way")
    values, errors = parse_form(activity.object_type, {name: sent[name]}, reading_context())
    if errors:
        raise InvalidValue(errors[name])
    refuse_by_date(activity.type, activity.values, values, now())
    with unit_of_work():
        update_activity(viewer(), activity_id, values)
    if record is None:
        return _to_list(activity, name, values[name])
    return saved(activity, record, expanded="closed" not in sent)


def _to_list(activity: ActivityRow, name: str, value: Any) -> Response:
    """Back to the list, which may have lost the row: a task that is completed there says so and can be undone."""
    before = activity.values.get(name) or OPEN
    if value == COMPLETED != before:
        flash(DONE, undo_url=f"/activities/{activity.id}/quick?{urlencode({'list': 1, name: before})}")
    return render_nothing(CHANGED) if is_fragment() else redirect_to(f"/objects/{activity.object_type.plural_name}")
