"""Reading attachments, always through the visibility gate (DESIGN 6)."""
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.db import Base, db
from crm.files.models import Attachment, StoredFile
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.permissions.scopes import activity_visible_to, guarded, visible_to
from crm.permissions.viewer import Viewer


@dataclass(frozen=True)
class AttachmentItem:
    """One attached file as pages show it; `created_at` is UTC."""

    id: int
    record_id: int
    name: str
    size: int
    media_type: str
    sha256: str
    actor_id: int | None
    created_at: datetime


def attachments_of(viewer: Viewer, record_ids: Collection[int]) -> dict[int, list[AttachmentItem]]:
    """The attachments of each record or activity in `record_ids` that `viewer` may see, oldest first.

    One query for all; ids without attachments, hidden or unknown are simply absent.
    """
    found: dict[int, list[AttachmentItem]] = {}
    if not record_ids:
        return found
    wanted = _items(viewer).where(Attachment.record_id.in_(sorted(record_ids))).order_by(Attachment.id)
    for row in db.session.execute(wanted):
        item = AttachmentItem(**row._mapping)
        found.setdefault(item.record_id, []).append(item)
    return found


def get_attachment(viewer: Viewer, attachment_id: int, verb: Verb = Verb.VIEW) -> AttachmentItem:
    """One attachment; raises NotFound when it is gone, or hangs on nothing that `viewer` may `verb`."""
    row = db.session.execute(_items(viewer, verb).where(Attachment.id == attachment_id)).first()
    if row is None:
        raise NotFound(f"attachment {attachment_id}")
    return AttachmentItem(**row._mapping)


def get_content(viewer: Viewer, sha256: str) -> AttachmentItem:
    """The newest attachment with these bytes that `viewer` may see; raises NotFound."""
    wanted = _items(viewer).where(StoredFile.sha256 == sha256).order_by(Attachment.id.desc()).limit(1)
    row = db.session.execute(wanted).first()
    if row is None:
        raise NotFound(f"file {sha256}")
    return AttachmentItem(**row._mapping)


def _items(viewer: Viewer, verb: Verb = Verb.VIEW) -> sa.Select[Any]:
    record = Base.metadata.tables["record"]
    columns = (
        Attachment.id,
        Attachment.record_id,
        Attachment.name,
        StoredFile.size,
        StoredFile.media_type,
        StoredFile.sha256,
        Attachment.actor_id,
        Attachment.created_at,
    )
    statement = (
        sa.select(*columns)
        .join(StoredFile, StoredFile.id == Attachment.file_id)
        .join(record, record.c.id == Attachment.record_id)
        .where(Attachment.archived_at.is_(None), _reachable(viewer, record), visible_to(viewer, record, verb))
    )
    return guarded(statement, viewer)


def _reachable(viewer: Viewer, record: Any) -> sa.ColumnElement[bool]:
    object_type = Base.metadata.tables["object_type"]
    is_activity = (
        sa.select(sa.literal(1))
        .where(object_type.c.name == record.c.object_type, object_type.c.is_activity)
        .correlate(record)
        .exists()
    )
    return sa.or_(~is_activity, activity_visible_to(viewer, record))
