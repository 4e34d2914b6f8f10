"""What the list of an object shows one reader: its words, its filter, its record, the gate (SPEC 5.1, 8.1)."""

from dataclasses import dataclass

import sqlalchemy as sa

from crm.activities.index import on_no_record, seen_by
from crm.activities.models import ActivityLink
from crm.associations.queries import is_associated_with
from crm.messages import Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.records.queries import get_passport
from crm.search.find_records import matching_condition
from crm.search.in_object import match_in_object


@dataclass(frozen=True)
class Listing:
    """What is asked of a list besides its order.

    `associated` is the record that they are all linked to; `is_left` asks for the activities on no live record, which
    super admins alone are shown; `filter` is that of the address; `label` narrows `associated` to one type of link.
    """

    object_type: ObjectType
    q: str = ""
    associated: int | None = None
    is_left: bool = False
    filter: tuple[str, ...] = ()
    label: int | None = None


@dataclass(frozen=True)
class Narrowed:
    """Which rows a list shows: all where `condition` is None; `note` says in what way they may not be all."""

    condition: sa.ColumnElement[bool] | None
    note: Message | None = None


def narrowed(viewer: Viewer, listing: Listing, filtered: sa.ColumnElement[bool] | None) -> Narrowed:
    """What the listing leaves besides what the gate of its table does; `filtered` is what its filter comes to.

    Raises NotFound for a record to be associated with that the viewer may not see.
    """
    kind, note = listing.object_type, None
    conditions = [] if filtered is None else [filtered]
    if listing.q:
        found, note = _found(viewer, kind, listing.q)
        conditions.append(found)
    if listing.associated is not None:
        conditions.append(_associated(viewer, kind, listing.associated, listing.label))
    seen = seen_by(viewer, kind) if kind.is_activity else None
    if seen is not None:
        conditions.append(seen)
    if kind.is_activity and listing.is_left:
        # Work in bulk on these must not go on with all others when its actor is no super admin any more.
        conditions.append(on_no_record(kind) if viewer.is_super_admin else sa.false())
    return Narrowed(sa.and_(*conditions) if conditions else None, note)


def _found(viewer: Viewer, kind: ObjectType, q: str) -> tuple[sa.ColumnElement[bool], Message | None]:
    record_id = kind.table.c.record_id
    if not kind.is_activity:
        return matching_condition(record_id, q), None
    matches = match_in_object(viewer, kind, q)
    by_id = [record_id == int(q)] if q.isascii() and q.isdecimal() and len(q) < 16 else []
    return sa.or_(record_id.in_(sorted(matches.activity_ids)), *by_id), matches.note


def _associated(viewer: Viewer, kind: ObjectType, other_id: int, label: int | None) -> sa.ColumnElement[bool]:
    other = get_passport(viewer, other_id)
    if schema().object_type(other.object_type).is_activity:
        raise NotFound(f"record {other_id} is an activity")
    if kind.is_activity:
        link = ActivityLink.__table__.c
        return kind.table.c.record_id.in_(sa.select(link.activity_id).where(link.record_id == other.id))
    return is_associated_with(other.id, other.object_type, kind.name, kind.table.c.record_id, label)
