"""Parts of the form of a property that only some types have: one file for each (SPEC 2.3, 2.5).

A section says for which types it is there (`is_for`), shows its controls (`template`, a fragment included in the one
form that creates and edits a property, which gets `section`, what `context` answered) and reads them (`parse`). Names
of its controls begin with the section's name and a dash ("number-decimals"), so that no two sections collide. `parse`
answers the settings it is in charge of, all of `keys`, None for those that are not set, or raises InvalidSettings with
a message for each control; what was typed stays in the form, as `context` is then given the same texts again. Whether
settings fit each other and the object is the property type's business, for every way in: PropertyType.check_settings.
What needs a page of its own, with forms of its own, is a tab of the property: crm/settings/property_pages/.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from crm.messages import Message
from crm.objects.schema import ObjectType, Property
from crm.properties.types.base import Context, PropertyType
from crm.registry import Registry


class Typed(Protocol):
    """The texts of a form, as a request brings them."""

    def get(self, name: str, default: str = "") -> str: ...
    def getlist(self, name: str) -> list[str]: ...
    def __contains__(self, name: object) -> bool: ...


@dataclass(frozen=True)
class Editing:
    """What a section is shown or read for; `property` is None while it is being made, `typed` None until it is sent."""

    object_type: ObjectType
    type: PropertyType
    property: Property | None
    reader: Context
    typed: Typed | None = None

    @property
    def settings(self) -> Mapping[str, Any]:
        """What is stored now."""
        return self.property.settings if self.property else {}


class InvalidSettings(ValueError):
    """Some controls cannot be taken; `errors` holds one message for each, by the name of the control."""

    def __init__(self, errors: Mapping[str, Message]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{name}: {message}" for name, message in self.errors.items()))


@dataclass(frozen=True)
class PropertySection:
    """One section of the form; `label` is its heading, "" for none."""

    name: str
    label: str
    template: str
    keys: tuple[str, ...]
    is_for: Callable[[PropertyType], bool]
    parse: Callable[[Editing], Mapping[str, Any]]
    context: Callable[[Editing], Mapping[str, Any]]
    position: int = 100


property_sections: Registry[PropertySection] = Registry("property section")


def sections_for(type: PropertyType) -> list[PropertySection]:
    """The sections the form of a property of this type has, in order."""
    return [section for section in property_sections if section.is_for(type)]
