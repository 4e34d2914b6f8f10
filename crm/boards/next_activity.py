"""What comes next on the records of a board: nothing, something overdue, today or later (SPEC 5.1, 7.7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crm.activities.queries import kinds_by_name
from crm.clock import now
from crm.db import db
from crm.messages import N_
from crm.objects.queries import schema
from crm.permissions.actions import Verb
from crm.permissions.scopes import covered, guarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.statements import Statements, among
from crm.timeline.entry_rows import ENTRY
from crm.timeline.queries import is_upcoming


class Due(StrEnum):
    """How the next activity stands to this day."""

    NONE = "none"
    OVERDUE = "overdue"
    TODAY = "today"
    LATER = "later"


LABELS = {
    Due.NONE: N_("No activity planned"),
    Due.OVERDUE: N_("Overdue"),
    Due.TODAY: N_("Today"),
    Due.LATER: N_("Planned"),
}
ICONS = {Due.NONE: "calendar", Due.OVERDUE: "warning", Due.TODAY: "clock", Due.LATER: "calendar"}


@dataclass(frozen=True)
class NextActivity:
    """The nearest open activity of a record, `moment` in UTC; None when there is none."""

    due: Due
    moment: datetime | None = None

    @property
    def label(self) -> str:
        """The state in words."""
        return LABELS[self.due]

    @property
    def icon(self) -> str:
        """The drawing beside the words."""
        return ICONS[self.due]


class Facts(NamedTuple):
    """What a card needs besides the values of its record: the version, and what comes next."""

    version: int
    upcoming: NextActivity


_statements = Statements()


def facts_of(viewer: Viewer, record_ids: Collection[int], zone: ZoneInfo) -> dict[int, Facts]:
    """The facts of each of these records that the viewer may see, told from activities they may see; one query."""
    if not record_ids:
        return {}
    shape = (schema().token, viewer.rights)
    statement = _statements.get(shape, lambda: guarded(_facts(viewer), viewer))
    moment = now()
    rows = db.session.execute(statement, {"ids": sorted(record_ids), "now": moment})
    return {row.id: Facts(row.version, _next(row.moment, moment, zone)) for row in rows}


def _facts(viewer: Viewer) -> sa.Select[Any]:
    record = Record.__table__
    where = [ENTRY.c.record_id == record.c.id, ENTRY.c.activity_id.is_not(None), is_upcoming()]
    if not viewer.is_super_admin:
        where.append(covered(viewer, Verb.VIEW, ENTRY.c.kind, ENTRY.c.owner_id, kinds_by_name()))
    nearest = sa.select(ENTRY.c.moment).where(*where).order_by(ENTRY.c.moment).limit(1).correlate(record)
    columns = (record.c.id, record.c.version, nearest.scalar_subquery().label("moment"))
    return sa.select(*columns).where(among(record.c.id, "ids"), visible_to(viewer, record))


def _next(moment: datetime | None, present: datetime, zone: ZoneInfo) -> NextActivity:
    if moment is None:
        return NextActivity(Due.NONE)
    if moment < present:
        return NextActivity(Due.OVERDUE, moment)
    is_today = moment.astimezone(zone).date() == present.astimezone(zone).date()
    return NextActivity(Due.TODAY if is_today else Due.LATER, moment)
