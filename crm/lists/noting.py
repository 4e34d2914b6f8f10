"""What lists do when they hear of a change: remember whom it concerns, and write that down as the unit ends.

The lists are looked at later, by a job: a change costs its own transaction one row, and none while nothing waits.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from crm.activities.models import ActivityLink
from crm.collectors import collector
from crm.db import db, touch
from crm.events import (
    ActivityCreated,
    ActivityEvent,
    ActivityLinksChanged,
    AssociationAdded,
    AssociationLabelsChanged,
    AssociationRemoved,
    ManyLinksChanged,
    ObjectTypeLeaving,
    PrimaryCompaniesChanged,
    PropertyChanged,
    PropertyEvent,
    RecordArchived,
    RecordCreated,
    RecordRestored,
    RecordsImported,
    RecordsMerged,
    RecordsRearranged,
    RecordsUnmerged,
    RecordUpdated,
    ValuesDerived,
)
from crm.lists.membership import PENDING, WHY, note_pending
from crm.lists.models import ANEW
from crm.lists.queries import LIST
from crm.lists.watching import STAMP, wake, watched
from crm.permissions.scopes import unguarded

LINK: sa.Table = ActivityLink.__table__  # type: ignore[assignment]
RETYPED = frozenset({"type", "is_sensitive"})


class Touched:
    """The records that a unit of work changed, and the activities whose records it concerns."""

    def __init__(self) -> None:
        self.records: set[int] = set()
        self.activities: set[int] = set()

    def finish(self) -> None:
        """Write them down, and have the lists look at them."""
        note_pending(self.records)
        if self.activities:
            on = sa.select(LINK.c.record_id).where(LINK.c.activity_id.in_(sorted(self.activities))).distinct()
            db.session.execute(sa.insert(PENDING).from_select(["record_id"], unguarded(on, WHY)))
        wake()


def on_record_changed(event: RecordCreated | RecordUpdated) -> None:
    """It may meet the filter of a list now, or no longer."""
    if watched().concerns(event.object_type):
        _touch((event.record_id,))


def on_values_derived(event: ValuesDerived) -> None:
    """So may records whose derived values changed."""
    if watched().concerns(event.object_type):
        _touch(event.record_ids)


def on_record_left_or_returned(event: RecordArchived | RecordRestored) -> None:
    """It counts on no list while it is deleted."""
    if not watched().is_empty:
        _touch((event.record_id,))


def on_records_merged(event: RecordsMerged | RecordsUnmerged) -> None:
    """One stands for two, or two for one again."""
    if not watched().is_empty:
        _touch((event.record_id, *event.merged_ids))


def on_records_rearranged(event: RecordsRearranged) -> None:
    """Links and activities came to these records by another way."""
    if watched().has_active:
        _touch(event.record_ids)


def on_records_imported(event: RecordsImported) -> None:
    """Lists may ask who was in an import, which those were, too, that it left as they are."""
    if watched().has_active:
        _touch(event.record_ids)


def on_activity_changed(event: ActivityEvent) -> None:
    """Lists may ask about the activities of the records it is on, or about what follows from them."""
    if watched().has_active:
        touched = _touched()
        if isinstance(event, ActivityCreated):
            touched.records.update(event.record_ids)
        else:
            touched.activities.add(event.activity_id)


def on_links_changed(event: ActivityLinksChanged) -> None:
    """The records it came to or left have other activities."""
    if watched().has_active:
        _touch((*event.added, *event.removed))


def on_many_links_changed(event: ManyLinksChanged) -> None:
    """So have all of these."""
    if watched().has_active:
        _touch(record_id for _activity_id, record_id in (*event.added, *event.removed))


def on_association_changed(event: AssociationAdded | AssociationRemoved) -> None:
    """Either end may be asked about the other."""
    if watched().through:
        _touch((event.from_record_id, event.to_record_id))


def on_pairs_changed(event: AssociationLabelsChanged | PrimaryCompaniesChanged) -> None:
    """So may both records of each pair."""
    if watched().through:
        _touch(record_id for pair in event.pairs for record_id in pair)


def on_property_changed(event: PropertyEvent) -> None:
    """Filters mean something else, nothing, or something again: the lists concerned are built anew."""
    if isinstance(event, PropertyChanged) and not event.changed & RETYPED:
        return
    known = watched()
    ids = {
        one.id for lists in (known.active, known.through) for one in lists.get(event.object_type, ()) if one.is_active
    }
    if ids:
        anew = sa.update(LIST).where(LIST.c.id.in_(ids)).values(ANEW)
        db.session.execute(anew)
        wake()


def on_object_type_leaving(event: ObjectTypeLeaving) -> None:
    """The lists of its records go with it."""
    db.session.execute(sa.delete(LIST).where(LIST.c.object_type == event.object_type))
    touch(STAMP)


def _touch(record_ids: Iterable[int]) -> None:
    _touched().records.update(record_ids)


def _touched() -> Touched:
    return collector("lists", Touched)
