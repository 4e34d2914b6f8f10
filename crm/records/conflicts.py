"""What a form showed when it was opened, told from the history of the record, and what may be saved (DESIGN 4.6)."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.objects.schema import ObjectType
from crm.permissions.scopes import unguarded
from crm.properties.models import PropertyHistoryRow
from crm.records.errors import Clash, Conflict
from crm.records.values import type_of


def values_at(object_type: ObjectType, record_id: int, version: int, stored: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a record at an earlier `version`: those of now (`stored`) with every later change taken back.

    Nothing is checked: the caller may see the record.
    """
    return {**stored, **_changed_since(object_type, record_id, version)}


def merged(
    object_type: ObjectType,
    record_id: int,
    seen: int,
    current: int,
    stored: Mapping[str, Any],
    changes: Mapping[str, Any],
) -> dict[str, Any]:
    """Of `changes` from a form opened at version `seen`, what is to be written over `stored`, version `current`.

    What the form showed and nobody touched in it stays what somebody else has made of it since. Raises Conflict for
    what both changed.
    """
    then = _changed_since(object_type, record_id, seen)
    untouched = {name for name, value in changes.items() if name in then and value == then[name]}
    kept = {name: value for name, value in changes.items() if name not in untouched}
    clashes = {name: Clash(then[name], stored.get(name)) for name in kept if name in then}
    if clashes:
        raise Conflict(clashes, current, untouched)
    return kept


def _changed_since(object_type: ObjectType, record_id: int, version: int) -> dict[str, Any]:
    """The properties changed after `version`, with what they held then."""
    history = PropertyHistoryRow
    # A form may name any number; PostgreSQL takes offence at one that is larger than a version can be.
    since = sa.literal(version, sa.BigInteger())
    statement = (
        sa.select(history.property_name, history.old)
        .where(history.record_id == record_id, history.version > since)
        .order_by(history.version, history.id)
    )
    then: dict[str, Any] = {}
    for row in db.session.execute(unguarded(statement, "the actor may edit this record")):
        prop = object_type.properties.get(row.property_name)
        if prop is not None and prop.name not in then:
            then[prop.name] = type_of(prop).from_history(row.old)
    return then
