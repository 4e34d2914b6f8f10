"""The history of an activity (SPEC 1.6)."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from crm.accounts.queries import directory
from crm.activities.history import ActivityChange, changes_of_activity
from crm.activities.queries import ActivityRow, get_activity
from crm.activities.reasons import reasons
from crm.activities.views import blueprint
from crm.activities.views.on_record import activity_url, record_of
from crm.messages import Message
from crm.objects.queries import schema
from crm.records.history import archived_labels
from crm.records.history_shown import BY_THE_PROGRAM, text_of
from crm.records.page_moments import read_place
from crm.records.source import in_words
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import render

PAGE_SIZE = 50


@blueprint.get("/activities/<int:activity_id>/history")
@requires(SIGNED_IN)
def history(activity_id: int) -> Response:
    """One page of what happened to the activity, the newest first; `?record=` is where the reader came from."""
    activity = get_activity(viewer(), activity_id)
    record = record_of(activity_id, request.args.get("record"))
    key = request.args.get("page-key", "")
    found = changes_of_activity(viewer(), activity_id, read_place(key), PAGE_SIZE + 1)
    shown, is_last = found[:PAGE_SIZE], len(found) <= PAGE_SIZE
    here, of_record = f"/activities/{activity_id}/history", {"record": record.id}
    older = "" if is_last else f"{here}?{urlencode(of_record | {'page-key': str(shown[-1].place)})}"
    return render(
        "activities/history.html",
        "activities/_history.html",
        activity=activity,
        activity_url=activity_url(activity_id, record),
        lines=_lines(activity, shown),
        logged_by=_who(activity.values.get("created_by")) if is_last else None,
        older_url=older,
        newest_url=f"{here}?{urlencode(of_record)}" if key else "",
    )


def _lines(activity: ActivityRow, changes: list[ActivityChange]) -> list[dict[str, Any]]:
    archived = archived_labels(activity.object_type, [one.property_name for one in changes if one.property_name])
    # Who did it stands beside the reason already.
    links = [replace(one, actor_id=None) for one in changes if one.other_id is not None and one.is_added]
    told = dict(zip((one.place for one in links), reasons(viewer(), links), strict=True))
    return [
        {"change": one, "who": _who(one.actor_id), "why": told.get(one.place)} | _told(activity, one, archived)
        for one in changes
    ]


def _told(activity: ActivityRow, change: ActivityChange, archived: Any) -> dict[str, Any]:
    if change.property_name:
        prop = activity.object_type.properties.get(change.property_name)
        context = reading_context()
        return {
            "label": prop.label if prop else archived.get(change.property_name, change.property_name),
            "old": text_of(prop, change.old, context),
            "new": text_of(prop, change.new, context),
            "why": in_words(change.source, change.source_detail),
        }
    if change.other_id is None:
        return {}
    return {"kind": schema().object_type(change.other_type).label}


def _who(user_id: int | None) -> str | Message:
    return directory().name_of(user_id) or BY_THE_PROGRAM
