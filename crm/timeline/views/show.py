"""The timeline and single entries of it (REC-18 to REC-29)."""

from collections.abc import Collection
from urllib.parse import urlencode

from flask import Response, request

from crm.records.queries import get_record
from crm.timeline import queries
from crm.timeline.items import item
from crm.timeline.selection import Selection
from crm.timeline.views import blueprint
from crm.timeline.views.screen import OF_THE_MOMENT, add_details, look_at, timeline_screen
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import is_fragment, redirect_to, render

PARTS = ("before", "upcoming", "after")


@blueprint.get("/records/<int:record_id>/timeline")
@requires(SIGNED_IN)
def show(record_id: int) -> Response:
    """The timeline as its address says; `?before=`, `?after=` and `?upcoming=` answer the next part of it."""
    record = get_record(viewer(), record_id)
    context = timeline_screen(record, f"/records/{record_id}/timeline")
    context |= {"record": record, "object_type": record.type}
    key = next((request.args[name] for name in PARTS if request.args.get(name)), None)
    if key and is_fragment():
        return render("timeline/show.html", "timeline/_more.html", key=key, **context)
    left_out = OF_THE_MOMENT if context["timeline"].is_window else (*OF_THE_MOMENT, "activity")
    push_url = f"/records/{record_id}?{_page_state(left_out)}" if is_fragment() else None
    return render("timeline/show.html", "timeline/_timeline.html", push_url=push_url, **context)


def _page_state(left_out: Collection[str]) -> str:
    pairs = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if name not in left_out and (value or name == "kind")
    ]
    return urlencode([("tab", "activities"), *pairs])


@blueprint.get("/records/<int:record_id>/timeline/entries/<int:entry_id>")
@requires(SIGNED_IN)
def entry(record_id: int, entry_id: int) -> Response:
    """One entry, `?expanded=1` or `0`; `&comments=1` adds its comments, `&q=` marks words (REC-27 to REC-29)."""
    record = get_record(viewer(), record_id)
    found = queries.get_entry(viewer(), record_id, entry_id)
    words = Selection.parse(request.args).get("words")
    shown = item(found, look_at(record, words[0] if words else ""), expanded=request.args.get("expanded") == "1")
    if not is_fragment():
        return redirect_to(shown.url)
    if shown.expanded:
        add_details(viewer(), [shown], with_comments=request.args.get("comments") == "1")
    return render("timeline/show.html", "timeline/_item.html", record=record, item=shown)
