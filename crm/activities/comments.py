"""Remarks on activities: everyone who sees the activity may comment; one's own may be changed (SPEC 1.6)."""

import sqlalchemy as sa

from crm.activities.models import Comment
from crm.activities.queries import CommentRow, get_activity, get_comment
from crm.clock import now
from crm.db import db
from crm.events import CommentChanged, publish
from crm.messages import N_, InvalidValue, Message
from crm.permissions.errors import Forbidden
from crm.permissions.viewer import Viewer

MAX_LENGTH = 10_000


def read_body(text: str) -> str:
    """What was typed, without the space around it; raises InvalidValue when nothing or too much remains."""
    body = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not body:
        raise InvalidValue(N_("Write something first."))
    if len(body) > MAX_LENGTH:
        raise InvalidValue(Message(N_("At most %(limit)s characters."), limit=f"{MAX_LENGTH:,}"))
    return body


def add_comment(actor: Viewer, activity_id: int, body: str) -> int:
    """Comment on an activity the actor may see and return the comment's id; raises NotFound."""
    activity = get_activity(actor, activity_id)
    values = {"activity_id": activity_id, "author_id": actor.user_id, "body": body, "created_at": now()}
    comment_id = db.session.execute(sa.insert(Comment).values(**values)).inserted_primary_key[0]
    publish(CommentChanged(actor, activity_id, activity.kind, body, is_new=True))
    return comment_id


def edit_comment(actor: Viewer, comment_id: int, body: str) -> CommentRow:
    """Change one's own comment; raises NotFound, Forbidden."""
    comment = _own(actor, comment_id)
    db.session.execute(sa.update(Comment).where(Comment.id == comment_id).values(body=body, edited_at=now()))
    _tell(actor, comment, body)
    return comment


def delete_comment(actor: Viewer, comment_id: int) -> CommentRow:
    """Remove one's own comment; a super admin may remove any. Raises NotFound, Forbidden."""
    comment = _own(actor, comment_id, or_super_admin=True)
    db.session.execute(sa.update(Comment).where(Comment.id == comment_id).values(archived_at=now()))
    _tell(actor, comment)
    return comment


def restore_comment(actor: Viewer, comment_id: int) -> CommentRow:
    """Bring back a removed comment; who may remove it may. Raises NotFound, also when it is not removed, Forbidden."""
    comment = _own(actor, comment_id, or_super_admin=True, is_removed=True)
    db.session.execute(sa.update(Comment).where(Comment.id == comment_id).values(archived_at=None))
    _tell(actor, comment, comment.body)
    return comment


def _own(actor: Viewer, comment_id: int, or_super_admin: bool = False, is_removed: bool = False) -> CommentRow:
    comment = get_comment(actor, comment_id, is_removed)
    if comment.author_id != actor.user_id and not (or_super_admin and actor.is_super_admin):
        raise Forbidden("a comment belongs to who wrote it")
    return comment


def _tell(actor: Viewer, comment: CommentRow, body: str = "") -> None:
    activity = get_activity(actor, comment.activity_id)
    publish(CommentChanged(actor, activity.id, activity.kind, body))
