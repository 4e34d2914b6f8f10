"""Logging, changing, deleting and restoring activities, and moving them between records (SPEC 6, 8)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.activities.allowed import not_taken
from crm.activities.auto_associate import MOST_LINKS, Link
from crm.activities.completing import complete, refuse_incomplete
from crm.activities.models import ActivityLink
from crm.activities.origin import Origin
from crm.activities.people import mark_people, visible_contacts, with_people
from crm.activities.queries import ActivityRow, get_activity, link_counts, linked_among
from crm.activities.rules import rule_links
from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType
from crm.associations.history import ACTIVITY, Change, Linked, write_link_history
from crm.clock import now
from crm.db import db
from crm.events import (
    ActivityArchived,
    ActivityCreated,
    ActivityLinksChanged,
    ActivityRestored,
    ActivityUpdated,
    publish,
)
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.scopes import guarded, unguarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records import rows
from crm.records.conflicts import merged
from crm.records.deletions import KEPT, forget_deletion, note_deletion
from crm.records.errors import InvalidInput, refuse
from crm.records.models import Record
from crm.records.owners import owner_errors
from crm.records.queries import became, get_passport
from crm.records.source import SCREEN, Source

PERSON = "person"


def get_kind(name: str) -> ActivityType:
    """The kind called `name`; raises NotFound."""
    kind = activity_types.get(name)
    if kind is None:
        raise NotFound(f"there is no kind of activity called {name!r}")
    return kind


def create_activity(
    actor: Viewer, kind_name: str, values: Mapping[str, Any], first_record_id: int, origin: Origin | None = None
) -> int:
    """Log an activity on a record and on those the rules or the person add; return its id (SPEC 6.5-6.6).

    `values` are parsed; the moment is now and the owner the actor unless they say otherwise.
    Raises NotFound, Forbidden, InvalidInput.
    """
    origin = origin or Origin()
    kind = get_kind(kind_name)
    object_type = schema().object_type(kind.object_type)
    if not actor.may(object_type.name, Verb.CREATE):
        raise Forbidden(f"{actor.name} may not log {object_type.plural_name}")
    first = get_passport(actor, first_record_id)
    if problem := not_taken(first.object_type, object_type):
        raise InvalidInput({"form": problem})
    moment = origin.created_at or now()
    written = complete(actor, kind, object_type, values, origin, moment)
    owner_id = values.get(rows.OWNER, actor.user_id)
    refuse(owner_errors(actor, object_type, owner_id))
    links = _chosen(actor, object_type, rule_links(actor, kind, written, first, origin), origin, first_record_id)
    people_ids = [one.record_id for one in visible_contacts(actor, origin.people_ids)]
    links = with_people(links, people_ids)
    activity_id = rows.insert_record(actor, object_type, written, owner_id, moment)
    _insert_links(actor, activity_id, links, moment)
    mark_people(activity_id, people_ids)
    made = ActivityRow(activity_id, object_type, owner_id, moment, written, version=1)
    record_ids, told_source = tuple(link.record_id for link in links), str(origin.source.kind)
    publish(ActivityCreated(actor, activity_id, kind.name, record_ids, made, told_source))
    return activity_id


def _chosen(
    actor: Viewer, object_type: ObjectType, proposed: Iterable[Link], origin: Origin, first_record_id: int
) -> list[Link]:
    links = {link.record_id: link for link in proposed}
    if origin.record_ids is None:
        return list(links.values())[:MOST_LINKS]
    wanted = {first_record_id, *origin.record_ids}
    if len(wanted) > MOST_LINKS:
        raise InvalidInput({"record_ids": _too_many()})
    by_hand = wanted - links.keys()
    visible = _visible_records(actor, by_hand, object_type)
    if len(visible) < len(by_hand):
        merged_since = {into for one in by_hand - visible if (into := became(one)) is not None}
        visible |= _visible_records(actor, merged_since - links.keys(), object_type)
    refused = set(links if origin.offered_ids is None else origin.offered_ids) - wanted
    kept = [link for record_id, link in links.items() if record_id not in refused]
    return kept + [Link(record_id, PERSON) for record_id in sorted(visible)]


def _too_many() -> Message:
    return Message(N_("An activity can be on at most %(limit)s records."), limit=f"{MOST_LINKS:,}")


def _visible_records(actor: Viewer, record_ids: Collection[int], activity_type: ObjectType) -> set[int]:
    if not record_ids:
        return set()
    types = [kind.name for kind in schema().record_types if kind.takes(activity_type.name)]
    statement = sa.select(Record.id).where(Record.id.in_(record_ids), visible_to(actor, object_types=types))
    return set(db.session.scalars(guarded(statement, actor)))


def _insert_links(
    actor: Viewer, activity_id: int, links: Collection[Link], moment: datetime, has_files: bool = False
) -> None:
    values = [
        {
            "activity_id": activity_id,
            "record_id": link.record_id,
            "source": link.source,
            "source_detail": link.detail,
            "actor_id": actor.user_id,
            "moment": moment,
            "has_files": has_files,
        }
        for link in links
    ]
    db.session.execute(sa.insert(ActivityLink.__table__), values)
    added = [Linked(activity_id, link.record_id, ACTIVITY, link.source, link.detail) for link in links]
    write_link_history(actor, Change.ADDED, added, moment)


def update_activity(
    actor: Viewer,
    activity_id: int,
    changes: Mapping[str, Any],
    source: Source = SCREEN,
    version: int | None = None,
) -> frozenset[str]:
    """Write parsed `changes` to an activity and return the names of what really changed.

    `version` is that of the activity when the form was opened: what somebody else changed since then raises Conflict
    or stays, as for records. Raises NotFound, Forbidden, InvalidInput.
    """
    activity = writable(actor, activity_id, Verb.EDIT)
    kind, object_type = activity.type, activity.object_type
    after = {name: value for name, value in changes.items() if activity.values.get(name) != value}
    if version is not None and version < activity.version:
        after = merged(object_type, activity_id, version, activity.version, activity.values, after)
    if kind is None or not after:
        return frozenset()
    whole = {**activity.values, **after}
    refuse_incomplete(kind, object_type, whole)
    after |= _completion(activity, after)
    new_version = activity.version + 1
    # What the program does by itself, as joining threads, is not shown as somebody's editing.
    edited = {"edited_at": now()} if actor.user_id is not None else {}
    rows.update_rows(object_type, activity_id, new_version, after | edited, None)
    rows.write_history(actor, object_type, activity_id, new_version, activity.values, after, source)
    changed, before = frozenset(after), {name: activity.values.get(name) for name in after}
    publish(ActivityUpdated(actor, activity_id, kind.name, changed, str(source.kind), before))
    return changed


def _completion(activity: ActivityRow, after: Mapping[str, Any]) -> dict[str, Any]:
    if "completed_at" not in activity.object_type.properties or "status" not in after:
        return {}
    return {"completed_at": now() if after["status"] == "COMPLETED" else None}


def archive_activity(actor: Viewer, activity_id: int) -> None:
    """Delete an activity from every record it is on, restorably for 90 days; raises NotFound, Forbidden."""
    activity = writable(actor, activity_id, Verb.DELETE)
    # A pin stays where it is: without the activity nothing shows it, and an undo brings both back.
    moment = now()
    rows.set_archived(activity.object_type, activity_id, moment)
    note_deletion(actor, activity_id, moment, is_permanent=False)
    publish(ActivityArchived(actor, activity_id, activity.kind))


def restore_activity(actor: Viewer, activity_id: int) -> ActivityRow:
    """Bring a deleted activity back onto its records; raises NotFound, also when it is not deleted, or too long ago."""
    passport = rows.lock_passport(activity_id)
    object_type = schema().types.get(passport.object_type) if passport is not None else None
    if passport is None or object_type is None or passport.archived_at is None or not object_type.is_activity:
        raise NotFound(f"no deleted activity {activity_id}")
    if not actor.covers(object_type.name, Verb.DELETE, passport.owner_id):
        raise NotFound(f"no deleted activity {activity_id}")
    if passport.archived_at <= now() - KEPT:
        raise NotFound(f"activity {activity_id} was deleted too long ago")
    rows.set_archived(object_type, activity_id, None)
    forget_deletion(activity_id)
    activity = get_activity(actor, activity_id)
    publish(ActivityRestored(actor, activity_id, activity.kind))
    return activity


def link(actor: Viewer, activity_id: int, record_id: int, source: str = PERSON, detail: str = "") -> bool:
    """Put an activity on one more record, at its original time; whether it was not there yet (SPEC 6.9).

    `source` and `detail` say why, as in crm/activities/reasons.py. Raises NotFound, Forbidden, InvalidValue.
    """
    activity = writable(actor, activity_id, Verb.EDIT)
    passport = get_passport(actor, record_id)
    if schema().object_type(passport.object_type).is_activity:
        raise NotFound(f"record {record_id} is an activity")
    if problem := not_taken(passport.object_type, activity.object_type):
        raise InvalidValue(problem)
    linked = _links_of(activity_id)
    if record_id in linked:
        return False
    if len(linked) >= MOST_LINKS:
        raise InvalidValue(_too_many())
    _insert_links(actor, activity_id, [Link(record_id, source, detail)], now(), any(linked.values()))
    publish(ActivityLinksChanged(actor, activity_id, activity.kind, added=(record_id,)))
    return True


def unlink(actor: Viewer, activity_id: int, record_id: int) -> bool:
    """Take an activity off one record; whether it was on it. The last record cannot be removed (SPEC 6.9)."""
    activity = writable(actor, activity_id, Verb.EDIT)
    get_passport(actor, record_id)
    if record_id not in _links_of(activity_id):
        return False
    # Hidden records do not count: they are not shown either, and whoever takes the activity off must keep seeing it.
    if sum(link_counts(actor, activity_id).values()) == 1:
        raise InvalidValue(N_("An activity is always on at least one record. Delete it instead."))
    condition = (ActivityLink.activity_id == activity_id, ActivityLink.record_id == record_id)
    db.session.execute(sa.delete(ActivityLink).where(*condition))
    write_link_history(actor, Change.REMOVED, [Linked(activity_id, record_id, ACTIVITY, PERSON)])
    pinned = sa.update(Record.__table__).where(Record.id == record_id, Record.pinned_activity_id == activity_id)
    db.session.execute(pinned.values(pinned_activity_id=None))
    publish(ActivityLinksChanged(actor, activity_id, activity.kind, removed=(record_id,)))
    return True


def _links_of(activity_id: int) -> dict[int, bool]:
    """The records an activity is on, each with whether it may have files."""
    statement = sa.select(ActivityLink.record_id, ActivityLink.has_files).where(ActivityLink.activity_id == activity_id)
    rows = db.session.execute(unguarded(statement, "the limit counts hidden records too")).tuples()
    return dict(rows.all())


def writable(actor: Viewer, activity_id: int, verb: Verb) -> ActivityRow:
    """A live activity, its passport locked until the unit ends; raises NotFound, Forbidden."""
    rows.lock_passport(activity_id)
    return get_activity(actor, activity_id, verb)


def pin(actor: Viewer, record_id: int, activity_id: int | None) -> int | None:
    """Pin an activity to the top of a record's timeline in place of any other, or none (SPEC 1.6).

    Returns the activity whose place it took, if the actor could put that back. Needs edit on the record and on the
    activity; raises NotFound when the activity is not on the record.
    """
    rows.lock_passport(record_id)
    record = get_passport(actor, record_id, Verb.EDIT)
    if activity_id is not None:
        get_activity(actor, activity_id, Verb.EDIT)
        if not linked_among(activity_id, [record_id]):
            raise NotFound(f"activity {activity_id} is not on record {record_id}")
    changed = sa.update(Record.__table__).where(Record.id == record_id).values(pinned_activity_id=activity_id)
    db.session.execute(changed)
    before = record.pinned_activity_id
    return before if before not in (None, activity_id) and _may_edit(actor, before) else None


def _may_edit(actor: Viewer, activity_id: int) -> bool:
    try:
        get_activity(actor, activity_id, Verb.EDIT)
    except (NotFound, Forbidden):
        return False
    return True
