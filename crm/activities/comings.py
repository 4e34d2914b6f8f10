"""Which activities came onto a record and left it, when and why (SPEC 1.3, 6.4)."""

from dataclasses import dataclass

import sqlalchemy as sa

from crm.activities.batches import load_many
from crm.activities.queries import ActivityRow
from crm.associations.history import ACTIVITY
from crm.associations.models import LinkHistoryRow
from crm.associations.past import TOLD, Told, told
from crm.db import db
from crm.permissions.scopes import activity_visible_to, guarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.records.page_moments import Place, beyond

LINKS: sa.Table = LinkHistoryRow.__table__  # type: ignore[assignment]
RECORD: sa.Table = Record.__table__  # type: ignore[assignment]


@dataclass(frozen=True, kw_only=True)
class Coming(Told):
    """That an activity was put on the record or taken off it; why is for `reasons.why`."""

    activity: ActivityRow


def comings_of(viewer: Viewer, record_id: int, before: Place | None = None, limit: int = 50) -> list[Coming]:
    """What was put on a record the viewer has been let into and taken off it, newest first, after `before`.

    Activities the viewer may not see any more, and deleted ones, are left out. Two queries.
    """
    columns = [LINKS.c[name] for name in TOLD]
    statement = (
        sa.select(*columns, RECORD.c.id.label("activity_id"), RECORD.c.object_type)
        .join_from(LINKS, RECORD, RECORD.c.id == LINKS.c.record_id)
        .where(LINKS.c.other_id == record_id, LINKS.c.relation == ACTIVITY, *beyond(LINKS, before))
        .where(activity_visible_to(viewer, RECORD))
        .order_by(LINKS.c.moment.desc(), LINKS.c.id.desc())
        .limit(limit)
    )
    rows = db.session.execute(guarded(statement, viewer)).mappings().all()
    ids: dict[str, list[int]] = {}
    for row in rows:
        ids.setdefault(row["object_type"], []).append(row["activity_id"])
    known = load_many(ids)
    there = [(row, known.get(row["activity_id"])) for row in rows]
    return [Coming(**told(row), activity=activity) for row, activity in there if activity is not None]
