"""Associating all records of a selection with one record, in bulk (SPEC 6.1 "Bulk")."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm.associations.labelling import held_labels
from crm.associations.labels import set_labels
from crm.associations.models import Association
from crm.associations.operations import associate, dissociate
from crm.associations.queries import is_associated
from crm.bulk.registry import Applied, Changed, Settings
from crm.db import db
from crm.messages import N_, Lowered, Message
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.queries import current_id
from crm.records.source import Source, SourceKind
from crm.selections.refusals import REFUSALS, SO_ALREADY, Refusals, demand_edit
from crm.selections.selection import count_of, ids_of, read

ASSOCIATE = "associate_selected"
"""The kind of work in bulk that does it."""

LABEL = N_("Associating many records with one")
TITLE = N_("Associating %(objects)s with %(name)s")


def title(settings: Settings) -> Message:
    """What people read of it."""
    kind = schema().types.get(settings["selection"]["object_type"])
    return Message(TITLE, objects=Lowered(kind.plural_label), name=settings["name"]) if kind else Message(LABEL)


def items(actor: Viewer, settings: Settings, after: int | None, limit: int) -> Sequence[int]:
    """The next records of the selection."""
    return ids_of(actor, read(settings["selection"]), after, limit)


def count(actor: Viewer, settings: Settings) -> int:
    """How many they are."""
    return count_of(actor, read(settings["selection"]))


def apply(actor: Viewer, run_id: int, settings: Settings, ids: Sequence[int]) -> Applied:
    """Associate each with the record, as a person would do it one by one; what cannot be is counted with its reason.

    Raises NotFound when the record itself is gone or hidden.
    """
    other_id = current_id(actor, settings["record_id"])
    source = Source(SourceKind.BULK, str(run_id))
    changes: list[Changed] = []
    refusals = Refusals()
    for record_id in ids:
        try:
            before = held_labels(record_id, other_id) if is_associated(record_id, other_id) else None
            if associate(actor, record_id, other_id, source, labels=settings["labels"]):
                changes.append(Changed(record_id, other_id, None if before is None else sorted(before)))
            else:
                refusals.add_many(SO_ALREADY, 1)
        except REFUSALS as error:
            refusals.add(error)
    return Applied(changes, refusals.skipped, refusals.messages())


def undo(actor: Viewer, run_id: int, settings: Settings, changes: Sequence[Changed]) -> None:
    """Take the links away that the run made, and the labels it gave; what somebody linked anew since then stays."""
    demand_edit(actor, read(settings["selection"]).object_type)
    for change in changes:
        try:
            if change.other_id is not None:
                _take_back(actor, run_id, change.one_id, change.other_id, change.before)
        except REFUSALS:
            continue


def _take_back(actor: Viewer, run_id: int, record_id: int, other_id: int, before: list[int] | None) -> None:
    given = _given_by(run_id, record_id, other_id)
    if before is None:
        if given:
            dissociate(actor, record_id, other_id)
        return
    has = held_labels(record_id, other_id)
    if has & given:
        set_labels(actor, record_id, other_id, sorted(has - given), Source(SourceKind.BULK, str(run_id)))


def _given_by(run_id: int, record_id: int, other_id: int) -> set[int]:
    """The types of those links of two records that the run made, and nobody anew since then."""
    link: Any = Association.__table__.c
    asked = sa.select(link.type_id).where(
        link.from_record_id == record_id,
        link.to_record_id == other_id,
        link.source == SourceKind.BULK,
        link.source_detail == str(run_id),
    )
    return set(db.session.scalars(unguarded(asked, "a run takes back its own links")))
