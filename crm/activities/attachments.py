"""The files on a record: its own and those of its activities, and what became of them in a merge (SPEC 1.9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from crm.accounts.queries import directory
from crm.activities.models import ActivityLink
from crm.db import db
from crm.events import FilesChanged
from crm.files.images import MOST_BYTES
from crm.files.models import Attachment, StoredFile
from crm.files.queries import AttachmentItem, get_attachment
from crm.files.storage import IMAGE_TYPES
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.permissions.scopes import guarded, unguarded, visible_to
from crm.permissions.viewer import Viewer
from crm.properties.types.file import kept_files
from crm.records.counts import bounded_text
from crm.records.models import RECORD_ID, Record
from crm.records.queries import RecordRow, became, get_passport, get_record
from crm.statements import Statements

COUNT_LIMIT = 1_000
VALUE = N_("This file is the value of “%(label)s”. Take it away there.")
NO_PAGE = N_("This page does not exist; start again from the first.")
ATTACHMENT: sa.Table = Attachment.__table__  # type: ignore[assignment]
FILE: sa.Table = StoredFile.__table__  # type: ignore[assignment]
LINK: sa.Table = ActivityLink.__table__  # type: ignore[assignment]
RECORD: sa.Table = Record.__table__  # type: ignore[assignment]
ON, BEFORE = sa.bindparam("record_id", type_=RECORD_ID), sa.bindparam("before", type_=RECORD_ID)
LAST = 2**63 - 1


@dataclass(frozen=True)
class FileOnRecord:
    """One file on a record: `source` is the object type of what it hangs on, the record itself or an activity.

    A file that is the value of a property has the label of that, and is taken away there.
    """

    item: AttachmentItem
    source: ObjectType
    can_remove: bool
    uploader: str = ""
    property_label: str = ""

    @property
    def is_picture(self) -> bool:
        """Whether it can be looked at where it stands."""
        return self.item.media_type in IMAGE_TYPES and self.item.size <= MOST_BYTES

    @property
    def source_url(self) -> str:
        """Where the activity is that it came with; "" for the record's own files."""
        return f"/activities/{self.item.record_id}" if self.source.is_activity else ""


@dataclass(frozen=True)
class FilesPage:
    """Some of the files on a record, newest first; `next_key` continues after them, None at the end."""

    files: Sequence[FileOnRecord] = field(default_factory=tuple)
    count: int = 0
    next_key: int | None = None

    @property
    def count_text(self) -> str:
        """How many the viewer may see in all, for people: "5" or "1,000+"."""
        return bounded_text(self.count, COUNT_LIMIT)


def files_on(viewer: Viewer, record: RecordRow, limit: int = 5, before: str | None = None) -> FilesPage:
    """The newest files of a record the viewer has been let into and of its activities that they may see; one query.

    `before` is the key of an earlier page; raises InvalidValue for one that is none.
    """
    statement = _statements.get((viewer.rights, limit), lambda: _files_on(viewer, limit))
    rows = db.session.execute(statement, {"record_id": record.id, "before": _place(before)}).all()
    labels = _file_values(record)
    shown = [_file(viewer, row, labels if row.record_id == record.id else {}) for row in rows[:limit]]
    next_key = shown[-1].item.id if len(rows) > limit else None
    return FilesPage(shown, rows[0].amount if rows else 0, next_key)


def _place(before: str | None) -> int:
    if before is None:
        return LAST
    if not before.isdecimal() or len(before) > 18:
        raise InvalidValue(NO_PAGE)
    return int(before)


_statements = Statements()


def _files_on(viewer: Viewer, limit: int) -> Any:
    """The record's own files, and those of the activities on it: whoever sees the record sees these by their type."""
    own = _hanging(ATTACHMENT.c.record_id == ON)
    theirs = _hanging(visible_to(viewer, RECORD)).join(LINK, LINK.c.activity_id == ATTACHMENT.c.record_id)
    theirs = theirs.where(LINK.c.record_id == ON, LINK.c.has_files)
    # An activity is not on itself, so nothing stands in both.
    found = sa.union_all(own, theirs).subquery()
    counted = sa.select(found.c.id).limit(COUNT_LIMIT + 1).subquery()
    amount = sa.select(sa.func.count()).select_from(counted).scalar_subquery()
    columns = [found.c[one] for one in found.c.keys() if one != "file_id"]  # noqa: SIM118 - of columns, not of a dict
    page = (
        sa.select(*columns, FILE.c.size, FILE.c.media_type, FILE.c.sha256, amount.label("amount"))
        .join_from(found, FILE, FILE.c.id == found.c.file_id)
        .where(found.c.id < BEFORE)
        .order_by(found.c.id.desc())
        .limit(limit + 1)
    )
    return guarded(page, viewer)


def _hanging(condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    names = ("id", "file_id", "record_id", "name", "actor_id", "created_at")
    columns = (*(ATTACHMENT.c[name] for name in names), RECORD.c.object_type, RECORD.c.owner_id)
    hanging = sa.select(*columns).join_from(ATTACHMENT, RECORD, RECORD.c.id == ATTACHMENT.c.record_id)
    return hanging.where(ATTACHMENT.c.archived_at.is_(None), condition)


def _file_values(record: RecordRow) -> dict[str, str]:
    """The labels of the properties that files are values of, by the hash of the file."""
    files = [prop for prop in record.type.properties.values() if prop.type == "file"]
    return {file.sha256: prop.label for prop in files for file in kept_files(record.values.get(prop.name))}


def _file(viewer: Viewer, row: sa.Row[Any], labels: Mapping[str, str]) -> FileOnRecord:
    item = AttachmentItem(**{name: getattr(row, name) for name in AttachmentItem.__dataclass_fields__})
    label = labels.get(item.sha256, "")
    can_edit = viewer.covers(row.object_type, Verb.EDIT, row.owner_id)
    return _shown(item, row.object_type, can_edit and not label, label)


def _shown(item: AttachmentItem, object_type: str, can_remove: bool, label: str = "") -> FileOnRecord:
    source = schema().object_type(object_type)
    return FileOnRecord(item, source, can_remove, directory().name_of(item.actor_id), label)


def get_removable(actor: Viewer, attachment_id: int) -> FileOnRecord:
    """A file that `actor` may take away; raises NotFound, Forbidden, and InvalidValue for the value of a property."""
    item = get_current_attachment(actor, attachment_id)
    passport = get_passport(actor, item.record_id, Verb.EDIT)
    if not schema().object_type(passport.object_type).is_activity:
        label = _file_values(get_record(actor, item.record_id)).get(item.sha256)
        if label:
            raise InvalidValue(Message(VALUE, label=label))
    return _shown(item, passport.object_type, can_remove=True)


def get_current_attachment(viewer: Viewer, attachment_id: int) -> AttachmentItem:
    """An attachment by its number, also by the one it had before its record was merged (SPEC 4.6); raises NotFound."""
    try:
        return get_attachment(viewer, attachment_id)
    except NotFound:
        moved_to = _after_merges(attachment_id)
        if moved_to is None:
            raise
        return get_attachment(viewer, moved_to)


def _after_merges(attachment_id: int) -> int | None:
    """The same file on the record that the record of an attachment was merged into; whoever gets it asks the gate."""
    known = sa.select(Attachment.record_id, Attachment.file_id, Attachment.name).where(
        Attachment.id == attachment_id, Attachment.archived_at.is_(None)
    )
    why = "the answer passes the gate"
    row = db.session.execute(unguarded(known, why)).first()
    into_id = became(row.record_id) if row is not None else None
    if row is None or into_id is None:
        return None
    same = (Attachment.record_id == into_id, Attachment.file_id == row.file_id, Attachment.archived_at.is_(None))
    # By its name where the same bytes hang there twice.
    order = (Attachment.name != row.name, Attachment.id)
    return db.session.scalar(unguarded(sa.select(Attachment.id).where(*same).order_by(*order).limit(1), why))


def on_files_changed(event: FilesChanged) -> None:
    """Note on the links of an activity that a file was attached to it; a record has no such links."""
    unmarked = sa.update(LINK).where(LINK.c.activity_id == event.record_id, sa.not_(LINK.c.has_files))
    db.session.execute(unmarked.values(has_files=True))
