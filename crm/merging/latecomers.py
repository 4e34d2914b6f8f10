"""Activities logged on one of two records in the very moment these became one (SPEC 4.6).

Logging takes no lock on a record, which would cost every note. On PostgreSQL a note can so be written on a record that
another transaction has just merged: it is there, and nobody sees it. A job looks a little later and brings it along.
SQLite has one writer, so there nothing can be late.
"""

from datetime import timedelta

import sqlalchemy as sa

from crm.activities.models import ActivityLink
from crm.associations.history import ACTIVITY, Change, Linked, write_link_history
from crm.associations.models import LinkHistoryRow
from crm.clock import now
from crm.db import db, unit_of_work
from crm.events import RecordsRearranged, publish
from crm.jobs.queue import enqueue
from crm.merging.models import RecordMerge
from crm.merging.parts import WHY, copy_rows
from crm.merging.parts.activities import came_from
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import SYSTEM
from crm.records.source import SourceKind
from crm.search.index import note_changes
from crm.timeline.models import TimelineEntry

BRING_ALONG = "bring_latecomers_along"
"""The kind of job that looks for them."""

LATER = timedelta(minutes=1)
"""Longer than any request takes; what it wrote is dated up to as long before the merge as after it."""

HISTORY: sa.Table = LinkHistoryRow.__table__  # type: ignore[assignment]
LINK: sa.Table = ActivityLink.__table__  # type: ignore[assignment]
ENTRY: sa.Table = TimelineEntry.__table__  # type: ignore[assignment]


def expect_latecomers(merge_id: int) -> None:
    """Have a job look after this unit of work, where something can be late."""
    if db.engine.dialect.name == "postgresql":
        enqueue(BRING_ALONG, {"merge_id": merge_id}, run_at=now() + LATER)


def bring_along(merge_id: int) -> int:
    """Put what was logged on the two records since they were merged on the merged one too; how many activities."""
    with unit_of_work():
        found = db.session.get(RecordMerge, merge_id)
        if found is None or found.undone_at is not None:
            return 0
        late = _late(found)
        for table in (LINK, ENTRY) if late else ():
            for activity_id, source in late.items():
                mine = sa.and_(table.c.activity_id == activity_id, table.c.record_id == source)
                reason = came_from(source) if table is LINK else {}
                copy_rows(table, {"record_id": found.merged_id} | reason, mine)
        links = [Linked(one, found.merged_id, ACTIVITY, str(SourceKind.MERGE)) for one in late]
        write_link_history(SYSTEM, Change.ADDED, links)
        if late:
            note_changes(late)
            publish(RecordsRearranged(SYSTEM, (found.merged_id,)))
        return len(late)


def _late(found: RecordMerge) -> dict[int, int]:
    """The activities that came to one of the two and not to what they became, with the record they are on.

    One that was on the merged record is not late: somebody has taken it off.
    """
    there = LINK.alias()
    is_there = sa.select(sa.literal(1)).where(
        there.c.activity_id == LINK.c.activity_id, there.c.record_id == found.merged_id
    )
    was_there = sa.select(sa.literal(1)).where(
        HISTORY.c.record_id == LINK.c.activity_id, HISTORY.c.other_id == found.merged_id
    )
    late = sa.select(LINK.c.activity_id, LINK.c.record_id).where(
        LINK.c.record_id.in_((found.primary_id, found.secondary_id)),
        LINK.c.moment > found.moment - LATER,
        sa.not_(is_there.correlate(LINK).exists()),
        sa.not_(was_there.correlate(LINK).exists()),
    )
    return dict(db.session.execute(unguarded(late, WHY)).tuples().all())
