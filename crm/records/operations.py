"""Creating, changing, deleting and restoring records; each in one unit with its history and events."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.clock import now
from crm.events import (
    RecordArchived,
    RecordChanging,
    RecordCreated,
    RecordLeavingOrReturning,
    RecordRestored,
    RecordUpdated,
    publish,
)
from crm.jobs.queue import enqueue
from crm.objects.queries import schema
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from crm.records import rows
from crm.records.arriving import arriving
from crm.records.automatic import completed
from crm.records.changes import Change
from crm.records.checks import errors_of
from crm.records.conflicts import merged
from crm.records.deletions import forget_deletion, may_restore, note_deletion
from crm.records.errors import refuse
from crm.records.queries import read_values
from crm.records.source import SCREEN, Source
from crm.records.unique_values import taken_values, taking_values
from crm.records.values import display_name

RECORD_SOURCE = "hs_object_source_label"
PURGE = "purge"
"""The kind of job that removes what was deleted for good."""


def create_record(
    actor: Viewer,
    object_type: str,
    values: Mapping[str, Any],
    source: Source = SCREEN,
    created_at: datetime | None = None,
) -> int:
    """Make a record of `object_type` from parsed values and return its id (SPEC 3).

    The owner is the actor unless `values` names another or nobody. Raises Forbidden, InvalidInput.
    """
    kind = schema().object_type(object_type)
    if not actor.may(object_type, Verb.CREATE):
        raise Forbidden(f"{actor.name} may not create {kind.plural_name}")
    values = arriving(kind, values, source)
    known = {name: value for name, value in values.items() if value is not None and name not in rows.BASE_PROPERTIES}
    if RECORD_SOURCE in kind.properties:
        known[RECORD_SOURCE] = str(source.kind)
    owner_id = values.get(rows.OWNER, actor.user_id)
    asked = frozenset(values)
    change, given = completed(Change(actor, kind, None, {}, known, source, owner_id, created_at, asked=asked))
    refuse(errors_of(change))
    with taking_values(actor, kind, change.after):
        record_id = rows.insert_record(actor, kind, change.after, owner_id, change.made_at)
    has_owner = owner_id is not None and rows.OWNER in kind.properties
    written = {**change.after, **({rows.OWNER: owner_id} if has_owner else {})}
    rows.write_history(actor, kind, record_id, 1, {}, written, source, given, change.moment)
    publish(RecordCreated(actor, record_id, object_type, written, str(source.kind), change.moment))
    return record_id


def update_record(
    actor: Viewer,
    record_id: int,
    changes: Mapping[str, Any],
    version: int | None = None,
    source: Source = SCREEN,
) -> set[str]:
    """Write parsed `changes` and return the names of the properties that really changed.

    `version` is that of the record when the form was opened: a property changed by somebody since then raises
    Conflict, others merge. Raises NotFound, Forbidden, InvalidInput.
    """
    publish(RecordChanging(actor, record_id, changes))
    passport = check_writable(actor, record_id, Verb.EDIT)
    kind = schema().object_type(passport.object_type)
    before, changes = read_values(kind, record_id), arriving(kind, changes, source)
    after = {name: value for name, value in changes.items() if before[kind.property(name).name] != value}
    if version is not None and version < passport.version:
        after = merged(kind, record_id, version, passport.version, before, after)
    if not after:
        return set()
    owner_id = after.get(rows.OWNER, passport.owner_id)
    change, given = completed(Change(actor, kind, record_id, before, after, source, owner_id))
    refuse(errors_of(change))
    return write_change(passport, change, given)


def write_change(passport: sa.Row[Any], change: Change, given: Mapping[str, str]) -> set[str]:
    """Write a completed change of a record that is locked, and tell of it; the names of what changed.

    The caller has checked it, or does what no check may refuse.
    """
    actor, kind, record_id, source = change.actor, change.kind, passport.id, change.source
    before, after = change.before, dict(change.after)
    renamed = display_name(kind, change.whole)
    new_version = passport.version + 1
    with taking_values(actor, kind, after, record_id):
        rows.update_rows(kind, record_id, new_version, after, renamed if renamed != passport.display_name else None)
    rows.write_history(actor, kind, record_id, new_version, before, after, source, given, change.moment)
    changed_before = {name: before[name] for name in after}
    publish(RecordUpdated(actor, record_id, kind.name, changed_before, after, str(source.kind), change.moment))
    return set(after)


def archive_record(actor: Viewer, record_id: int, permanently: bool = False) -> None:
    """Delete a record: restorably for 90 days, or so that nobody can bring it back; raises NotFound, Forbidden.

    What hangs on it stays until it is purged; a permanent deletion asks for that at once (SPEC 4.7).
    """
    publish(RecordLeavingOrReturning(actor, record_id))
    passport = check_writable(actor, record_id, Verb.DELETE)
    moment = now()
    rows.set_archived(schema().object_type(passport.object_type), record_id, moment)
    note_deletion(actor, record_id, moment, permanently)
    publish(RecordArchived(actor, record_id, passport.object_type))
    if permanently:
        # By its number alone: whoever asked to be forgotten is not named once more.
        kind = schema().object_type(passport.object_type)
        about = About(Kind.RECORD, record_id, f"#{record_id}")
        record(actor, Action.RECORD_DELETED_FOR_GOOD, about, {"object": kind.label})
        enqueue(PURGE, unique_key=PURGE)


def restore_record(actor: Viewer, record_id: int) -> None:
    """Bring a deleted record back; raises NotFound, also for who may not, InvalidInput when a unique value is taken."""
    publish(RecordLeavingOrReturning(actor, record_id))
    passport = rows.lock_passport(record_id)
    if passport is None or passport.archived_at is None or not may_restore(actor, passport):
        raise NotFound(f"no deleted record {record_id}")
    kind = schema().object_type(passport.object_type)
    values = read_values(kind, record_id)
    refuse(taken_values(actor, kind, values, record_id))
    with taking_values(actor, kind, values, record_id):
        rows.set_archived(kind, record_id, None)
    forget_deletion(record_id)
    publish(RecordRestored(actor, record_id, passport.object_type))


def check_writable(actor: Viewer, record_id: int, verb: Verb) -> sa.Row[Any]:
    """Lock the passport of a live record; raises NotFound when hidden, Forbidden when `verb` is not granted."""
    return check_passport(actor, rows.lock_passport(record_id), record_id, verb)


def check_passport(actor: Viewer, passport: sa.Row[Any] | None, record_id: int, verb: Verb) -> sa.Row[Any]:
    """The passport, if its record is live and `verb` granted on it; raises NotFound when hidden, else Forbidden."""
    if passport is None or passport.archived_at is not None:
        raise NotFound(f"no record {record_id}")
    if not actor.covers(passport.object_type, Verb.VIEW, passport.owner_id):
        raise NotFound(f"no record {record_id}")
    if not actor.covers(passport.object_type, verb, passport.owner_id):
        raise Forbidden(f"{verb} is not granted on record {record_id}")
    return passport
