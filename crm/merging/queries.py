"""Reading merges and what hangs on records about to be merged, through the viewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm.accounts.queries import directory
from crm.activities.models import ActivityLink
from crm.associations.models import Association
from crm.clock import now
from crm.db import db
from crm.merging.models import RecordMerge
from crm.merging.operations import KEPT_FOR, check_undoable, parting_of
from crm.merging.parts import Parting
from crm.merging.parts.activities import newer_activities
from crm.merging.parts.associations import newer_links
from crm.merging.parts.attachments import ATTACHMENT, newer_attachments
from crm.merging.sides import merged_ids
from crm.messages import InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property
from crm.permissions.actions import Verb
from crm.permissions.errors import MergedAway, NotFound
from crm.permissions.scopes import guarded, unguarded, visible_to
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyHistoryRow
from crm.records.models import Record
from crm.records.queries import RecordRow, get_record
from crm.records.values import type_of

MOST_LISTED = 250
WHY = "the merged record was read through the gate"


@dataclass(frozen=True)
class Hanging:
    """How many activities and associated records of one record the viewer may see."""

    activities: int = 0
    associations: int = 0


def what_hangs_on(viewer: Viewer, record_ids: Sequence[int]) -> dict[int, Hanging]:
    """For each of a few records how much hangs on it that the viewer may see; two queries."""
    record, link, association = Record.__table__, ActivityLink.__table__, Association.__table__
    on_it = sa.select(link.c.record_id, sa.func.count()).join(record, record.c.id == link.c.activity_id)
    on_it = on_it.where(link.c.record_id.in_(record_ids), visible_to(viewer, record)).group_by(link.c.record_id)
    amount = sa.func.count(association.c.to_record_id.distinct())
    linked = sa.select(association.c.from_record_id, amount).join(record, record.c.id == association.c.to_record_id)
    linked = linked.where(association.c.from_record_id.in_(record_ids), visible_to(viewer, record))
    activities = dict(db.session.execute(guarded(on_it, viewer)).tuples().all())
    associations = dict(
        db.session.execute(guarded(linked.group_by(association.c.from_record_id), viewer)).tuples().all()
    )
    return {one: Hanging(activities.get(one, 0), associations.get(one, 0)) for one in record_ids}


@dataclass(frozen=True)
class MergeRow:
    """One merge as it is listed: the names and ids of both, who did it and when, and whether it can be undone."""

    id: int
    primary_id: int
    primary_name: str
    secondary_id: int
    secondary_name: str
    actor_name: str
    moment: datetime
    undone_at: datetime | None
    is_of_this: bool

    @property
    def days_left(self) -> int:
        """How many days it can still be undone."""
        return max(0, (self.moment + KEPT_FOR - now() + timedelta(days=1, microseconds=-1)).days)


def merges_of(viewer: Viewer, record_id: int) -> list[MergeRow]:
    """Every merge that led to this record, the newest first; raises NotFound. Three queries."""
    return _merge_rows(get_record(viewer, record_id))


def _merge_rows(record: RecordRow) -> list[MergeRow]:
    primary, secondary = aliased(Record), aliased(Record)
    known = [record.id, *merged_ids(record)]
    statement = (
        sa.select(RecordMerge, primary.display_name, secondary.display_name)
        .join(primary, primary.id == RecordMerge.primary_id)
        .join(secondary, secondary.id == RecordMerge.secondary_id)
        .where(RecordMerge.merged_id.in_(known), RecordMerge.undone_at.is_(None))
        .order_by(RecordMerge.moment.desc(), RecordMerge.id.desc())
        .limit(MOST_LISTED)
    )
    people = directory()
    return [
        MergeRow(
            id=one.id,
            primary_id=one.primary_id,
            primary_name=first or f"#{one.primary_id}",
            secondary_id=one.secondary_id,
            secondary_name=second or f"#{one.secondary_id}",
            actor_name=people.name_of(one.actor_id),
            moment=one.moment,
            undone_at=one.undone_at,
            is_of_this=one.merged_id == record.id,
        )
        for one, first, second in db.session.execute(unguarded(statement, WHY))
    ]


@dataclass(frozen=True)
class Undone:
    """A merge that was taken apart: the ids and names of those of its two records the viewer sees, who did it, when."""

    records: Sequence[tuple[int, str]]
    actor_name: str
    moment: datetime


def undone_merge(viewer: Viewer, merge_id: int) -> Undone | None:
    """What is left to say of a merge that was undone, None of one that was not; NotFound when both are hidden."""
    found = db.session.get(RecordMerge, merge_id)
    if found is None or found.undone_at is None:
        return None
    records = []
    for record_id in (found.primary_id, found.secondary_id):
        try:
            records.append((record_id, get_record(viewer, record_id).title))
        except MergedAway:
            # Its address leads to what it has become since.
            records.append((record_id, f"#{record_id}"))
        except NotFound:
            continue
    if not records:
        raise NotFound(f"no merge {merge_id}")
    return Undone(records, directory().name_of(found.undone_by_id), found.undone_at)


@dataclass(frozen=True)
class Since:
    """A value of the merged record that was changed after the merge."""

    prop: Property
    value: Any
    actor_name: str
    moment: datetime


@dataclass(frozen=True)
class UnmergePlan:
    """What taking a merge apart will do: which records come back, what goes to the primary one, and what is lost."""

    merge: MergeRow
    kind: ObjectType
    record_id: int
    activities: int
    associations: int
    attachments: int
    values: Sequence[Since]
    refusal: Message | None = None


def plan_unmerge(viewer: Viewer, merge_id: int) -> UnmergePlan:
    """The preview of `unmerge`, told by the same code that does it; raises NotFound, Forbidden."""
    found = db.session.get(RecordMerge, merge_id)
    if found is None or found.undone_at is not None:
        raise NotFound(f"no merge {merge_id}")
    record = get_record(viewer, found.merged_id, Verb.EDIT)
    parting = parting_of(viewer, found, record.type)
    refusal = None
    try:
        check_undoable(viewer, found)
    except InvalidValue as error:
        refusal = error.message
    row = next(one for one in _merge_rows(record) if one.id == merge_id)
    new = {
        link["to_record_id"] for link in newer_links(parting) if link["from_record_id"] in parting.sources
    }
    return UnmergePlan(
        merge=row,
        kind=record.type,
        record_id=record.id,
        activities=_visible(viewer, newer_activities(parting)),
        associations=_visible(viewer, sorted(new)),
        attachments=db.session.scalar(
            unguarded(sa.select(sa.func.count()).select_from(ATTACHMENT).where(newer_attachments(parting)), WHY)
        )
        or 0,
        values=_changed_since(record.type, parting),
        refusal=refusal,
    )


def _visible(viewer: Viewer, ids: Any) -> int:
    """How many of these records and activities the viewer may see."""
    counted = sa.select(sa.func.count()).select_from(Record).where(Record.id.in_(ids), visible_to(viewer))
    return db.session.scalar(guarded(counted, viewer)) or 0


def _changed_since(kind: ObjectType, parting: Parting) -> list[Since]:
    history = PropertyHistoryRow
    statement = sa.select(history).where(history.record_id == parting.merged_id, history.id > parting.history_mark)
    newest: dict[str, PropertyHistoryRow] = {}
    for row in db.session.scalars(unguarded(statement.order_by(history.id), WHY)):
        newest[row.property_name] = row
    people = directory()
    return [
        Since(prop, type_of(prop).from_history(row.new), people.name_of(row.actor_id), row.moment)
        for name, row in newest.items()
        if (prop := schema().object_type(kind.name).properties.get(name)) is not None and row.actor_id is not None
    ]
