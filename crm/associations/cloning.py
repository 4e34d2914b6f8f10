"""Making a copy of a record, with the records it is associated with if wanted (SPEC 1.3)."""

from collections.abc import Sequence

import sqlalchemy as sa

from crm.associations.labelling import labels_of
from crm.associations.limits import LimitReached
from crm.associations.models import Association
from crm.associations.operations import associate
from crm.associations.primary import live_primaries
from crm.associations.rows import replace_primary
from crm.db import db
from crm.messages import N_, Message
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden
from crm.permissions.scopes import guarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.cloning import may_clone, naming_property
from crm.records.errors import refuse
from crm.records.models import Record
from crm.records.operations import create_record
from crm.records.queries import RecordRow, get_record
from crm.records.rows import OWNER, lock_passport, lock_passports
from crm.records.source import CLONED, Source, SourceKind

MOST_LINKS = 500
"""To so many records a copy is associated at once, since the write lock is held meanwhile."""

TOO_MANY = N_("It is associated with more than %(limit)s records. A copy is associated with none of so many.")


def clone_record(actor: Viewer, record_id: int, name: str, with_associations: bool) -> int:
    """Make a copy called `name` with all values people may write, unique ones left out; returns its id.

    It goes through the checks and automatic values of any new record. The owner stays, or is the actor who may not
    make records for that one. Of the associated records those the actor may see are linked to the copy too.
    Raises NotFound, Forbidden, InvalidInput, also for more associations than 500 and for those that pass a limit.
    """
    lock_passport(record_id)
    record = get_record(actor, record_id)
    if not may_clone(actor, record):
        raise Forbidden(f"{record.object_type} {record_id} cannot be copied by {actor.name}")
    kind = record.type
    values = {
        prop.name: record.values[prop.name]
        for prop in kind.properties.values()
        if prop.is_open_to(actor) and not prop.unique and record.values.get(prop.name) is not None
    }
    values[naming_property(kind)] = name
    if OWNER in kind.properties:
        values[OWNER] = _owner(actor, record)
    copy_id = create_record(actor, kind.name, values, Source(SourceKind.SCREEN, f"{CLONED}:{record_id}"))
    if with_associations:
        _link_too(actor, record, copy_id)
    return copy_id


def may_link_copy(actor: Viewer, record: RecordRow) -> bool:
    """Whether the person may associate a copy of this record with others, whoever is going to own it."""
    return actor.covers(record.object_type, Verb.EDIT, _owner(actor, record))


def _owner(actor: Viewer, record: RecordRow) -> int | None:
    covers = actor.covers(record.object_type, Verb.CREATE, record.owner_id)
    return record.owner_id if covers and actor.covers(record.object_type, Verb.VIEW, record.owner_id) else actor.user_id


def _link_too(actor: Viewer, record: RecordRow, copy_id: int) -> None:
    """With the same labels. A limit of a record it would be linked to refuses the copy: no link is lost in silence."""
    others = associated_ids(actor, record.id)
    if len(others) > MOST_LINKS:
        refuse({"associations": Message(TOO_MANY, limit=MOST_LINKS)})
    lock_passports([copy_id, *others])
    labels = labels_of(actor, record.id, others)
    try:
        for other_id in others:
            given = [label.type_id for label in labels.get(other_id, ())]
            associate(actor, copy_id, other_id, labels=given)
    except LimitReached as reached:
        refuse({"associations": reached.message})
    primary = live_primaries(record.object_type, [record.id]).get(record.id)
    if primary in others and live_primaries(record.object_type, [copy_id]).get(copy_id) != primary:
        source = Source(SourceKind.SCREEN, f"{CLONED}:{record.id}")
        replace_primary(actor, record.object_type, {copy_id: primary}, source)


def associated_ids(viewer: Viewer, record_id: int) -> Sequence[int]:
    """The ids of all records linked to one the viewer has been let into, that they may see; oldest link first."""
    linked = (
        sa.select(Record.id)
        .join(Association, Association.to_record_id == Record.id)
        .where(Association.from_record_id == record_id, visible_to(viewer))
        .group_by(Record.id)
        .order_by(sa.func.min(Association.moment), Record.id)
    )
    return list(db.session.scalars(guarded(linked, viewer)))
