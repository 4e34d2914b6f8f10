"""The deleted activities of a record, which can come back for 90 days (SPEC 1.3, REC-67)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.activities.batches import load_many
from crm.activities.models import ActivityLink
from crm.activities.queries import ActivityRow
from crm.clock import now
from crm.db import db
from crm.permissions.actions import Verb
from crm.permissions.scopes import covered, guarded
from crm.permissions.viewer import Viewer
from crm.records.deletions import KEPT
from crm.records.models import Record, RecordDeletion
from crm.records.page_moments import Place, beyond


@dataclass(frozen=True)
class DeletedActivity:
    """An activity that was deleted; `actor_id` is who did it, None where that is not known."""

    activity: ActivityRow
    moment: datetime
    actor_id: int | None

    @property
    def place(self) -> Place:
        """Where it stands in the order of deletions."""
        return Place(self.moment, self.activity.id)


class _Columns:
    """What a page is ordered by."""

    moment = Record.archived_at
    id = Record.id


def deleted_activities(
    viewer: Viewer, record_id: int, before: Place | None = None, limit: int = 50
) -> Sequence[DeletedActivity]:
    """What the viewer can restore on a record they have been let into, the newest deletion first, after `before`.

    Two queries. Whoever may not delete an activity may not bring it back either, and is not told of it.
    """
    page = (
        sa.select(Record.id, Record.object_type, Record.archived_at, RecordDeletion.actor_id)
        .join_from(ActivityLink, Record, Record.id == ActivityLink.activity_id)
        .outerjoin(RecordDeletion, RecordDeletion.record_id == Record.id)
        .where(
            ActivityLink.record_id == record_id,
            Record.archived_at > now() - KEPT,
            covered(viewer, Verb.VIEW, Record.object_type, Record.owner_id),
            covered(viewer, Verb.DELETE, Record.object_type, Record.owner_id),
            *beyond(_Columns, before),
        )
        .order_by(Record.archived_at.desc(), Record.id.desc())
        .limit(limit)
    )
    rows: Sequence[sa.Row[Any]] = db.session.execute(guarded(page, viewer)).all()
    ids: dict[str, list[int]] = {}
    for row in rows:
        ids.setdefault(row.object_type, []).append(row.id)
    activities = load_many(ids)
    return [DeletedActivity(activities[row.id], row.archived_at, row.actor_id) for row in rows if row.id in activities]
