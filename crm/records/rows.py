"""Writing one record's rows: passport, object table and history. Records and activities both end up here."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.clock import now
from crm.db import db
from crm.objects.schema import ObjectType
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyHistoryRow
from crm.records.identifiers import (
    insert_identifiers,
    remove_identifiers,
    restore_identifiers,
    update_identifiers,
)
from crm.records.models import Record
from crm.records.source import CALCULATED, Source, SourceKind
from crm.records.values import display_name, type_of

OWNER = "hubspot_owner_id"
AT_ONCE = 5_000
"""How many rows one statement locks: what is linked to one record can be more than a statement takes numbers."""
BASE_PROPERTIES = frozenset({"createdate", "lastmodifieddate", "hs_object_id", OWNER})


def insert_record(
    actor: Viewer,
    object_type: ObjectType,
    values: Mapping[str, Any],
    owner_id: int | None,
    created_at: datetime | None = None,
) -> int:
    """Write passport and values of a new record and return its id; no history, no event."""
    moment = created_at or now()
    passport = {
        "object_type": object_type.name,
        "display_name": display_name(object_type, values),
        "owner_id": owner_id,
        "created_at": moment,
        "version": 1,
    }
    record_id = db.session.execute(sa.insert(Record.__table__), passport).inserted_primary_key[0]
    row = {"record_id": record_id, "owner_id": owner_id, "created_at": moment, "updated_at": moment}
    row |= columns(object_type, values)
    db.session.execute(sa.insert(object_type.table), row)
    insert_identifiers(object_type, {record_id: values})
    return record_id


def columns(object_type: ObjectType, values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` by column instead of by property; base columns are left to the writer of the row."""
    return {
        object_type.property(name).column_name: value for name, value in values.items() if name not in BASE_PROPERTIES
    }


def update_rows(
    object_type: ObjectType, record_id: int, version: int, changes: Mapping[str, Any], name: str | None
) -> None:
    """Write changed values; the passport gets the new `version` and, when given, the display name."""
    row = columns(object_type, changes) | {"updated_at": now()}
    passport: dict[str, Any] = {"version": version}
    if OWNER in changes:
        row["owner_id"] = passport["owner_id"] = changes[OWNER]
    if name is not None:
        passport["display_name"] = name
    table = object_type.table
    db.session.execute(sa.update(table).where(table.c.record_id == record_id).values(**row))
    db.session.execute(sa.update(Record.__table__).where(Record.id == record_id).values(**passport))
    update_identifiers(object_type, record_id, changes)


def set_archived(object_type: ObjectType, record_id: int, moment: datetime | None) -> None:
    """Mark a record deleted at `moment`, or live again with None, in both of its rows."""
    table = object_type.table
    db.session.execute(sa.update(table).where(table.c.record_id == record_id).values(archived_at=moment))
    db.session.execute(sa.update(Record.__table__).where(Record.id == record_id).values(archived_at=moment))
    if moment is None:
        restore_identifiers(object_type, record_id)
    else:
        remove_identifiers([record_id])


def write_history(
    actor: Viewer,
    object_type: ObjectType,
    record_id: int,
    version: int,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    source: Source,
    given: Mapping[str, str] | None = None,
    moment: datetime | None = None,
) -> None:
    """Append one history row for each value in `after`; `before` holds what was there, by property name.

    A value in `given` has the rule named there as its source, or the calculation.
    """
    moment = moment or now()
    rows = []
    for name, value in after.items():
        kind = type_of(object_type.property(name))
        rule = given.get(name) if given else None
        rows.append(
            {
                "record_id": record_id,
                "property_name": name,
                "version": version,
                "old": kind.to_history(before.get(name)),
                "new": kind.to_history(value),
                "source": str(CALCULATED.kind if rule == CALCULATED.kind else SourceKind.RULE if rule else source.kind),
                "source_detail": CALCULATED.detail if rule == CALCULATED.kind else rule or source.detail,
                "actor_id": actor.user_id,
                "moment": moment,
            }
        )
    if rows:
        db.session.execute(sa.insert(PropertyHistoryRow.__table__), rows)


def lock_passport(record_id: int) -> sa.Row[Any] | None:
    """The passport of a record, locked until the unit ends; None when there is no such record."""
    return lock_passports([record_id]).get(record_id)


def lock_passports(record_ids: Iterable[int]) -> dict[int, sa.Row[Any]]:
    """The passports of several records by id, locked until the unit ends, those that do not exist left out.

    They are locked in order of id, so that two people who want the same ones wait for each other and never in a circle.
    """
    record, ordered = Record.__table__, sorted(set(record_ids))
    found: dict[int, sa.Row[Any]] = {}
    for start in range(0, len(ordered), AT_ONCE):
        some = sa.select(record).where(record.c.id.in_(ordered[start : start + AT_ONCE])).order_by(record.c.id)
        locked = unguarded(some.with_for_update(), "the writer checks rights on the row itself")
        found |= {row.id: row for row in db.session.execute(locked)}
    return found
