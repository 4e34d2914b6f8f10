"""Making one record of two, and two of that one again (SPEC 4.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from crm.clock import now
from crm.db import db
from crm.events import RecordsMerged, RecordsRearranged, RecordsUnmerged, publish
from crm.merging.errors import CannotUnmerge, Outdated, UndoneAlready
from crm.merging.latecomers import expect_latecomers
from crm.merging.locking import lock_all
from crm.merging.models import RecordMerge
from crm.merging.parts import Merging, Parting, merge_parts
from crm.merging.parts.associations import settle_companies
from crm.merging.planning import MergePlan
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records import rows
from crm.records.errors import InvalidInput
from crm.records.models import Record
from crm.records.operations import check_passport
from crm.records.queries import read_values
from crm.records.unique_values import taken_values, taking_values

KEPT_FOR = timedelta(days=90)
"""How long a merge can be undone."""

RECORD: sa.Table = Record.__table__  # type: ignore[assignment]

CHANGED = N_("%(name)s was changed in the meantime. Look at the preview again.")
MERGED_BY_NOW = N_("%(name)s was merged or deleted in the meantime.")
UNDONE = N_("This merge has been undone already.")
TOO_LATE = N_("A merge can be undone for %(days)s days; this one is older.")
MERGED_ON = N_("%(name)s has itself been merged. Undo that merge first.")
DELETED = N_("%(name)s was deleted. Restore it first.")
NOT_YOURS = N_("You may not edit both of the records that would come back.")
TAKEN = N_("%(name)s cannot come back: %(reason)s")


@dataclass(frozen=True)
class Merged:
    """A merge that was carried out: its own id, and that of the new record."""

    merge_id: int
    record_id: int


def merge(actor: Viewer, plan: MergePlan) -> Merged:
    """Carry out `plan`, inside a unit of work: a new record in place of the two, with everything of both.

    Raises Outdated when one of them has changed, was merged or deleted since the plan was made, NotFound, Forbidden,
    and InvalidInput when somebody else has a value meanwhile that no two may have.
    """
    kind, moment = plan.kind, now()
    _check_unchanged(actor, plan, lock_all((plan.primary.id, plan.secondary.id), kind.name))
    for record in (plan.primary, plan.secondary):
        rows.set_archived(kind, record.id, moment)
    with taking_values(actor, kind, plan.values):
        merged_id = rows.insert_record(actor, kind, plan.values, plan.owner_id, plan.created_at)
    _complete_rows(plan, merged_id)
    _lead_to(merged_id, plan.primary.id, plan.secondary.id)
    merging = Merging(actor, plan, merged_id, moment)
    for part in merge_parts:
        part.unite(merging)
    merge_id = _remember(merging)
    _tell_merged(merging, merge_id)
    expect_latecomers(merge_id)
    return Merged(merge_id, merged_id)


def _check_unchanged(actor: Viewer, plan: MergePlan, locked: dict[int, sa.Row[Any]]) -> None:
    for record in (plan.primary, plan.secondary):
        passport = locked.get(record.id)
        if passport is None or passport.archived_at is not None:
            raise Outdated(Message(MERGED_BY_NOW, name=record.title))
        check_passport(actor, passport, record.id, Verb.EDIT)
        if passport.version != record.version:
            raise Outdated(Message(CHANGED, name=record.title))


def _complete_rows(plan: MergePlan, merged_id: int) -> None:
    """What the row of a new record does not say by itself: how old it is not, its version, and what is pinned."""
    table, record = plan.kind.table, RECORD
    db.session.execute(sa.update(table).where(table.c.record_id == merged_id).values(updated_at=now()))
    pinned = plan.primary.pinned_activity_id or plan.secondary.pinned_activity_id
    values = {"version": plan.version, "pinned_activity_id": pinned}
    db.session.execute(sa.update(record).where(record.c.id == merged_id).values(values))


def _lead_to(record_id: int | None, *merged: int) -> None:
    away = sa.update(RECORD).where(RECORD.c.id.in_(merged))
    db.session.execute(away.values(merged_into_id=record_id))


def _remember(merging: Merging) -> int:
    plan = merging.plan
    values = {
        "object_type": merging.kind.name,
        "merged_id": merging.merged_id,
        "primary_id": plan.primary.id,
        "secondary_id": plan.secondary.id,
        "actor_id": merging.actor.user_id,
        "moment": merging.moment,
    }
    made = db.session.scalar(sa.insert(RecordMerge).values(values | merging.marks).returning(RecordMerge.id))
    return int(made or 0)


def _tell_merged(merging: Merging, merge_id: int) -> None:
    plan = merging.plan
    names = {"primary": plan.primary.title, "secondary": plan.secondary.title}
    told = RecordsMerged(
        merging.actor, merging.kind.name, merging.merged_id, merging.sources, merge_id, names, plan.values
    )
    publish(told)
    publish(RecordsRearranged(merging.actor, (merging.merged_id,)))


def unmerge(actor: Viewer, merge_id: int) -> tuple[int, int]:
    """Take a merge apart again, inside a unit of work: both records are what they were, the merged one is gone.

    Activities, links and files that came to it since go to the primary record; values changed since do not. Returns
    the ids of both, the primary one's first. Raises NotFound, Forbidden, CannotUnmerge.
    """
    parting = _checked(actor, merge_id)
    for part in merge_parts:
        part.part(parting)
    kind, sources = parting.kind, parting.sources
    rows.set_archived(kind, parting.merged_id, parting.moment)
    _lead_to(None, *sources)
    for record_id in sources:
        _bring_back(actor, kind, record_id)
    _lead_to(parting.primary_id, parting.merged_id)
    settle_companies(parting)
    undone = sa.update(RecordMerge).where(RecordMerge.id == merge_id)
    db.session.execute(undone.values(undone_at=parting.moment, undone_by_id=actor.user_id))
    publish(RecordsUnmerged(actor, kind.name, parting.merged_id, sources, merge_id))
    publish(RecordsRearranged(actor, sources))
    return sources


def _checked(actor: Viewer, merge_id: int) -> Parting:
    """The merge, all three records locked; raises what `unmerge` raises."""
    found = db.session.get(RecordMerge, merge_id)
    if found is None:
        raise NotFound(f"no merge {merge_id}")
    kind = schema().object_type(found.object_type)
    locked = lock_all((found.merged_id, found.primary_id, found.secondary_id), kind.name)
    db.session.refresh(found)
    _check_undoable(actor, found, locked)
    return parting_of(actor, found, kind)


def check_undoable(viewer: Viewer, found: RecordMerge) -> None:
    """Raise CannotUnmerge when a merge cannot be undone (any more), NotFound or Forbidden by who may not; read only."""
    record = RECORD
    ids = (found.merged_id, found.primary_id, found.secondary_id)
    passports = sa.select(record).where(record.c.id.in_(ids))
    rows_by_id = {row.id: row for row in db.session.execute(unguarded(passports, "rights are checked on the rows"))}
    _check_undoable(viewer, found, rows_by_id)


def _check_undoable(actor: Viewer, found: RecordMerge, passports: Mapping[int, sa.Row[Any]]) -> None:
    """Both records come back to their owners: who takes the merge apart may edit all three."""
    merged = passports[found.merged_id]
    if not actor.covers(merged.object_type, Verb.VIEW, merged.owner_id):
        raise NotFound(f"no merge {found.id}")
    name = merged.display_name or f"#{merged.id}"
    if found.undone_at is not None:
        raise UndoneAlready(UNDONE, found.primary_id)
    if merged.merged_into_id is not None:
        raise CannotUnmerge(Message(MERGED_ON, name=name))
    if merged.archived_at is not None:
        raise CannotUnmerge(Message(DELETED, name=name))
    if now() - found.moment > KEPT_FOR:
        raise CannotUnmerge(Message(TOO_LATE, days=KEPT_FOR.days))
    check_passport(actor, merged, merged.id, Verb.EDIT)
    for record_id in (found.primary_id, found.secondary_id):
        if not actor.covers(merged.object_type, Verb.EDIT, passports[record_id].owner_id):
            raise CannotUnmerge(NOT_YOURS)


def parting_of(actor: Viewer, found: RecordMerge, kind: ObjectType) -> Parting:
    """A merge as the parts see it that are to take it apart."""
    return Parting(
        actor=actor,
        kind=kind,
        merged_id=found.merged_id,
        primary_id=found.primary_id,
        secondary_id=found.secondary_id,
        moment=now(),
        merged_at=found.moment,
        history_mark=found.history_mark,
        attachment_mark=found.attachment_mark,
    )


def _bring_back(actor: Viewer, kind: ObjectType, record_id: int) -> None:
    values = read_values(kind, record_id)
    errors = taken_values(actor, kind, values, record_id)
    try:
        if errors:
            raise InvalidInput(errors)
        with taking_values(actor, kind, values, record_id):
            rows.set_archived(kind, record_id, None)
    except InvalidInput as error:
        reason = str(next(iter(error.errors.values())))
        raise CannotUnmerge(Message(TAKEN, name=f"#{record_id}", reason=reason)) from None
