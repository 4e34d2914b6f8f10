"""Every property of an object as the settings list them, archived ones included (SPEC 2.4)."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from crm.db import db
from crm.properties.models import PropertyRow

WORKING, ARCHIVED, ALL = "", "archived", "all"


@dataclass(frozen=True)
class Listed:
    """One property in the list."""

    name: str
    label: str
    type: str
    group: str
    description: str
    is_custom: bool
    is_unique: bool
    is_sensitive: bool
    is_read_only: bool
    created_at: datetime | None
    created_by_id: int | None
    archived_at: datetime | None


@dataclass(frozen=True)
class PropertyFilter:
    """What is asked for: words in the label or the internal name, a group, a type, and which state."""

    q: str = ""
    group: str = ""
    type: str = ""
    state: str = WORKING


def properties_of(object_type: str, wanted: PropertyFilter) -> list[Listed]:
    """The properties of an object that fit, by label, removed ones left out. One query."""
    rows = PropertyRow.__table__
    columns = (
        rows.c.name,
        rows.c.label,
        rows.c.type,
        rows.c.group_name,
        rows.c.description,
        rows.c.is_custom,
        rows.c.is_unique,
        rows.c.is_sensitive,
        rows.c.read_only,
        rows.c.created_at,
        rows.c.created_by_id,
        rows.c.archived_at,
    )
    statement = sa.select(*columns).where(rows.c.object_type == object_type, rows.c.removed_at.is_(None))
    if wanted.state != ALL:
        is_live = rows.c.archived_at.is_(None)
        statement = statement.where(is_live if wanted.state == WORKING else ~is_live)
    if wanted.group:
        statement = statement.where(rows.c.group_name == wanted.group)
    if wanted.type:
        statement = statement.where(rows.c.type == wanted.type)
    found = [Listed(*row) for row in db.session.execute(statement)]
    words = wanted.q.casefold().split()
    fitting = [one for one in found if all(word in f"{one.label}\n{one.name}".casefold() for word in words)]
    return sorted(fitting, key=lambda one: (one.label.casefold(), one.name))
