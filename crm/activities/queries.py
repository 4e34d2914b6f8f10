"""Reading activities through the viewer: one, many of all kinds at once, their links, comments and counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.activities.models import ActivityLink, Comment
from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType
from crm.db import db
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.scopes import activity_open_to, guarded, unguarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.records.queries import read_values
from crm.statements import Statements


class Counts(NamedTuple):
    """How many comments an activity has and how many records it is on that the viewer may see."""

    comments: int = 0
    links: int = 0


NO_COUNTS = Counts()

COUNT_LIMIT = 1_000
"""So many records of an activity are counted where many activities are shown: it may be on ten times as many."""


@dataclass
class ActivityRow:
    """One activity as read: its kind and its values by property name; `created_at` is when it was logged, UTC."""

    id: int
    object_type: ObjectType
    owner_id: int | None
    created_at: datetime
    values: Mapping[str, Any]
    version: int = 0
    counts: Counts = NO_COUNTS

    @cached_property
    def type(self) -> ActivityType | None:
        """Its kind; None when the kind is gone."""
        return kind_of(self.object_type.name, self.values)

    @property
    def kind(self) -> str:
        """The name of its kind; the object type when the kind is gone."""
        return self.type.name if self.type else self.object_type.name

    @property
    def heading(self) -> str:
        """Its own title or subject, "" when it has none."""
        name = self.type.heading_property if self.type else None
        return self.values.get(name) or "" if name else ""

    @property
    def body(self) -> str:
        """Its body as sanitised HTML, "" when empty."""
        return self.values.get("body") or ""

    @property
    def moment(self) -> datetime:
        """When it happened or will, UTC."""
        return self.values.get("activity_date") or self.created_at

    def is_open(self, moment: datetime) -> bool:
        """Whether at `moment` (UTC) it is still to be done or to come."""
        return self.type.is_open(self.values, moment) if self.type else False


def kind_of(object_type: str, values: Mapping[str, Any]) -> ActivityType | None:
    """The kind that an activity of this object type with these values is."""
    for kind in activity_types:
        if kind.object_type == object_type and all(values.get(name) == v for name, v in kind.fixed_values.items()):
            return kind
    return None


def kinds_by_name() -> dict[str, str]:
    """The object type of every kind, by the name of the kind."""
    return {kind.name: kind.object_type for kind in activity_types}


def get_activity(viewer: Viewer, activity_id: int, verb: Verb = Verb.VIEW) -> ActivityRow:
    """One live activity; raises NotFound when hidden, Forbidden when `verb` is not granted (DESIGN 6)."""
    statement = sa.select(Record.__table__).where(
        Record.id == activity_id, activity_open_to(viewer, Record.__table__)
    )
    passport = db.session.execute(guarded(statement, viewer)).first()
    object_type = schema().types.get(passport.object_type) if passport is not None else None
    if passport is None or object_type is None or not object_type.is_activity:
        raise NotFound(f"no activity {activity_id}")
    if not viewer.covers(object_type.name, verb, passport.owner_id):
        raise Forbidden(f"{verb} is not granted on activity {activity_id}")
    values = read_values(object_type, activity_id)
    return ActivityRow(activity_id, object_type, passport.owner_id, passport.created_at, values, passport.version)


def read_activity(activity_id: int) -> ActivityRow:
    """One activity whoever asks, deleted or not: for what is derived from it. Raises NotFound."""
    statement = sa.select(Record.__table__).where(Record.id == activity_id)
    passport = db.session.execute(unguarded(statement, "derived rows are the same for everyone")).first()
    if passport is None:
        raise NotFound(f"no activity {activity_id}")
    object_type = schema().object_type(passport.object_type)
    values = read_values(object_type, activity_id)
    return ActivityRow(activity_id, object_type, passport.owner_id, passport.created_at, values, passport.version)


_statements = Statements()


def counts(viewer: Viewer, activity_id: int) -> Counts:
    """How many comments and visible records an activity has."""
    statement = _statements.get(("counts", viewer.rights), lambda: _counts(viewer))
    return Counts(*db.session.execute(statement, {"id": activity_id}).one())


def _counts(viewer: Viewer) -> Any:
    return guarded(sa.select(*counted(viewer, sa.bindparam("id"))), viewer)


def counted(viewer: Viewer, activity_id: Any) -> tuple[Any, Any]:
    """How many comments and visible records the activity `activity_id` has, a column or a value, for any Select.

    Of very many records COUNT_LIMIT and one are counted.
    """
    comment, link, record = Comment.__table__, ActivityLink.__table__, Record.__table__
    said = comment.c.activity_id == activity_id, comment.c.archived_at.is_(None)
    linked = link.c.activity_id == activity_id, visible_to(viewer, record)
    some = sa.select(sa.literal(1)).select_from(link.join(record, record.c.id == link.c.record_id)).where(*linked)
    some = some.correlate_except(link, record).limit(COUNT_LIMIT + 1).subquery()
    links = sa.select(sa.func.count()).select_from(some)
    comments = sa.select(sa.func.count()).select_from(comment).where(*said)
    return comments.scalar_subquery(), links.scalar_subquery()


@dataclass(frozen=True)
class LinkedRecord:
    """A record that an activity is on or could be on.

    `source`, `source_detail`, `actor_id` and `moment` (UTC) say why it is, for `reasons.why`; `source` is "" when it
    is not.
    """

    record_id: int
    object_type: str
    display_name: str
    source: str
    source_detail: str = ""
    actor_id: int | None = None
    moment: datetime | None = None


def links_of(
    viewer: Viewer, activity_id: int, object_type: str | None = None, limit: int | None = None
) -> list[LinkedRecord]:
    """The visible records an activity is on, by name; only those of one object type if it is given."""
    types = None if object_type is None else (object_type,)
    statement = (
        sa.select(
            Record.id,
            Record.object_type,
            Record.display_name,
            ActivityLink.source,
            ActivityLink.source_detail,
            ActivityLink.actor_id,
            ActivityLink.moment,
        )
        .join(ActivityLink, ActivityLink.record_id == Record.id)
        .where(ActivityLink.activity_id == activity_id, visible_to(viewer, object_types=types))
        .order_by(sa.func.lower(Record.display_name), Record.id)
        .limit(limit)
    )
    rows = db.session.execute(guarded(statement, viewer))
    return [LinkedRecord(*row) for row in rows.tuples()]


def names_of(viewer: Viewer, record_ids: Sequence[int]) -> list[LinkedRecord]:
    """The visible ones of these records, in the order given, as links an activity could have."""
    if not record_ids:
        return []
    statement = sa.select(Record.id, Record.object_type, Record.display_name).where(
        Record.id.in_(record_ids), visible_to(viewer)
    )
    found = {row.id: LinkedRecord(row.id, row.object_type, row.display_name, "") for row in _run(viewer, statement)}
    return [found[record_id] for record_id in record_ids if record_id in found]


def _run(viewer: Viewer, statement: sa.Select[Any]) -> sa.Result[Any]:
    return db.session.execute(guarded(statement, viewer))


def link_counts(viewer: Viewer, activity_id: int) -> dict[str, int]:
    """How many visible records of each object type an activity is on."""
    statement = (
        sa.select(Record.object_type, sa.func.count().label("amount"))
        .join(ActivityLink, ActivityLink.record_id == Record.id)
        .where(ActivityLink.activity_id == activity_id, visible_to(viewer))
        .group_by(Record.object_type)
    )
    return {row.object_type: row.amount for row in db.session.execute(guarded(statement, viewer))}


def linked_among(activity_id: int, record_ids: Sequence[int]) -> set[int]:
    """Which of these records the activity is on; the caller has found them through the gate."""
    if not record_ids:
        return set()
    statement = sa.select(ActivityLink.record_id).where(
        ActivityLink.activity_id == activity_id, ActivityLink.record_id.in_(record_ids)
    )
    return set(db.session.scalars(unguarded(statement, "the records are already in hand")))


@dataclass(frozen=True)
class CommentRow:
    """A remark on an activity; moments in UTC."""

    id: int
    activity_id: int
    author_id: int | None
    body: str
    created_at: datetime
    edited_at: datetime | None


def comments_of(viewer: Viewer, activity_id: int) -> list[CommentRow]:
    """The remarks on an activity the viewer has been shown, oldest first."""
    statement = (
        sa.select(Comment)
        .where(Comment.activity_id == activity_id, Comment.archived_at.is_(None))
        .order_by(Comment.created_at, Comment.id)
    )
    found = db.session.scalars(guarded(statement, viewer))
    return [CommentRow(c.id, c.activity_id, c.author_id, c.body, c.created_at, c.edited_at) for c in found]


def get_comment(viewer: Viewer, comment_id: int, is_removed: bool = False) -> CommentRow:
    """One remark on an activity the viewer may see, or one that was removed; raises NotFound."""
    state = Comment.archived_at.is_not(None) if is_removed else Comment.archived_at.is_(None)
    found = db.session.scalar(guarded(sa.select(Comment).where(Comment.id == comment_id, state), viewer))
    if found is None:
        raise NotFound(f"no comment {comment_id}")
    get_activity(viewer, found.activity_id)
    return CommentRow(found.id, found.activity_id, found.author_id, found.body, found.created_at, found.edited_at)
