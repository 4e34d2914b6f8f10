"""What happened to an activity: its values, the records it was put on and taken off, deletion and return (SPEC 1.6)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.activities.models import ActivityDeletion
from crm.associations.history import ACTIVITY, Change
from crm.associations.models import LinkHistoryRow
from crm.clock import now
from crm.db import db
from crm.events import ActivityArchived, ActivityRestored
from crm.permissions.scopes import guarded, visible_to
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyHistoryRow
from crm.records.models import Record
from crm.records.page_moments import Place, beyond

VALUES: sa.Table = PropertyHistoryRow.__table__  # type: ignore[assignment]
LINKS: sa.Table = LinkHistoryRow.__table__  # type: ignore[assignment]
DELETIONS: sa.Table = ActivityDeletion.__table__  # type: ignore[assignment]
TABLES = 3
"""How many tables the history is read from; the number of a row tells its table too, so that each is there once."""


@dataclass(frozen=True)
class ActivityChange:
    """One thing that happened to an activity.

    One value changed if there is a `property_name`; `old` and `new` are as the history keeps them. It was put on or
    taken off the record `other_id` if there is one, as `is_added` says. Otherwise it was deleted, or brought back.
    """

    number: int
    moment: datetime
    actor_id: int | None
    source: str
    source_detail: str
    property_name: str
    old: str | None
    new: str | None
    is_added: bool
    other_id: int | None
    other_type: str
    other_name: str

    @property
    def place(self) -> Place:
        """Where it stands in the order of changes."""
        return Place(self.moment, self.number)


def on_activity_archived(event: ActivityArchived) -> None:
    """Keep that it was deleted."""
    _note(event, is_restored=False)


def on_activity_restored(event: ActivityRestored) -> None:
    """Keep that it came back."""
    _note(event, is_restored=True)


def _note(event: ActivityArchived | ActivityRestored, is_restored: bool) -> None:
    values = {"activity_id": event.activity_id, "is_restored": is_restored}
    values |= {"actor_id": event.actor.user_id, "moment": now()}
    db.session.execute(sa.insert(DELETIONS), values)


def changes_of_activity(
    viewer: Viewer, activity_id: int, before: Place | None = None, limit: int = 50
) -> list[ActivityChange]:
    """The changes of an activity the viewer has been let into, newest first, after `before`; one query.

    Records the viewer may not see are left out, deleted ones too, as if it had never been on them.
    """
    branches = (_values(activity_id), _links(viewer, activity_id), _deletions(activity_id))
    every = sa.union_all(*branches).subquery()
    newest = sa.select(every).where(*beyond(every, before)).order_by(every.c.moment.desc(), every.c.id.desc())
    return [ActivityChange(*row) for row in db.session.execute(guarded(newest.limit(limit), viewer)).tuples()]


def _branch(table: sa.Table, place: int, **own: Any) -> sa.Select[Any]:
    """One table's part of the columns that all have; what it does not have itself is empty."""
    text, number = sa.Text(), Record.__table__.c.id.type
    columns: dict[str, Any] = {
        "source": sa.literal("", text),
        "source_detail": sa.literal("", text),
        "property_name": sa.literal("", text),
        "old": sa.cast(sa.null(), text),
        "new": sa.cast(sa.null(), text),
        "is_added": sa.false(),
        "other_id": sa.cast(sa.null(), number),
        "other_type": sa.literal("", text),
        "other_name": sa.literal("", text),
    }
    columns |= own
    fixed = ((table.c.id * TABLES + place).label("id"), table.c.moment, table.c.actor_id)
    return sa.select(*fixed, *(column.label(name) for name, column in columns.items()))


def _values(activity_id: int) -> sa.Select[Any]:
    names = ("source", "source_detail", "property_name", "old", "new")
    return _branch(VALUES, 0, **{name: VALUES.c[name] for name in names}).where(VALUES.c.record_id == activity_id)


def _links(viewer: Viewer, activity_id: int) -> sa.Select[Any]:
    links = _branch(
        LINKS,
        1,
        source=LINKS.c.source,
        source_detail=LINKS.c.source_detail,
        is_added=LINKS.c.change == Change.ADDED,
        other_id=Record.id,
        other_type=Record.object_type,
        other_name=Record.display_name,
    )
    of_activity = (LINKS.c.record_id == activity_id, LINKS.c.relation == ACTIVITY)
    return links.join_from(LINKS, Record, Record.id == LINKS.c.other_id).where(*of_activity, visible_to(viewer))


def _deletions(activity_id: int) -> sa.Select[Any]:
    return _branch(DELETIONS, 2, is_added=DELETIONS.c.is_restored).where(DELETIONS.c.activity_id == activity_id)
