"""Labels on the links of records: given under the lock of both, read through the viewer (SPEC 6.3)."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.associations.limits import demand_room
from crm.associations.link_types import Label, association_types
from crm.associations.models import Association, AssociationTypeRow
from crm.associations.rows import delete_typed, insert_typed
from crm.db import db
from crm.events import AssociationLabelsChanged, publish
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.permissions.scopes import guarded, unguarded, visible_to
from crm.permissions.viewer import Viewer
from crm.records.models import Record
from crm.records.source import Source
from crm.statements import among

NO_LABEL = N_("There is no such label for %(one)s and %(other)s.")


def checked_labels(from_object: str, to_object: str, type_ids: Collection[int]) -> list[int]:
    """Those of labels people may give to a link from one object to another, each once; locked until the unit ends.

    Raises InvalidValue for what is no such label, "Primary" and a label that was just deleted included.
    """
    wanted = list(dict.fromkeys(type_ids))
    if not wanted:
        return []
    known = {one.type_id for one in offered_labels(from_object, to_object)}
    if not known.issuperset(wanted) or not _live(wanted).issuperset(wanted):
        types = schema().types
        named = {"one": types[from_object].plural_label, "other": types[to_object].plural_label}
        raise InvalidValue(Message(NO_LABEL, **named))
    return wanted


def _live(type_ids: Collection[int]) -> set[int]:
    """Those that nobody has deleted meanwhile, kept so until the unit ends."""
    row = AssociationTypeRow
    live = sa.select(row.id).where(row.id.in_(type_ids), row.archived_at.is_(None)).order_by(row.id)
    return set(db.session.scalars(live.with_for_update(read=True)))


def add_labels(
    actor: Viewer,
    one: sa.Row[Any],
    other: sa.Row[Any],
    labels: Iterable[int],
    source: Source,
    moment: datetime | None = None,
) -> bool:
    """Give the link of two records, by their locked passports, the labels it lacks; whether any was new.

    The labels were checked. Raises LimitReached, and gives none then.
    """
    has = held_labels(one.id, other.id)
    new = [type_id for type_id in labels if type_id not in has]
    demand_room(one, other, new)
    _change(actor, (one.id, other.id), new, (), source, moment)
    return bool(new)


def replace_labels(
    actor: Viewer, one: sa.Row[Any], other: sa.Row[Any], labels: Collection[int], source: Source
) -> bool:
    """Give the link of two records, by their locked passports, these checked labels and no others; whether it changes.

    Labels it has already stay, also beyond a limit. Raises LimitReached, and changes nothing then.
    """
    has = held_labels(one.id, other.id)
    new, gone = [type_id for type_id in labels if type_id not in has], sorted(has.difference(labels))
    demand_room(one, other, new)
    _change(actor, (one.id, other.id), new, gone, source)
    return bool(new or gone)


def _change(
    actor: Viewer,
    pair: tuple[int, int],
    new: Collection[int],
    gone: Collection[int],
    source: Source,
    moment: datetime | None = None,
) -> None:
    for type_id in gone:
        delete_typed(actor, type_id, [pair], source, moment)
    for type_id in new:
        insert_typed(actor, type_id, [pair], source, moment)
    if new or gone:
        publish(AssociationLabelsChanged(actor, (pair,)))


def held_labels(record_id: int, other_id: int) -> set[int]:
    """The types of the labels that the link from one record to another has, "Primary" left out."""
    statement = sa.select(Association.type_id).where(
        Association.from_record_id == record_id, Association.to_record_id == other_id
    )
    held = db.session.scalars(unguarded(statement, "answers about two records already in hand"))
    return {label.type_id for label in association_types().given(held)}


def offered_labels(from_object: str, to_object: str) -> tuple[Label, ...]:
    """The labels people may give to a link from one object to another, by their texts."""
    return tuple(one for one in association_types().labels(from_object, to_object) if not one.is_primary)


def labels_of(viewer: Viewer, record_id: int, other_ids: Collection[int]) -> dict[int, tuple[Label, ...]]:
    """The labels of the links from a record the viewer has been let into to others they may see; one query.

    Others without a label are left out, and so is "Primary".
    """
    statement = (
        sa.select(Association.to_record_id, Association.type_id)
        .join(Record, Record.id == Association.to_record_id)
        .where(Association.from_record_id == record_id, among(Association.to_record_id, "ids"), visible_to(viewer))
    )
    found: dict[int, list[int]] = {}
    for other_id, type_id in db.session.execute(guarded(statement, viewer), {"ids": sorted(other_ids)}).tuples():
        found.setdefault(other_id, []).append(type_id)
    labels = {other_id: association_types().given(types) for other_id, types in found.items()}
    return {other_id: some for other_id, some in labels.items() if some}
