"""Values no two live records of an object may have: switching that on, which doubles forbid, and off (SPEC 2.5)."""

from typing import NamedTuple

import sqlalchemy as sa

from crm.db import db
from crm.messages import N_, Message
from crm.objects import changing, storage
from crm.objects.definition_errors import refuse
from crm.objects.limits import unique_errors
from crm.objects.schema import ObjectType, Property
from crm.permissions.actions import Scope, Verb
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.types import property_types
from crm.properties.types.base import Context

SHOWN = 5
WHY = "whether there are doubles is a fact of the whole object; values are told to those who see all records"
DOUBLES = N_("These stand in more than one record: %(values)s. Change them first.")
MORE_DOUBLES = N_("These stand in more than one record, and more do: %(values)s. Change them first.")
HIDDEN_DOUBLES = N_("Some values stand in more than one record; somebody who sees all records can tell which.")
NOT_THIS_TYPE = N_("Only texts, numbers, e-mail addresses, phone numbers and web addresses can be unique.")


class Double(NamedTuple):
    """One value of several live records."""

    text: str
    count: int


def may_be_unique(prop_type: str) -> bool:
    """Whether values of this property type can be told apart well enough."""
    kind = property_types.get(prop_type)
    return kind is not None and kind.can_be_unique


def doubles(owner: ObjectType, prop: Property, limit: int) -> list[Double]:
    """The values of several live records, the most frequent first."""
    column, table = owner.column(prop.name), owner.table
    count = sa.func.count().label("count")
    statement = (
        sa.select(column, count)
        .where(column.is_not(None), table.c.archived_at.is_(None))
        .group_by(column)
        .having(count > 1)
        .order_by(count.desc(), column)
        .limit(limit)
    )
    kind = property_types.get(prop.type)
    found = db.session.execute(unguarded(statement, WHY))
    return [Double(kind.to_text(value, prop, Context()) if kind else str(value), number) for value, number in found]


def switch_on(actor: Viewer, owner: ObjectType, prop: Property) -> None:
    """Index the column so that the database keeps its values apart. Raises InvalidDefinition, naming doubles."""
    refuse(unique_errors(owner))
    if not may_be_unique(prop.type):
        refuse({"is_unique": Message(NOT_THIS_TYPE)})
    changing.hold_table(owner.name)
    found = doubles(owner, prop, SHOWN + 1)
    if found:
        refuse({"is_unique": _told(actor, owner, found)})
    storage.drop_index_if_any(owner.name, prop.column_name)
    storage.add_index(owner.name, prop.column_name, unique=True)


def switch_off(owner: ObjectType, prop: Property) -> None:
    """Let records share values from now on."""
    changing.hold_table(owner.name)
    storage.drop_index_if_any(owner.name, prop.column_name)


def _told(actor: Viewer, owner: ObjectType, found: list[Double]) -> Message:
    if actor.scope(owner.name, Verb.VIEW) is not Scope.EVERYTHING:
        return Message(HIDDEN_DOUBLES)
    values = ", ".join(f"“{one.text[:40]}” ({one.count})" for one in found[:SHOWN])
    return Message(MORE_DOUBLES if len(found) > SHOWN else DOUBLES, values=values)
