"""The choice of "Filter activity" (REC-22)."""

from urllib.parse import urlencode

from flask import Response, request
from werkzeug.datastructures import MultiDict

from crm.db import unit_of_work
from crm.records.queries import get_record
from crm.timeline.bar import kind_groups
from crm.timeline.filters.kind import NOTHING
from crm.timeline.kinds import chosen_kinds, remember_kinds
from crm.timeline.selection import Selection
from crm.timeline.views import blueprint
from crm.timeline.views.screen import timeline_screen
from crm.web.auth import SIGNED_IN, forget_viewer, requires, viewer
from crm.web.htmx import is_fragment, redirect_to, render


@blueprint.get("/records/<int:record_id>/timeline/kinds")
@requires(SIGNED_IN)
def show_kinds(record_id: int) -> Response:
    """The menu "Filter activity" for the filters of the address; without htmx a page of its own."""
    record = get_record(viewer(), record_id)
    selection = Selection.parse(request.args)
    expanded = [("expanded", "all")] if request.args.get("expanded") == "all" else []
    return render(
        "timeline/kinds.html",
        "timeline/_kinds.html",
        record=record,
        object_type=record.type,
        groups=kind_groups(selection.get("kind")),
        hidden=[*selection.arguments(without=["kind"]), *expanded],
    )


@blueprint.post("/records/<int:record_id>/timeline/kinds")
@requires(SIGNED_IN)
def choose_kinds(record_id: int) -> Response:
    """Take the choice of "Filter activity" and remember it for this person and object (REC-22)."""
    record = get_record(viewer(), record_id)
    kinds = _kinds()
    others = [(name, value) for name in ("owner", "team", "q", "expanded") for value in request.form.getlist(name)]
    state = [*(("kind", kind) for kind in kinds or [""]), *((name, value) for name, value in others if value)]
    Selection.parse(MultiDict(state))
    with unit_of_work():
        remember_kinds(viewer(), record.object_type, kinds)
    forget_viewer()
    path = f"/records/{record_id}/timeline"
    if not is_fragment():
        return redirect_to(f"{path}?{urlencode(state)}")
    screen = timeline_screen(record, path, arguments=MultiDict(state))
    push_url = f"/records/{record_id}?{urlencode([('tab', 'activities'), *state])}"
    context = {"record": record, "object_type": record.type} | screen
    return render("timeline/show.html", "timeline/_timeline.html", push_url=push_url, **context)


def _kinds() -> list[str]:
    choice = request.form.get("choice", "ticked")
    if choice == "all":
        return []
    if choice == "none":
        return [NOTHING]
    ticked, categories, whole = (request.form.getlist(name) for name in ("kind", "category", "whole"))
    return chosen_kinds(ticked, categories, whole)
