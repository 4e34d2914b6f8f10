"""Keeping the timeline true to records and activities, in the transaction of the change (DESIGN 5)."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.activities.models import ActivityLink
from crm.activities.queries import ActivityRow, read_activity
from crm.clock import now
from crm.db import db
from crm.events import (
    ActivityArchived,
    ActivityCreated,
    ActivityEvent,
    ActivityLinksChanged,
    ActivityUpdated,
    AssociationAdded,
    AssociationRemoved,
    ManyLinksChanged,
    RecordCreated,
    RecordsMerged,
    RecordUpdated,
)
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyHistoryRow
from crm.timeline.entries import entry_types
from crm.timeline.entry_rows import entries_of
from crm.timeline.models import TimelineEntry
from crm.timeline.retelling import bring_along, take_away, tell_neighbours


def on_record_created(event: RecordCreated) -> None:
    """Write the system entries that the making of a record asks for."""
    for kind in entry_types:
        data = kind.from_created(event)
        if data is not None:
            _add(_system_entry(event.actor, event.record_id, kind.name, data))


def on_record_updated(event: RecordUpdated) -> None:
    """Write the system entries that a change of values asks for, on timelines of linked records too."""
    for kind in entry_types:
        data = kind.from_updated(event)
        if data is not None:
            values = _system_entry(event.actor, event.record_id, kind.name, data)
            _add(values)
            tell_neighbours(kind.name, event.object_type, values)


def on_records_merged(event: RecordsMerged) -> None:
    """Write the system entries that a merge asks for; it comes with everything the two records had."""
    for kind in entry_types:
        data = kind.from_merged(event)
        if data is not None:
            _add(_system_entry(event.actor, event.record_id, kind.name, data))


def on_association_added(event: AssociationAdded) -> None:
    """Write the system entries that a link asks for: that it was made, and what it brings along."""
    for kind in entry_types:
        data = kind.from_associated(event)
        if data is not None:
            _add(*_on_both(event, kind.name, data, event.moment))
    bring_along(event)


def on_association_removed(event: AssociationRemoved) -> None:
    """Write the system entries that the end of a link asks for, and take away what the link had brought."""
    for kind in entry_types:
        data = kind.from_dissociated(event)
        if data is not None:
            _add(*_on_both(event, kind.name, data))
    take_away(event)


def _on_both(
    event: AssociationAdded | AssociationRemoved, kind: str, data: Any, moment: datetime | None = None
) -> list[dict[str, Any]]:
    ends = (event.from_record_id, event.to_record_id)
    return [
        _system_entry(event.actor, record_id, kind, data, moment) | {"other_id": other_id}
        for record_id, other_id in (ends, ends[::-1])
    ]


def _system_entry(
    actor: Viewer, record_id: int, kind: str, data: Any, moment: datetime | None = None
) -> dict[str, Any]:
    return {
        "record_id": record_id,
        "moment": moment or now(),
        "kind": kind,
        "actor_id": actor.user_id,
        "is_open": False,
        "data": json.dumps(dict(data)),
    }


def _add(*entries: dict[str, Any]) -> None:
    db.session.execute(sa.insert(TimelineEntry.__table__), list(entries))


def on_activity_created(event: ActivityCreated | ActivityEvent) -> None:
    """Put an activity on the timeline of every record it is on."""
    if isinstance(event, ActivityCreated):
        _insert(event.activity, event.record_ids)
        return
    links = sa.select(ActivityLink.record_id).where(ActivityLink.activity_id == event.activity_id)
    record_ids = db.session.scalars(unguarded(links, "the timeline is written for hidden records too"))
    _insert(read_activity(event.activity_id), list(record_ids))


def on_activity_updated(event: ActivityUpdated) -> None:
    """Move an activity's entries to its new moment, owner and state."""
    shared = _shared_values(read_activity(event.activity_id))
    entries = sa.update(TimelineEntry).where(TimelineEntry.activity_id == event.activity_id)
    db.session.execute(entries.values(**shared))


def on_activity_archived(event: ActivityArchived) -> None:
    """Take a deleted activity off every timeline."""
    db.session.execute(sa.delete(TimelineEntry).where(TimelineEntry.activity_id == event.activity_id))


def on_links_changed(event: ActivityLinksChanged) -> None:
    """Follow an activity onto records and off them."""
    if event.removed:
        gone = (TimelineEntry.activity_id == event.activity_id, TimelineEntry.record_id.in_(event.removed))
        db.session.execute(sa.delete(TimelineEntry).where(*gone))
    if event.added:
        _insert(read_activity(event.activity_id), event.added)


def on_many_links_changed(event: ManyLinksChanged) -> None:
    """Follow many activities onto records and off them, in one statement each.

    What an entry says of an activity is the same on every record, so new ones are copies.
    """
    if event.removed:
        # The activities are named besides, for SQLite to use an index.
        of_activities = TimelineEntry.activity_id.in_({activity_id for activity_id, _ in event.removed})
        on_record = sa.tuple_(TimelineEntry.activity_id, TimelineEntry.record_id).in_(event.removed)
        db.session.execute(sa.delete(TimelineEntry).where(of_activities, on_record))
    told = {row["activity_id"]: dict(row) for row in entries_of({activity_id for activity_id, _ in event.added})}
    added = [told[one] | {"record_id": record_id} for one, record_id in event.added if one in told]
    if added:
        # Things of the same moment stand in the order in which they were told first.
        added.sort(key=lambda row: (row["moment"], row["id"]))
        _add(*({name: value for name, value in row.items() if name != "id"} for row in added))


def _insert(activity: ActivityRow, record_ids: Sequence[int]) -> None:
    if not record_ids:
        return
    shared = _shared_values(activity) | {"activity_id": activity.id, "data": "{}"}
    rows = [{"record_id": record_id} | shared for record_id in record_ids]
    db.session.execute(sa.insert(TimelineEntry.__table__), rows)


def _shared_values(activity: ActivityRow) -> dict[str, Any]:
    return {
        "moment": activity.moment,
        "kind": activity.kind,
        "owner_id": activity.owner_id,
        "actor_id": _doer(activity) or activity.values.get("created_by"),
        "is_open": activity.is_open(now()),
    }


def _doer(activity: ActivityRow) -> int | None:
    """Who did what the title says, where that is not simply a property: who completed a task, else its owner."""
    if activity.type is None or not activity.type.title.names_doer(activity.values):
        return None
    history = PropertyHistoryRow
    statement = (
        sa.select(history.actor_id)
        .where(history.record_id == activity.id, history.property_name == activity.type.title.property_name)
        .order_by(history.version.desc(), history.id.desc())
        .limit(1)
    )
    return db.session.scalar(unguarded(statement, "derived rows are the same for everyone")) or activity.owner_id
