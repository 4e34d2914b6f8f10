"""Attaching stored files to records and activities."""
from collections.abc import Sequence

import sqlalchemy as sa

from crm import clock
from crm.db import Base, db
from crm.events import FilesChanged, publish
from crm.files.models import Attachment, StoredFile
from crm.files.queries import AttachmentItem
from crm.files.storage import Deposit
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.permissions.scopes import guarded, unguarded, visible_to
from crm.permissions.viewer import Viewer


def attach(actor: Viewer, record_id: int, deposit: Deposit) -> int:
    """Attach bytes already on disk to a record or activity that `actor` may edit; gives the attachment's id.

    Raises NotFound when there is no such record for this actor.
    """
    object_type = _held(actor, record_id)
    row = Attachment(
        file_id=_file_id(deposit),
        record_id=record_id,
        name=deposit.name,
        actor_id=actor.user_id,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    publish(FilesChanged(actor, record_id, object_type))
    return row.id


def attach_to_new(actor: Viewer, record_id: int, object_type: str, deposits: Sequence[Deposit]) -> None:
    """Attach bytes already on disk to an activity that `actor` has just written, whatever they may do with it later."""
    for deposit in deposits:
        values = {"file_id": _file_id(deposit), "record_id": record_id, "name": deposit.name}
        values |= {"actor_id": actor.user_id, "created_at": clock.now()}
        db.session.execute(sa.insert(Attachment.__table__).values(values))
    if deposits:
        publish(FilesChanged(actor, record_id, object_type))


def remove(actor: Viewer, attachment: AttachmentItem) -> None:
    """Take an attachment that was read through the gate off what it hangs on; its bytes stay where they are.

    Raises NotFound when `actor` may not edit that.
    """
    object_type = _held(actor, attachment.record_id)
    hanging = sa.update(Attachment.__table__).where(Attachment.id == attachment.id, Attachment.archived_at.is_(None))
    db.session.execute(hanging.values(archived_at=clock.now()))
    publish(FilesChanged(actor, attachment.record_id, object_type))


def _held(actor: Viewer, record_id: int) -> str:
    """The object type of a record or activity that `actor` may edit, kept from going away; raises NotFound."""
    record = Base.metadata.tables["record"]
    may_edit = sa.select(record.c.object_type).where(record.c.id == record_id, visible_to(actor, record, Verb.EDIT))
    # As the row of the attachment does anyway; but who waits for a deletion or a merge looks once more after it.
    held = may_edit.with_for_update(read=True, key_share=True, of=record)
    found = db.session.execute(guarded(held, actor)).scalar()
    if found is None:
        raise NotFound(f"record {record_id}")
    return str(found)


def hang_up(actor: Viewer, record_id: int, deposit: Deposit) -> None:
    """Attach bytes to a record that `actor` has just written; those that were taken down come back."""
    mine = (Attachment.record_id == record_id, StoredFile.sha256 == deposit.sha256)
    known = sa.select(Attachment.id).join(StoredFile, StoredFile.id == Attachment.file_id).where(*mine)
    known = unguarded(known.order_by(Attachment.id).limit(1), "the actor has just written the record")
    found = db.session.execute(known).scalar()
    if found is not None:
        db.session.execute(sa.update(Attachment.__table__).where(Attachment.id == found).values(archived_at=None))
        return
    values = {"file_id": _file_id(deposit), "record_id": record_id, "name": deposit.name, "actor_id": actor.user_id}
    db.session.execute(sa.insert(Attachment.__table__).values(created_at=clock.now(), **values))


def take_down(record_id: int, sha256: str) -> None:
    """Archive what hangs on a record with these bytes."""
    file = sa.select(StoredFile.id).where(StoredFile.sha256 == sha256).scalar_subquery()
    hanging = sa.update(Attachment.__table__).where(Attachment.record_id == record_id, Attachment.file_id == file)
    db.session.execute(hanging.values(archived_at=clock.now()))


def _file_id(deposit: Deposit) -> int:
    known = db.session.execute(sa.select(StoredFile.id).where(StoredFile.sha256 == deposit.sha256)).scalar()
    if known is not None:
        return known
    row = StoredFile(
        sha256=deposit.sha256, size=deposit.size, media_type=deposit.media_type, created_at=clock.now()
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except sa.exc.IntegrityError:
        # On PostgreSQL another transaction stored the same bytes in this moment.
        return db.session.execute(sa.select(StoredFile.id).where(StoredFile.sha256 == deposit.sha256)).scalar_one()
    return row.id
