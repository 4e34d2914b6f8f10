"""The Activities tab and its parts: the timeline with its filters, older pages, single entries (REC-18 to REC-29)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from crm.accounts.operations import set_preference
from crm.activities.queries import comments_of
from crm.activities.types import activity_types
from crm.db import unit_of_work
from crm.files.queries import attachments_of
from crm.messages import N_, InvalidValue
from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.records.queries import RecordRow, get_record
from crm.timeline import queries
from crm.timeline.bar import filter_bar
from crm.timeline.comments import CommentView, comment_views
from crm.timeline.entries import entry_types
from crm.timeline.filters.kind import NOTHING
from crm.timeline.items import Item, Look, item, view
from crm.timeline.selection import Selection
from crm.web.auth import SIGNED_IN, forget_viewer, requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_numbers

blueprint = Blueprint("timeline", __name__)
KINDS_PREFERENCE = "timeline_kinds"
# What a page that reloads its timeline tells about it: entries expanded, entries being changed, activities whose
# comments are open. They are of one moment and no part of the address.
OPENED, KEPT, TALKED = OF_THE_MOMENT = ("opened", "kept", "talked")


@blueprint.get("/records/<int:record_id>/timeline")
@requires(SIGNED_IN)
def show(record_id: int) -> Response:
    """The timeline as its address says; `?before=` and `?upcoming=` answer the next part of it."""
    record = get_record(viewer(), record_id)
    path = f"/records/{record_id}/timeline"
    before, upcoming_after = request.args.get("before") or None, request.args.get("upcoming") or None
    context = timeline_screen(record, path, before, upcoming_after)
    context |= {"record": record, "object_type": record.type}
    key = before or upcoming_after
    if key and is_fragment():
        return render("timeline/show.html", "timeline/_more.html", key=key, **context)
    push_url = f"/records/{record_id}?{_page_state()}" if is_fragment() else None
    return render("timeline/show.html", "timeline/_timeline.html", push_url=push_url, **context)


def _page_state() -> str:
    pairs = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if name not in OF_THE_MOMENT and (value or name == "kind")
    ]
    return urlencode([("tab", "activities"), *pairs])


@blueprint.post("/records/<int:record_id>/timeline/kinds")
@requires(SIGNED_IN)
def choose_kinds(record_id: int) -> Response:
    """Take the choice of "Filter activity" and remember it for this person and object (REC-22)."""
    record = get_record(viewer(), record_id)
    kinds = _chosen_kinds()
    others = [(name, value) for name in ("owner", "team", "q", "expanded") for value in request.form.getlist(name)]
    state = [*(("kind", kind) for kind in kinds or [""]), *((name, value) for name, value in others if value)]
    Selection.parse(MultiDict(state))
    with unit_of_work():
        remembered = dict(viewer().preferences.get(KINDS_PREFERENCE) or {})
        remembered[record.object_type] = kinds
        set_preference(viewer(), KINDS_PREFERENCE, remembered)
    forget_viewer()
    if not is_fragment():
        return redirect_to(f"/records/{record_id}/timeline?{urlencode(state)}")
    context = timeline_screen(record, f"/records/{record_id}/timeline", arguments=MultiDict(state))
    push_url = f"/records/{record_id}?{urlencode([('tab', 'activities'), *state])}"
    return render(
        "timeline/show.html",
        "timeline/_timeline.html",
        push_url=push_url,
        record=record,
        object_type=record.type,
        **context,
    )


def _chosen_kinds() -> list[str]:
    choice = request.form.get("choice", "ticked")
    if choice == "all":
        return []
    if choice == "none":
        return [NOTHING]
    known = [kind.name for kind in activity_types] + [entry.name for entry in entry_types]
    ticked = [name for name in known if name in request.form.getlist("kind")]
    if set(request.form.getlist("kind")) - set(known):
        raise InvalidValue(N_("There is no such type of activity."))
    if len(ticked) == len(known):
        return []
    return ticked or [NOTHING]


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


def look_at(record: RecordRow, words: str = "", all_expanded: bool = False) -> Look:
    """How the person signed in reads the timeline of a record."""
    can_edit = viewer().covers(record.object_type, Verb.EDIT, record.owner_id)
    return Look(
        viewer=viewer(),
        context=reading_context(),
        record_name=record.title,
        words=words,
        can_edit_record=can_edit,
        pinned_activity_id=record.pinned_activity_id,
        all_expanded=all_expanded,
    )


def timeline_screen(
    record: RecordRow,
    path: str,
    before: str | None = None,
    upcoming_after: str | None = None,
    arguments: MultiDict[str, str] | None = None,
) -> dict[str, Any]:
    """What the templates of the timeline need, for the filters in the address or else the remembered kinds."""
    given = request.args if arguments is None else arguments
    selection = Selection.parse(_with_remembered(given, record))
    all_expanded = given.get("expanded") == "all"
    look = look_at(record, (selection.get("words") or ("",))[0], all_expanded)
    if is_fragment():
        look = replace(look, opened=_ids(given, OPENED), kept=_ids(given, KEPT), talked=_ids(given, TALKED))
    page = queries.page(viewer(), record.id, selection, record.pinned_activity_id, before, upcoming_after)
    timeline = view(page, look, path, {"expanded": "all"} if all_expanded else {})
    add_details(viewer(), timeline.items)
    return {"timeline": timeline, "filters": filter_bar(selection, path, all_expanded)}


def _ids(given: MultiDict[str, str], name: str) -> frozenset[int]:
    return frozenset(whole_numbers(given, name))


def _with_remembered(given: MultiDict[str, str], record: RecordRow) -> MultiDict[str, str]:
    if "kind" in given:
        return given
    remembered = (viewer().preferences.get(KINDS_PREFERENCE) or {}).get(record.object_type) or []
    known = [name for name in remembered if name == NOTHING or name in activity_types or name in entry_types]
    whole: MultiDict[str, str] = MultiDict(given)
    whole.setlist("kind", known)
    return whole


def add_details(person: Viewer, items: Iterable[Item], with_comments: bool = False) -> None:
    """Give expanded items their attachments and, if asked for, their comments."""
    activities = [one for one in items if one.activity_id is not None and one.expanded]
    if not activities:
        return
    files: Mapping[int, Any] = attachments_of(person, [one.activity_id for one in activities if one.activity_id])
    for one in activities:
        one.attachments = files.get(one.activity_id or 0, [])
        if with_comments and one.activity_id:
            one.comments = comments_for(person, one.activity_id)


def comments_for(person: Viewer, activity_id: int) -> list[CommentView]:
    """The comments on an activity as the page shows them."""
    return comment_views(person, comments_of(person, activity_id))
