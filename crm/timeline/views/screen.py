"""What the templates of the timeline need, on the record page and on its own (REC-18 to REC-29)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from crm.activities.people import people_of
from crm.activities.queries import comments_of
from crm.files.queries import attachments_of
from crm.messages import Message
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.records.queries import RecordRow
from crm.timeline import queries, window
from crm.timeline.bar import filter_bar
from crm.timeline.comments import CommentView, comment_views
from crm.timeline.items import Item, Look
from crm.timeline.kinds import remembered_kinds
from crm.timeline.saved_filters import SavedFilter, get_filter
from crm.timeline.selection import EVERYTHING, Selection
from crm.timeline.timeline_view import view
from crm.web.auth import viewer
from crm.web.context import reading_context
from crm.web.htmx import is_fragment
from crm.web.numbers import whole_number, whole_numbers

# What a page that reloads its timeline tells about it: entries expanded, entries being changed, activities whose
# comments are open. They are of one moment and no part of the address.
OPENED, KEPT, TALKED = OF_THE_MOMENT = ("opened", "kept", "talked")


def timeline_screen(
    record: RecordRow, path: str, arguments: MultiDict[str, str] | None = None
) -> dict[str, Any]:
    """What the templates need, for the address or else `arguments`; raises InvalidValue, NotFound.

    `?activity=` asks for the part of the timeline round one activity, `after` and `before` for what is newer and older,
    `upcoming` for more of what is to come, and `filter` for filters kept under a name. A page that reloads after its
    activity has gone gets the whole timeline.
    """
    given = request.args if arguments is None else arguments
    expanded = given.get("expanded")
    look = look_at(record, all_expanded=expanded == "all")
    if is_fragment():
        look = replace(look, opened=_ids(given, OPENED), kept=_ids(given, KEPT), talked=_ids(given, TALKED))
    if given.get("activity") or given.get("after"):
        try:
            return _window(record, path, given, look, is_open=expanded != "none")
        except NotFound:
            if not is_fragment():
                raise
    selection, saved, notice = _selection(given, record)
    look = replace(look, words=(selection.get("words") or ("",))[0])
    before, upcoming_after = given.get("before") or None, given.get("upcoming") or None
    page = queries.page(viewer(), record.id, selection, record.pinned_activity_id, before, upcoming_after)
    timeline = view(page, look, path, {"expanded": "all"} if look.all_expanded else {})
    add_details(viewer(), timeline.items)
    bar = filter_bar(selection, path, look.all_expanded)
    return {"timeline": timeline, "filters": bar, "saved_filter": saved, "filter_notice": notice}


def _window(record: RecordRow, path: str, given: MultiDict[str, str], look: Look, is_open: bool) -> dict[str, Any]:
    """Part of the whole timeline, whatever filters are remembered: the activity asked for is among it."""
    linked = given.get("activity")
    if linked:
        activity_id = whole_number(linked)
        page = window.around(viewer(), record.id, activity_id, record.pinned_activity_id)
        look = replace(look, linked_activity_id=activity_id, opens_linked=is_open, has_focus=not is_fragment())
    else:
        page = window.newer(viewer(), record.id, given["after"], record.pinned_activity_id)
    timeline = view(page, look, path, {"expanded": "all"} if look.all_expanded else {})
    add_details(viewer(), timeline.items)
    more = [("activity", linked)] if linked else []
    bar = filter_bar(EVERYTHING, path, look.all_expanded, more)
    return {"timeline": timeline, "filters": bar, "saved_filter": None, "filter_notice": None}


def _selection(
    given: MultiDict[str, str], record: RecordRow
) -> tuple[Selection, SavedFilter | None, Message | None]:
    if given.get("filter"):
        saved = get_filter(viewer(), record.object_type, whole_number(given["filter"]))
        selection, notice = saved.read()
        return selection, saved, notice
    if "kind" in given:
        return Selection.parse(given), None, None
    whole: MultiDict[str, str] = MultiDict(given)
    whole.setlist("kind", remembered_kinds(viewer(), record.object_type))
    return Selection.parse(whole), None, None


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


def _ids(given: MultiDict[str, str], name: str) -> frozenset[int]:
    return frozenset(whole_numbers(given, name))


def add_details(person: Viewer, items: Iterable[Item], with_comments: bool = False) -> None:
    """Give expanded items their attachments and, if asked for, their comments."""
    activities = [one for one in items if one.activity_id is not None and one.expanded]
    if not activities:
        return
    with_people = [one.activity_id or 0 for one in activities if getattr(one.type, "people_label", "")]
    people = people_of(person, with_people)
    files: Mapping[int, Any] = attachments_of(person, [one.activity_id for one in activities if one.activity_id])
    for one in activities:
        one.people = people.get(one.activity_id or 0, ())
        one.attachments = files.get(one.activity_id or 0, [])
        if with_comments and one.activity_id:
            one.comments = comments_for(person, one.activity_id)


def comments_for(person: Viewer, activity_id: int) -> list[CommentView]:
    """The comments on an activity as the page shows them."""
    return comment_views(person, comments_of(person, activity_id))
