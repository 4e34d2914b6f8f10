"""Which properties can be asked the same things: types of property by what their values are."""

from collections.abc import Mapping
from enum import StrEnum

from crm.objects.schema import Property
from crm.properties.types import property_types
from crm.properties.types.base import PropertyType


class Family(StrEnum):
    """What the values of a property are, as far as filters care."""

    TEXT = "text"
    TEXTS = "texts"
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"
    CHOICE = "choice"
    CHOICES = "choices"
    USER = "user"
    USERS = "users"
    TRUTH = "truth"
    LINKS = "links"
    """Records at the other end of links, which no property is: they can be counted."""
    ANYTHING = "anything"
    """Of which only whether there is a value can be asked: files and formatted texts."""


FAMILIES: Mapping[str, Family] = {
    "text": Family.TEXT,
    "multi_line": Family.TEXT,
    "email": Family.TEXT,
    "phone": Family.TEXT,
    "url": Family.TEXT,
    "domain": Family.TEXT,
    "emails": Family.TEXTS,
    "domains": Family.TEXTS,
    "number": Family.NUMBER,
    "currency": Family.NUMBER,
    "score": Family.NUMBER,
    "date": Family.DAY,
    "date_time": Family.MOMENT,
    "dropdown": Family.CHOICE,
    "radio": Family.CHOICE,
    "checkboxes": Family.CHOICES,
    "user": Family.USER,
    "users": Family.USERS,
    "checkbox": Family.TRUTH,
    "file": Family.ANYTHING,
    "rich_text": Family.ANYTHING,
}


def held_type(prop: Property) -> PropertyType:
    """The type that the values of `prop` are of, which for a calculation is that of its result."""
    kind = property_types.get(prop.type) or property_types.get("text")
    return kind.holding(prop.settings)  # type: ignore[union-attr]


def family_of(prop: Property) -> Family:
    """The family of a property; of a type nobody has placed only whether it is known can be asked."""
    return FAMILIES.get(held_type(prop).name, Family.ANYTHING)
