"""Removing for good what was deleted for good, and what nobody restored within 90 days (SPEC 4.7)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import sqlalchemy as sa

from crm.clock import now
from crm.db import Base, db, end_read, unit_of_work
from crm.events import RecordsPurged, publish
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import SYSTEM
from crm.records.deletions import KEPT
from crm.records.models import Record, RecordDeletion
from crm.records.purging import Hanging, hanging
from crm.records.rows import lock_passports

BATCH = 25
ACTIVITIES = 200
"""Few, since the write lock is held until all that hangs on them is gone."""

GRACE = timedelta(days=1)
"""Somebody may have the bin open in which the record still stood."""

WHY = "what goes for good goes for everyone"


def purge_due() -> int:
    """Remove every record whose time has come, in short units of work; how many. Stopped, it goes on where it was."""
    done = 0
    while True:
        end_read()
        due = _due()
        if not due:
            return done
        end_read()
        with unit_of_work():
            due = _still(due)
            ids = _with_merged(due)
            activities = _activities_on(ids)
            if activities:
                _let_go(ids, activities, _with_merged([one for one in due if due[one]]))
            else:
                _remove_all(ids)
                publish(RecordsPurged(SYSTEM, tuple(ids), ()))
                done += len(due)


def _due() -> dict[int, bool]:
    """The records and activities whose turn it is, each with whether it was deleted for good by somebody."""
    old = RecordDeletion.moment <= now() - KEPT - GRACE
    due = sa.select(RecordDeletion.record_id, RecordDeletion.is_permanent)
    due = due.where(sa.or_(RecordDeletion.is_permanent, old))
    ordered = due.order_by(RecordDeletion.moment, RecordDeletion.record_id).limit(BATCH)
    return dict(db.session.execute(unguarded(ordered, WHY)).tuples().all())


def _still(due: Mapping[int, bool]) -> dict[int, bool]:
    """Those that are deleted still, locked: one that was restored in the meantime stays."""
    lock_passports(due)
    deleted = sa.select(RecordDeletion.record_id).where(RecordDeletion.record_id.in_(list(due)))
    return {one: due[one] for one in db.session.scalars(unguarded(deleted, WHY))}


def _let_go(ids: Sequence[int], activities: Sequence[int], permanent: Sequence[int]) -> None:
    """Take these activities off the records; of a permanent deletion, those go that are on nothing else."""
    on_permanent = set(_activities_on(permanent, activities)) if permanent else set()
    alone = sorted(on_permanent - _on_others(activities, ids))
    if alone:
        _remove_all(alone)
    for name in ("activity_link", "timeline_entry"):
        table = Base.metadata.tables[name]
        both = table.c.record_id.in_(ids), table.c.activity_id.in_(activities)
        db.session.execute(sa.delete(table).where(*both))
    publish(RecordsPurged(SYSTEM, tuple(alone), tuple(activities)))


def _activities_on(record_ids: Sequence[int], among: Sequence[int] = ()) -> list[int]:
    """Activities on these records, few enough for one unit of work; only those `among` others if there are any."""
    link = Base.metadata.tables["activity_link"].c
    on = sa.select(link.activity_id).where(link.record_id.in_(record_ids)).distinct()
    on = on.where(link.activity_id.in_(among)) if among else on.order_by(link.activity_id).limit(ACTIVITIES)
    return list(db.session.scalars(unguarded(on, WHY)))


def _on_others(activity_ids: Sequence[int], record_ids: Sequence[int]) -> set[int]:
    """Those of the activities that are on other records too, be they in the bin."""
    link = Base.metadata.tables["activity_link"].c
    elsewhere = sa.select(link.activity_id).where(link.activity_id.in_(activity_ids), link.record_id.not_in(record_ids))
    return set(db.session.scalars(unguarded(elsewhere, WHY)))


def _remove_all(ids: Sequence[int]) -> None:
    """Remove records, or activities, with everything the registry says hangs on them."""
    for family in hanging:
        _remove(family, ids)
    record = Record.__table__
    db.session.execute(sa.update(record).where(record.c.merged_into_id.in_(ids)).values(merged_into_id=None))
    db.session.execute(sa.delete(record).where(record.c.id.in_(ids)))


def _with_merged(record_ids: Iterable[int]) -> list[int]:
    """These records and those they were merged into or out of, however often: each holds what was known of the others.

    A merge that was undone leaves what it had made behind, put away; that goes with either of the two.
    """
    merge = Base.metadata.tables["record_merge"].c
    found = set(record_ids)
    new = set(found)
    while new:
        merged = sa.select(Record.id).where(Record.merged_into_id.in_(new))
        undone = sa.select(merge.merged_id).where(
            merge.undone_at.is_not(None), sa.or_(merge.primary_id.in_(new), merge.secondary_id.in_(new))
        )
        new = set(db.session.scalars(unguarded(merged.union(undone), WHY))) - found
        found |= new
    return sorted(found)


def _remove(family: Hanging, ids: Sequence[int]) -> None:
    if family.before is not None:
        family.before(ids)
    for name, columns in family.emptied.items():
        table = Base.metadata.tables[name]
        for column in columns:
            db.session.execute(sa.update(table).where(table.c[column].in_(ids)).values({column: None}))
    for name, columns in family.deleted.items():
        table = Base.metadata.tables[name]
        for column in columns:
            db.session.execute(sa.delete(table).where(table.c[column].in_(ids)))
