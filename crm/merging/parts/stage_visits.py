"""How long a record was in which stage: that of the record whose stage is kept.

Visits follow each other without a gap, and two ways to one stage are not one way. That of the other record is told by
the timeline and the history of the values, which hold both.
"""

import sqlalchemy as sa

from crm.db import db
from crm.merging.parts import MergePart, Merging, Parting, copy_rows, merge_parts
from crm.records.models import StageVisit

VISIT: sa.Table = StageVisit.__table__  # type: ignore[assignment]


def _unite(merging: Merging) -> None:
    mine = VISIT.c.record_id == merging.plan.stages_of.id
    copy_rows(VISIT, {"record_id": merging.merged_id}, mine, (VISIT.c.entered_at, VISIT.c.id))


def _part(parting: Parting) -> None:
    db.session.execute(sa.delete(VISIT).where(VISIT.c.record_id == parting.merged_id))


merge_parts.register(MergePart("stage_visits", ("stage_visit",), _unite, _part, position=60))
