"""The values a record had at a moment of the past, told from its history (SPEC 2.6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.messages import InvalidValue
from crm.objects.schema import Property
from crm.permissions.scopes import unguarded
from crm.records.history import HISTORY, WHY, value_of
from crm.records.queries import RecordRow
from crm.records.rows import BASE_PROPERTIES, OWNER

MODIFIED = "lastmodifieddate"
CONSTANT = BASE_PROPERTIES - {OWNER, MODIFIED}


@dataclass(frozen=True)
class AsOf:
    """What a record held at a moment, by property name.

    `texts` holds what cannot be read any more (of an archived property, or one that is of another type by now) as the
    history has it. What the program keeps without a history, such as counts and dates of activities, is in neither.
    """

    values: Mapping[str, Any]
    texts: Mapping[str, str] = field(default_factory=dict)


def values_as_of(record: RecordRow, moment: datetime) -> AsOf:
    """The values of a record the caller may see as they were at the end of `moment` (aware)."""
    then, known = _texts_then(record.id, moment)
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    for prop in record.type.properties.values():
        if prop.name in then:
            _read(prop, then[prop.name], values, texts)
        elif _is_recorded(prop, known):
            values[prop.name] = record.values.get(prop.name)
    texts |= {name: text for name, text in then.items() if name not in record.type.properties and text is not None}
    if MODIFIED in record.type.properties:
        values[MODIFIED] = known.get(None)
    return AsOf(values, texts)


def _is_recorded(prop: Property, known: Mapping[str | None, datetime | None]) -> bool:
    return not prop.read_only or prop.name in CONSTANT or prop.name in known


def _read(prop: Property, text: str | None, values: dict[str, Any], texts: dict[str, str]) -> None:
    try:
        values[prop.name] = value_of(prop, text)
    except InvalidValue:
        texts[prop.name] = text or ""


def _texts_then(
    record_id: int, moment: datetime
) -> tuple[dict[str, str | None], dict[str | None, datetime | None]]:
    """What the history says of a moment: texts by property, of those changed since or before; the others are as now.

    The second answer names the properties that have a history at all, and under None when the last change was.
    """
    history = HISTORY.c
    rows = sa.select(history.property_name, history.old, history.new, history.moment).where(
        history.record_id == record_id
    )
    ordered = rows.order_by(history.moment, history.id)
    then: dict[str, str | None] = {}
    known: dict[str | None, datetime | None] = {None: None}
    for name, old, new, changed in db.session.execute(unguarded(ordered, WHY)).tuples():
        known[name] = changed
        if changed <= moment:
            then[name], known[None] = new, changed
        else:
            # What was said last counts; only of what nobody had said anything yet the next change tells what it was.
            then.setdefault(name, old)
    return then, known
