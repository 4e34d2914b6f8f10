"""Activities: those of both, each once, in their places on the timeline; comments and files stay with them."""

from typing import Any

import sqlalchemy as sa

from crm.activities.models import ActivityLink
from crm.activities.past_selection import was_logged_there
from crm.associations.history import ACTIVITY, Change, Linked, write_link_history
from crm.db import db
from crm.merging.parts import WHY, MergePart, Merging, Parting, copy_rows, merge_parts
from crm.permissions.scopes import unguarded
from crm.records.source import SourceKind
from crm.timeline.models import TimelineEntry

LINK: sa.Table = ActivityLink.__table__  # type: ignore[assignment]
ENTRY: sa.Table = TimelineEntry.__table__  # type: ignore[assignment]


def _unite_links(merging: Merging) -> None:
    # Of an activity that was logged on one of the two and put on the other, the merged record is where it was logged.
    for which in (was_logged_there(), sa.true()):
        for source in merging.sources:
            condition = sa.and_(LINK.c.record_id == source, which, sa.not_(_has_already(LINK, merging.merged_id)))
            copy_rows(LINK, {"record_id": merging.merged_id} | came_from(source), condition)
    _unite_people(merging)


def _unite_people(merging: Merging) -> None:
    """Whoever of the two took part, the merged contact did."""
    there = LINK.alias()
    either = sa.select(there.c.activity_id).where(there.c.record_id.in_(merging.sources), there.c.takes_part)
    merged = sa.update(LINK).where(LINK.c.record_id == merging.merged_id, LINK.c.activity_id.in_(either))
    db.session.execute(merged.values(takes_part=True))


def came_from(source: int) -> dict[str, Any]:
    """What the copy of a link says of why it is there: the record it was on, and why it was on that."""
    before = sa.literal(f"{source}:", sa.Text) + LINK.c.source + ":" + LINK.c.source_detail
    return {"source": str(SourceKind.MERGE), "source_detail": before}


def _has_already(table: sa.Table, merged_id: int) -> sa.ColumnElement[bool]:
    there = table.alias()
    same = there.c.activity_id == table.c.activity_id
    found = sa.select(sa.literal(1)).where(there.c.record_id == merged_id, same)
    return found.correlate(table).exists()


def _unite_entries(merging: Merging) -> None:
    for source in merging.sources:
        missing = sa.not_(sa.or_(_has_already(ENTRY, merging.merged_id), _tells_already(merging.merged_id)))
        condition = sa.and_(ENTRY.c.record_id == source, missing)
        copy_rows(ENTRY, {"record_id": merging.merged_id}, condition, (ENTRY.c.moment, ENTRY.c.id))


def _tells_already(merged_id: int) -> sa.ColumnElement[bool]:
    """Both were told of the same thing, as of a deal that both were linked to."""
    there = ENTRY.alias()
    same = [there.c[name] == ENTRY.c[name] for name in ("kind", "moment", "other_id", "data")]
    found = sa.select(sa.literal(1)).where(there.c.record_id == merged_id, *same)
    return found.correlate(ENTRY).exists()


def newer_activities(parting: Parting) -> sa.Select[tuple[int]]:
    """The ids of the activities that came to the merged record after the merge."""
    return _newer(parting.merged_id, parting.sources)


def _newer(merged_id: int, sources: tuple[int, int]) -> sa.Select[tuple[int]]:
    there = LINK.alias()
    was = sa.select(sa.literal(1)).where(
        there.c.activity_id == LINK.c.activity_id, there.c.record_id.in_(sources)
    )
    found = sa.select(LINK.c.activity_id).where(LINK.c.record_id == merged_id)
    return unguarded(found.where(sa.not_(was.correlate(LINK).exists())), WHY)


def _part_links(parting: Parting) -> None:
    """First of the parts that part: the timeline asks what is newer before the links are moved."""
    new = list(db.session.scalars(newer_activities(parting)))
    _move(LINK, parting, new)
    links = [Linked(one, parting.primary_id, ACTIVITY, str(SourceKind.MERGE)) for one in new]
    write_link_history(parting.actor, Change.ADDED, links, parting.moment)


def _part_entries(parting: Parting) -> None:
    _move(ENTRY, parting, list(db.session.scalars(newer_activities(parting))))


def _move(table: sa.Table, parting: Parting, activity_ids: list[int]) -> None:
    mine = table.c.record_id == parting.merged_id
    moved: dict[str, Any] = {"record_id": parting.primary_id}
    for start in range(0, len(activity_ids), 500):
        some = activity_ids[start : start + 500]
        db.session.execute(sa.update(table).where(mine, table.c.activity_id.in_(some)).values(moved))
    db.session.execute(sa.delete(table).where(mine))


merge_parts.register(MergePart("timeline", ("timeline_entry",), _unite_entries, _part_entries, position=20))
merge_parts.register(MergePart("activities", ("activity_link",), _unite_links, _part_links, position=30))
