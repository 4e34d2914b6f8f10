"""What timelines of other records tell of the two: there it is told of the merged record as well."""

import sqlalchemy as sa

from crm.db import db
from crm.merging.parts import MergePart, Merging, Parting, copy_rows, merge_parts
from crm.timeline.models import TimelineEntry

ENTRY: sa.Table = TimelineEntry.__table__  # type: ignore[assignment]


def _unite(merging: Merging) -> None:
    own = (*merging.sources, merging.merged_id)
    for source in merging.sources:
        elsewhere = sa.and_(ENTRY.c.other_id == source, ENTRY.c.record_id.not_in(own))
        copy_rows(ENTRY, {"other_id": merging.merged_id}, elsewhere, (ENTRY.c.moment, ENTRY.c.id))


def _part(parting: Parting) -> None:
    told = ENTRY.c.other_id == parting.merged_id
    newer = sa.update(ENTRY).where(told, ENTRY.c.moment > parting.merged_at)
    db.session.execute(newer.values(other_id=parting.primary_id))
    db.session.execute(sa.delete(ENTRY).where(told))


merge_parts.register(MergePart("told of others", (), _unite, _part, position=25))
