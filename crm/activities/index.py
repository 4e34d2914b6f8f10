"""What the index page of an activity object reads besides its rows: who may see them, the records they are on (8.1)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from crm.activities.models import ActivityLink
from crm.activities.queries import ActivityRow
from crm.db import db
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Scope, Verb
from crm.permissions.scopes import guarded, unguarded, visible_to
from crm.permissions.viewer import Viewer
from crm.properties.rich_text import to_text
from crm.records.models import Record
from crm.statements import Statements, among

FEW_RECORDS, FEW_LINKS = 2_000, 20_000
"""For whoever sees no more, a list begins with the records and what is on them, rather than with the activities."""
SHOWN_LENGTH = 120
FIRST = 2
"""How many of the records an activity is on stand in its row."""


@dataclass(frozen=True)
class Links:
    """The first few records an activity is on that the viewer may see, as (id, name), and how many there are in all."""

    first: Sequence[tuple[int, str]] = field(default_factory=tuple)
    count: int = 0

    @property
    def more(self) -> int:
        """How many there are besides the first."""
        return self.count - len(self.first)


def seen_by(viewer: Viewer, kind: ObjectType) -> sa.ColumnElement[bool] | None:
    """The condition on the table of `kind` that an activity is on a record the viewer may see; None for no condition.

    Super admins see those left on no live record too. Of two ways to say it the one is chosen that looks at fewer rows:
    most of the newest activities are on records that a person sees, or that person sees few records altogether.
    """
    if viewer.is_super_admin:
        return None
    few, link = _few_seen(viewer), ActivityLink.__table__.alias()
    if few is not None:
        return kind.table.c.record_id.in_(sa.select(link.c.activity_id).where(link.c.record_id.in_(few)))
    record = Record.__table__.alias()
    found = sa.select(sa.literal(1)).select_from(link.join(record, record.c.id == link.c.record_id))
    found = found.where(link.c.activity_id == kind.table.c.record_id, _is_seen(viewer, record)).limit(1)
    # A value, not EXISTS: PostgreSQL would rather read all links into a table of hashes than ask for a few.
    return found.correlate(kind.table).scalar_subquery() == 1


def on_no_record(kind: ObjectType) -> sa.ColumnElement[bool]:
    """The condition that an activity is left on no live record at all; for super admins, who may see it."""
    link, record = ActivityLink.__table__.alias(), Record.__table__.alias()
    live = sa.select(sa.literal(1)).select_from(link.join(record, record.c.id == link.c.record_id))
    return sa.not_(live.where(link.c.activity_id == kind.table.c.record_id, record.c.archived_at.is_(None)).exists())


def _is_seen(viewer: Viewer, record: Any) -> sa.ColumnElement[bool]:
    types = [one.name for one in schema().record_types if viewer.may(one.name, Verb.VIEW)]
    return visible_to(viewer, record, object_types=types)


def _few_seen(viewer: Viewer) -> Sequence[int] | None:
    """The records that the viewer may see, when they and what is on them are few; else None."""
    scopes = {viewer.scope(one.name, Verb.VIEW) for one in schema().record_types}
    if scopes <= {Scope.EVERYTHING, Scope.NONE}:
        return None
    seen = sa.select(Record.id).where(_is_seen(viewer, Record.__table__)).limit(FEW_RECORDS + 1)
    ids = db.session.scalars(guarded(seen, viewer)).all()
    if len(ids) > FEW_RECORDS:
        return None
    some = sa.select(sa.literal(1)).where(ActivityLink.record_id.in_(ids)).limit(FEW_LINKS + 1).subquery()
    links = db.session.scalar(unguarded(sa.select(sa.func.count()).select_from(some), "the records are in hand"))
    return ids if (links or 0) <= FEW_LINKS else None


def name_of(activity: ActivityRow, translate: Callable[[str], str]) -> str:
    """What a list calls an activity: its title, else its first words, else its kind."""
    label = activity.type.label if activity.type else activity.object_type.label
    return activity.heading or _beginning(to_text(activity.body)) or translate(label)


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_LENGTH else line[:SHOWN_LENGTH].rsplit(" ", 1)[0] + "…"


_statements = Statements()


def links_of_many(viewer: Viewer, activity_ids: Collection[int]) -> dict[int, Links]:
    """The records that each of these activities is on, as far as the viewer may see them; one query.

    The caller has found the activities through the gate.
    """
    if not activity_ids:
        return {}
    shape = (schema().token, viewer.rights)
    statement = _statements.get(shape, lambda: guarded(_first_links(viewer), viewer))
    found: dict[int, tuple[list[tuple[int, str]], int]] = {}
    for row in db.session.execute(statement, {"ids": sorted(activity_ids)}):
        names, _ = found.setdefault(row.activity_id, ([], row.amount))
        names.append((row.id, row.display_name or f"#{row.id}"))
    return {activity_id: Links(names, amount) for activity_id, (names, amount) in found.items()}


def _first_links(viewer: Viewer) -> sa.Select[Any]:
    """Of each activity the records it was put on first, with the number of all."""
    link, record = ActivityLink.__table__, Record.__table__
    of_one = {"partition_by": link.c.activity_id}
    listed = (
        sa.select(
            link.c.activity_id,
            record.c.id,
            record.c.display_name,
            sa.func.count().over(**of_one).label("amount"),
            sa.func.row_number().over(**of_one, order_by=(link.c.moment, link.c.record_id)).label("place"),
        )
        .select_from(link.join(record, record.c.id == link.c.record_id))
        .where(among(link.c.activity_id, "ids"), visible_to(viewer, record))
        .subquery()
    )
    chosen = sa.select(listed.c.activity_id, listed.c.id, listed.c.display_name, listed.c.amount)
    return chosen.where(listed.c.place <= FIRST).order_by(listed.c.activity_id, listed.c.place)
