"""How many links of one kind a record may have (SPEC 6.3): asked under the lock of both records before one is made.

Whoever lowers a limit takes no link away; what is there beyond it stays, and nothing is added.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from crm.associations.link_types import LinkType, association_types
from crm.associations.models import Association
from crm.db import db
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.records.models import Record

MOST = 10_000
"""The largest limit there is."""

WHY = "a limit counts what is hidden from the person too"
ONLY_ONE = N_("“%(record)s” may be associated with only one of the %(objects)s.")
SO_MANY = N_("“%(record)s” may be associated with at most %(limit)s %(objects)s.")
ONLY_ONE_SO = N_("Only one of the %(objects)s of “%(record)s” may have the label “%(label)s”.")
SO_MANY_SO = N_("At most %(limit)s %(objects)s of “%(record)s” may have the label “%(label)s”.")


class LimitReached(InvalidValue):
    """A record has as many links of a kind as it may have."""


def demand_room(one: sa.Row[Any], other: sa.Row[Any], type_ids: Iterable[int]) -> None:
    """Raise LimitReached, which names record and limit, if two records may not get these links; passports locked."""
    types = association_types()
    for type_id in type_ids:
        there = types.by_id[type_id]
        for record, kind in ((one, there), (other, types.by_id[there.inverse_id])):
            if is_full(record.id, kind):
                raise LimitReached(_refusal(record, kind))


def is_full(record_id: int, kind: LinkType) -> bool:
    """Whether a record has as many links of this type as it may have; those to deleted records do not count."""
    if kind.limit is None:
        return False
    some = (
        sa.select(Association.to_record_id)
        .join(Record, Record.id == Association.to_record_id)
        .where(Association.from_record_id == record_id, Association.type_id == kind.id, Record.archived_at.is_(None))
        .limit(kind.limit)
        .subquery()
    )
    return db.session.scalar(unguarded(sa.select(sa.func.count()).select_from(some), WHY)) == kind.limit


def _refusal(record: sa.Row[Any], kind: LinkType) -> Message:
    named = {
        "record": record.display_name or f"#{record.id}",
        "objects": schema().object_type(kind.to_object).plural_label,
    }
    if kind.limit == 1:
        return Message(ONLY_ONE_SO, label=kind.label, **named) if kind.label else Message(ONLY_ONE, **named)
    text = SO_MANY_SO if kind.label else SO_MANY
    more = {"label": kind.label} if kind.label else {}
    return Message(text, limit=kind.limit, **named, **more)
