"""Files that hang on the records themselves."""

import sqlalchemy as sa

from crm.db import db
from crm.files.models import Attachment
from crm.merging.parts import MergePart, Merging, Parting, copy_rows, largest_id, merge_parts

ATTACHMENT: sa.Table = Attachment.__table__  # type: ignore[assignment]
MARK = "attachment_mark"


def _unite(merging: Merging) -> None:
    for source in merging.sources:
        condition = sa.and_(ATTACHMENT.c.record_id == source, ATTACHMENT.c.archived_at.is_(None))
        copy_rows(ATTACHMENT, {"record_id": merging.merged_id}, condition, (ATTACHMENT.c.id,))
    merging.marks[MARK] = largest_id(ATTACHMENT, ATTACHMENT.c.record_id == merging.merged_id)


def newer_attachments(parting: Parting) -> sa.ColumnElement[bool]:
    """The condition that a file was attached to the merged record after the merge."""
    return sa.and_(ATTACHMENT.c.record_id == parting.merged_id, ATTACHMENT.c.id > parting.attachment_mark)


def _part(parting: Parting) -> None:
    moved = sa.update(ATTACHMENT).where(newer_attachments(parting))
    db.session.execute(moved.values(record_id=parting.primary_id))
    db.session.execute(sa.delete(ATTACHMENT).where(ATTACHMENT.c.record_id == parting.merged_id))


merge_parts.register(MergePart("attachments", ("attachment",), _unite, _part, position=40))
