"""How many properties, unique properties and options there may be (SPEC 2.3-2.5)."""

import sqlalchemy as sa

from crm.db import db
from crm.messages import N_, Message
from crm.objects.schema import ObjectType
from crm.properties.models import PropertyRow

CUSTOM_PROPERTIES = 1_000
UNIQUE_PROPERTIES = 10
OPTIONS = 5_000
OPTION_LENGTH = 3_000
"""Characters of one option's label, value and description together."""

TOO_MANY_PROPERTIES = N_("An object has at most %(limit)s properties of your own, archived ones included.")
TOO_MANY_UNIQUE = N_("At most %(limit)s properties of an object can be unique.")
TOO_MANY_OPTIONS = N_("At most %(limit)s options.")


def custom_properties(object_type: str) -> int:
    """How many properties people made for an object; archived ones count until their column is gone."""
    counted = sa.select(sa.func.count()).where(
        PropertyRow.object_type == object_type, PropertyRow.is_custom, PropertyRow.removed_at.is_(None)
    )
    return db.session.execute(counted).scalar_one()


def property_errors(object_type: ObjectType) -> dict[str, Message]:
    """A message when the object has as many properties of people's own as it may have."""
    if custom_properties(object_type.name) < CUSTOM_PROPERTIES:
        return {}
    return {"form": Message(TOO_MANY_PROPERTIES, limit=f"{CUSTOM_PROPERTIES:,}")}


def unique_errors(object_type: ObjectType) -> dict[str, Message]:
    """A message when the object has as many unique properties as it may have."""
    if sum(prop.unique for prop in object_type.properties.values()) < UNIQUE_PROPERTIES:
        return {}
    return {"is_unique": Message(TOO_MANY_UNIQUE, limit=UNIQUE_PROPERTIES)}
