"""The end of a property: archived while nothing uses it, restorable for 90 days, then its column goes (SPEC 2.4)."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.clock import now
from crm.db import db
from crm.events import PropertyArchived, PropertyRestored, publish
from crm.messages import N_, Message
from crm.objects import changing, storage
from crm.objects.definition_errors import InvalidDefinition, demand_right, refuse
from crm.objects.groups import groups_of
from crm.objects.property_rows import change_property_row
from crm.objects.registry import Use, property_uses
from crm.objects.schema import ObjectType, Property
from crm.permissions.errors import NotFound
from crm.permissions.viewer import SYSTEM, Viewer
from crm.properties.models import PropertyRow

KEPT = timedelta(days=90)
STANDARD = N_("This property comes with Kartotek and stays; it can be left out of forms and pages.")
IN_USE = N_("This property is in use. Take it out of what is listed below first.")
SAME_LABEL_NOW = N_("There is another property called “%(label)s” by now. Rename that one first.")


def uses_of(owner: ObjectType, prop: Property) -> list[tuple[str, list[Use]]]:
    """Where a property is used: the label of each kind of place, with the places."""
    found = [(kind.label, list(kind.find(owner, prop))) for kind in property_uses]
    return [(label, uses) for label, uses in found if uses]


def may_be_archived(prop: Property) -> bool:
    """Whether people made this property, so that they may take it away."""
    return prop.is_custom


def archive_property(actor: Viewer, object_type: str, name: str) -> None:
    """Take a property out of use, inside a unit of work: forms, pages, index, search and API know it no more.

    Its values and their history stay. Raises Forbidden, NotFound, InvalidDefinition while something uses it.
    """
    demand_right(actor)
    owner = changing.begin_change(object_type)
    prop = owner.property(name)
    if not may_be_archived(prop):
        raise InvalidDefinition({"form": Message(STANDARD)})
    if uses_of(owner, prop):
        raise InvalidDefinition({"form": Message(IN_USE)})
    if prop.unique:
        # Values are not kept apart while nobody sees them; restoring looks for doubles.
        changing.hold_table(object_type)
        storage.drop_index_if_any(object_type, prop.column_name)
    change_property_row(prop.id, {"archived_at": now(), "is_unique": False})
    changing.end_change()
    record(actor, Action.PROPERTY_ARCHIVED, About(Kind.PROPERTY, prop.id, prop.label), {"object": owner.plural_label})
    publish(PropertyArchived(actor, object_type, name))


def restore_property(actor: Viewer, object_type: str, name: str) -> None:
    """Bring an archived property back with its values. Raises Forbidden, NotFound, InvalidDefinition."""
    demand_right(actor)
    owner = changing.begin_change(object_type)
    row = archived_row(object_type, name)
    same = [one for one in owner.properties.values() if one.label.casefold() == row.label.casefold()]
    refuse({"form": Message(SAME_LABEL_NOW, label=row.label)} if same else {})
    values: dict[str, Any] = {"archived_at": None}
    groups = groups_of(object_type)
    if row.group_name not in {group.name for group in groups}:
        values["group_name"] = groups[0].name
    change_property_row(row.id, values)
    changing.end_change()
    record(actor, Action.PROPERTY_RESTORED, About(Kind.PROPERTY, row.id, row.label), {"object": owner.plural_label})
    publish(PropertyRestored(actor, object_type, name))


def archived_row(object_type: str, name: str) -> sa.Row[Any]:
    """The row of an archived property whose column is still there; raises NotFound."""
    rows = PropertyRow.__table__
    row = db.session.execute(
        sa.select(rows).where(
            rows.c.object_type == object_type,
            rows.c.name == name,
            rows.c.archived_at.is_not(None),
            rows.c.removed_at.is_(None),
        )
    ).first()
    if row is None:
        raise NotFound(f"{object_type} has no archived property {name!r}")
    return row


def due_for_removal() -> list[tuple[str, str]]:
    """The archived properties whose 90 days are over: object type and name."""
    rows = PropertyRow.__table__
    statement = (
        sa.select(rows.c.object_type, rows.c.name)
        .where(rows.c.archived_at < now() - KEPT, rows.c.removed_at.is_(None), rows.c.is_custom)
        .order_by(rows.c.id)
    )
    return [(row.object_type, row.name) for row in db.session.execute(statement)]


def remove_property(object_type: str, name: str) -> None:
    """Drop the column of an archived property for good, inside a unit of work of its own; its history stays.

    SQLite writes the whole table anew meanwhile and keeps other writers waiting. Raises NotFound, InvalidDefinition
    while the table is too busy.
    """
    owner = changing.begin_change(object_type)
    row = archived_row(object_type, name)
    changing.hold_table(object_type)
    storage.drop_column(object_type, row.column_name)
    change_property_row(row.id, {"removed_at": now()})
    changing.end_change()
    record(SYSTEM, Action.PROPERTY_REMOVED, About(Kind.PROPERTY, row.id, row.label), {"object": owner.plural_label})
