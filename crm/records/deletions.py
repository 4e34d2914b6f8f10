"""Who deleted a record and when, and who may bring it back (SPEC 4.7)."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from crm.clock import now
from crm.db import db
from crm.objects.queries import schema
from crm.permissions.actions import AccountRight, Verb
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record, RecordDeletion

KEPT = timedelta(days=90)
"""How long a deleted record can be restored."""

WHY = "the writer checks rights on the row itself"


def note_deletion(actor: Viewer, record_id: int, moment: datetime, is_permanent: bool) -> None:
    """Keep who deleted a record or an activity; inside the unit of work that deletes it."""
    values = {
        "record_id": record_id,
        "actor_id": actor.user_id,
        "moment": moment,
        "is_permanent": is_permanent,
    }
    db.session.execute(sa.insert(RecordDeletion.__table__), values)


def forget_deletion(record_id: int) -> None:
    """The record is back."""
    gone = sa.delete(RecordDeletion).where(RecordDeletion.record_id == record_id)
    db.session.execute(gone.execution_options(synchronize_session=False))


def may_restore_all(viewer: Viewer) -> bool:
    """Whether the person may open the recycle bin and restore what others deleted."""
    return viewer.has_right(AccountRight.ACCOUNT_ACCESS) and viewer.has_right(AccountRight.MANAGE_USERS)


def may_restore(actor: Viewer, passport: sa.Row[Any]) -> bool:
    """Whether `actor` may bring this deleted record back: who has the rights of the bin, and who deleted it.

    Of a record nobody may restore any more (deleted for good, too long ago, or merged into another) the answer is no;
    of an activity too, which comes back another way.
    """
    if not _is_record(passport.object_type):
        return False
    deletion = db.session.execute(
        unguarded(sa.select(RecordDeletion.__table__).where(RecordDeletion.record_id == passport.id), WHY)
    ).first()
    if deletion is None or deletion.is_permanent or passport.merged_into_id is not None:
        return False
    if deletion.moment <= now() - KEPT or not actor.covers(passport.object_type, Verb.VIEW, passport.owner_id):
        return False
    is_own = deletion.actor_id == actor.user_id and actor.covers(passport.object_type, Verb.DELETE, passport.owner_id)
    return is_own or may_restore_all(actor)


def deleted_object(viewer: Viewer, record_id: int) -> str | None:
    """The object of a record that somebody deleted and that the viewer could have deleted; None of any other.

    None of activities too: who may see one depends on the records it is on.
    """
    found = db.session.execute(unguarded(sa.select(Record.__table__).where(Record.id == record_id), WHY)).first()
    if found is None or found.archived_at is None or found.merged_into_id is not None:
        return None
    if not _is_record(found.object_type):
        return None
    verbs = (Verb.VIEW, Verb.DELETE)
    return found.object_type if all(viewer.covers(found.object_type, verb, found.owner_id) for verb in verbs) else None


def _is_record(object_type: str) -> bool:
    known = schema().types.get(object_type)
    return known is not None and not known.is_activity
