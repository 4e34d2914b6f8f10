"""Writing the rows and the column of a property: what making one costs, whoever makes it."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from crm.clock import now
from crm.db import db
from crm.objects import storage
from crm.objects.definitions.base import OptionDefinition, PropertyDefinition
from crm.properties.models import PropertyOptionRow, PropertyRow
from crm.properties.types import property_types


def setting_mark(key: str) -> str:
    """How a setting that people changed of a standard property is written in `PropertyRow.edited`."""
    return f"settings:{key}"


def insert_property(
    object_type: str, wanted: PropertyDefinition, position: int, is_custom: bool, actor_id: int | None = None
) -> int:
    """Write the rows of a property and its options, not its column; returns its id."""
    values = {
        "object_type": object_type,
        "name": storage.check_name(wanted.name),
        "column_name": storage.check_name(wanted.column),
        "label": wanted.label,
        "type": wanted.type,
        "group_name": wanted.group,
        "position": position,
        "read_only": wanted.read_only,
        "is_unique": wanted.unique,
        "is_custom": is_custom,
        "settings": json.dumps(dict(wanted.settings)),
        "created_at": now() if is_custom else None,
        "created_by_id": actor_id,
    }
    property_id = db.session.execute(sa.insert(PropertyRow).values(**values)).inserted_primary_key[0]
    insert_options(property_id, wanted.options, first=0)
    return property_id


def insert_options(property_id: int, options: Iterable[OptionDefinition], first: int) -> None:
    """Write options behind the `first` ones a property has."""
    rows = [
        {
            "property_id": property_id,
            "value": one.value,
            "label": one.label,
            "position": place,
            "color": one.color,
            "description": one.description,
            "in_forms": one.in_forms,
        }
        for place, one in enumerate(options, start=first)
    ]
    if rows:
        db.session.execute(sa.insert(PropertyOptionRow), rows)


def add_column(object_type: str, wanted: PropertyDefinition) -> None:
    """Make the column of a property, and the index it needs; raises ValueError for an unknown type."""
    kind = property_types.get(wanted.type)
    if kind is None:
        raise ValueError(f"{object_type}.{wanted.name} is of the unknown type {wanted.type!r}")
    storage.add_column(object_type, wanted.column, kind.holding(wanted.settings).column_type())
    if wanted.unique or wanted.settings.get("index") or wanted.settings.get("options_from") == "stage":
        storage.add_index(object_type, wanted.column, unique=wanted.unique)


def change_property_row(property_id: int, values: Mapping[str, Any]) -> None:
    """Write what a property row says, by column; `settings` is a mapping."""
    written = dict(values)
    if "settings" in written:
        written["settings"] = json.dumps(dict(written["settings"]))
    rows = PropertyRow.__table__
    db.session.execute(sa.update(rows).where(rows.c.id == property_id).values(**written))


def mark_edited(property_id: int, names: Iterable[str]) -> None:
    """Remember what people changed of a property, so that `sync` leaves it as it is."""
    rows = PropertyRow.__table__
    known = db.session.execute(sa.select(rows.c.edited).where(rows.c.id == property_id)).scalar_one()
    edited = json.dumps(sorted({*json.loads(known), *names}))
    db.session.execute(sa.update(rows).where(rows.c.id == property_id).values(edited=edited))


def names_ever(object_type: str) -> set[str]:
    """The names of every property an object has or had, and of their columns."""
    rows = PropertyRow.__table__
    statement = sa.select(rows.c.name, rows.c.column_name).where(rows.c.object_type == object_type)
    return {name for row in db.session.execute(statement) for name in row}


def names_removed(object_type: str) -> set[str]:
    """The names of the properties of an object that are gone for good."""
    rows = PropertyRow.__table__
    statement = sa.select(rows.c.name).where(rows.c.object_type == object_type, rows.c.removed_at.is_not(None))
    return set(db.session.scalars(statement))
