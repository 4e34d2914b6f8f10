"""Comments on an activity (REC-30).

A request may name the `record` on whose timeline the activity is being read: the answer then carries the count of
comments that stands on the item.
"""

from dataclasses import dataclass
from typing import Any

from flask import Response, request

from crm.activities.comments import add_comment, delete_comment, edit_comment, read_body, restore_comment
from crm.activities.queries import CommentRow, get_activity, get_comment
from crm.activities.views import blueprint
from crm.db import unit_of_work
from crm.messages import N_, InvalidValue, Message
from crm.permissions.errors import Forbidden, NotFound
from crm.records.queries import get_record
from crm.timeline.comments import comment_views
from crm.timeline.queries import entry_of_activity
from crm.timeline.views import comments_for
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.flashes import flash
from crm.web.forms import once, remember, sent_key
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_number


@dataclass(frozen=True)
class Badge:
    """Where the count of comments stands on a timeline: the id of its entry, and where the count leads."""

    id: int
    comments_url: str


@blueprint.get("/activities/<int:activity_id>/comments")
@requires(SIGNED_IN)
def list_comments(activity_id: int) -> Response:
    """All comments on an activity, with the form for one more."""
    get_activity(viewer(), activity_id)
    return _comments(activity_id)


@blueprint.post("/activities/<int:activity_id>/comments")
@requires(SIGNED_IN)
def create_comment(activity_id: int) -> Response:
    """Add a comment, once however often the form is sent; an empty one comes back with a message."""
    get_activity(viewer(), activity_id)
    typed = request.form.get("body", "")
    try:
        body = read_body(typed)
    except InvalidValue as error:
        return _comments(activity_id, comment_body=typed, comment_error=error.message)
    key = sent_key()
    with unit_of_work():
        if once(key) is None:
            add_comment(viewer(), activity_id, body)
            remember(key, f"/activities/{activity_id}")
    return _after(activity_id)


@blueprint.get("/comments/<int:comment_id>")
@requires(SIGNED_IN)
def show_comment(comment_id: int) -> Response:
    """One comment."""
    comment = get_comment(viewer(), comment_id)
    return _one("activities/_comment.html", comment)


@blueprint.get("/comments/<int:comment_id>/edit")
@requires(SIGNED_IN)
def edit_form(comment_id: int) -> Response:
    """One's own comment as a form."""
    comment = _own(comment_id)
    return _one("activities/_comment_form.html", comment)


@blueprint.post("/comments/<int:comment_id>")
@requires(SIGNED_IN)
def save_comment(comment_id: int) -> Response:
    """Change one's own comment; what cannot be taken comes back as it was typed, with a message."""
    comment = _own(comment_id)
    typed = request.form.get("body", "")
    try:
        body = read_body(typed)
    except InvalidValue as error:
        return _one("activities/_comment_form.html", comment, status=422, error=error.message, typed=typed)
    with unit_of_work():
        edit_comment(viewer(), comment_id, body)
    if not is_fragment():
        return redirect_to(f"/activities/{comment.activity_id}")
    return _one("activities/_comment.html", get_comment(viewer(), comment_id))


@blueprint.post("/comments/<int:comment_id>/deletion")
@requires(SIGNED_IN)
def remove_comment(comment_id: int) -> Response:
    """Remove one's own comment, with the way back in the answer."""
    with unit_of_work():
        comment = delete_comment(viewer(), comment_id)
    if not is_fragment():
        flash(N_("Deleted."), undo_url=f"/comments/{comment_id}/restoration")
    return _after(comment.activity_id, deleted_comment=comment_id)


@blueprint.post("/comments/<int:comment_id>/restoration")
@requires(SIGNED_IN)
def bring_comment_back(comment_id: int) -> Response:
    """Take the removal of one's own comment back."""
    with unit_of_work():
        comment = restore_comment(viewer(), comment_id)
    return _after(comment.activity_id)


def _own(comment_id: int) -> CommentRow:
    comment = get_comment(viewer(), comment_id)
    if comment.author_id != viewer().user_id:
        raise Forbidden("a comment belongs to who wrote it")
    return comment


def _after(activity_id: int, **shown: Any) -> Response:
    """The comments as they are now, with the count on the item; without htmx the way to the activity."""
    if not is_fragment():
        return redirect_to(f"/activities/{activity_id}")
    return _comments(activity_id, badge=_badge(activity_id), **shown)


def _comments(activity_id: int, comment_error: Message | None = None, **shown: Any) -> Response:
    return render(
        "activities/comments.html",
        "activities/_comments.html",
        status=422 if comment_error else 200,
        activity_id=activity_id,
        record_id=_record_id(),
        comments=comments_for(viewer(), activity_id),
        comment_error=comment_error,
        **shown,
    )


def _one(fragment: str, comment: CommentRow, status: int = 200, **shown: Any) -> Response:
    return render(
        "activities/comments.html",
        fragment,
        status=status,
        fragment=fragment,
        activity_id=comment.activity_id,
        record_id=_record_id(),
        comment=comment_views(viewer(), [comment])[0],
        **shown,
    )


def _record_id() -> int | None:
    named = request.values.get("record")
    return whole_number(named) if named else None


def _badge(activity_id: int) -> Badge | None:
    record_id = _record_id()
    if record_id is None:
        return None
    try:
        get_record(viewer(), record_id)
        entry = entry_of_activity(viewer(), record_id, activity_id)
    except NotFound:
        return None
    return Badge(entry.id, f"/records/{record_id}/timeline/entries/{entry.id}?expanded=1&comments=1")
