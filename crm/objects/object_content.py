"""What an object type may be: the shapes in which it is asked for, and what is wrong with them (SPEC 2.10)."""

from collections.abc import Collection
from dataclasses import dataclass

from crm.messages import N_, InvalidValue, Message
from crm.objects.definitions.base import PropertyDefinition
from crm.objects.definitions.custom import DETAILS, Names, shared_properties
from crm.objects.names import checked_name, clean_label, name_from
from crm.objects.property_names import free_name, internal_name
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property
from crm.objects.storage import BASE_COLUMNS
from crm.properties.types import property_types

MOST_SECONDARY = 2
LONGEST_DESCRIPTION = 500
ICONS = ("box", "building", "calendar", "document", "gear", "globe", "home", "key", "star", "tag", "truck", "user")
NAMING_TYPES = ("text", "number", "date", "email", "phone", "url")
DETAIL_TYPES = (*NAMING_TYPES, "multi_line", "currency", "date_time", "checkbox", "user")
UNIQUE_TYPES = frozenset({"text", "number", "email", "phone"})
NOT_AN_OBJECT = N_("There is no such object")


class InvalidObject(ValueError):
    """What was typed about an object cannot be taken; `errors` says why, by field."""

    def __init__(self, errors: dict[str, Message]) -> None:
        super().__init__("; ".join(f"{name}: {message}" for name, message in errors.items()))
        self.errors = errors


@dataclass(frozen=True)
class DisplayProperty:
    """A property an object is made with: the name of its records, or what stands under it."""

    label: str
    type: str = "text"
    is_required: bool = False
    is_unique: bool = False


@dataclass(frozen=True)
class NewObject:
    """An object type as somebody wants it; `name` "" means that one is made of the label.

    `associated` are the objects its records may be associated with, `activities` the kinds that may be logged on
    them (None for all), `after` the object it follows in the navigation ("" for the last place).
    """

    label: str
    plural_label: str
    primary: DisplayProperty
    secondary: tuple[DisplayProperty, ...] = ()
    name: str = ""
    description: str = ""
    icon: str = ICONS[0]
    associated: tuple[str, ...] = ()
    has_pipeline: bool = False
    activities: frozenset[str] | None = None
    after: str = ""


@dataclass(frozen=True)
class ObjectChange:
    """What an object type shall be from now on; display properties and icon are those of custom objects only."""

    label: str
    plural_label: str
    description: str = ""
    icon: str = ""
    activities: frozenset[str] | None = None
    after: str | None = None
    primary: str = ""
    secondary: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()


def all_properties(new: NewObject) -> tuple[DisplayProperty, ...]:
    """The properties it is to be made with, the name of its records first."""
    return (new.primary, *new.secondary)


def naming_properties(kind: ObjectType) -> list[Property]:
    """The properties of an object that its records can be named by."""
    return [prop for prop in kind.properties.values() if prop.type in NAMING_TYPES and not prop.read_only]


def detail_properties(kind: ObjectType) -> list[Property]:
    """The properties of an object that may stand under the name of its records, or be required."""
    return [prop for prop in kind.properties.values() if not prop.read_only and "options_from" not in prop.settings]


def checked_object(new: NewObject) -> tuple[Names, tuple[PropertyDefinition, ...]]:
    """What a new object is called, and its own properties. Raises InvalidObject with all that is wrong."""
    errors = wrong_names(new.label, new.plural_label)
    errors |= wrong_details(new.description, new.icon, new.activities)
    known = {kind.name for kind in schema().record_types}
    if not known.issuperset(new.associated):
        errors["associated"] = Message(NOT_AN_OBJECT)
    if new.after and new.after not in known:
        errors["after"] = Message(NOT_AN_OBJECT)
    if len(new.secondary) > MOST_SECONDARY:
        errors["secondary"] = Message(N_("At most %(limit)s properties stand under the name"), limit=MOST_SECONDARY)
    names = None
    try:
        names = _names(new)
    except InvalidValue as error:
        errors["name"] = error.message
    own = _own_properties(new, errors)
    if errors or names is None:
        raise InvalidObject(errors)
    return names, own


def _names(new: NewObject) -> Names:
    types = schema().types
    taken = set(types) | {kind.plural_name for kind in types.values()}
    name = checked_name(new.name, taken) if new.name else name_from(new.label, taken)
    plural = name_from(new.plural_label, taken | {name} if new.plural_label != new.label else taken)
    return Names(name, plural, " ".join(new.label.split()), " ".join(new.plural_label.split()))


def wrong_names(label: str, plural_label: str, but_for: str = "") -> dict[str, Message]:
    """What is wrong with the names people read, by field; those of the object `but_for` do not count as taken."""
    errors: dict[str, Message] = {}
    others = [kind for kind in schema().types.values() if kind.name != but_for]
    taken = {text.casefold() for kind in others for text in (kind.label, kind.plural_label)}
    for field, text in (("label", label), ("plural_label", plural_label)):
        try:
            if clean_label(text).casefold() in taken:
                errors[field] = Message(N_("Another object is called so"))
        except InvalidValue as error:
            errors[field] = error.message
    return errors


def wrong_details(
    description: str, icon: str, activities: Collection[str] | None, present_icon: str = ""
) -> dict[str, Message]:
    """What is wrong with the rest, by field; the icon it has now (`present_icon`) may stay."""
    errors: dict[str, Message] = {}
    if len(description) > LONGEST_DESCRIPTION:
        errors["description"] = Message(N_("At most %(limit)s characters"), limit=LONGEST_DESCRIPTION)
    if icon not in (*ICONS, present_icon):
        errors["icon"] = Message(N_("There is no such icon"))
    if activities is not None and not {kind.name for kind in schema().activity_types}.issuperset(activities):
        errors["activities"] = Message(N_("There is no such kind of activity"))
    return errors


def wrong_display(kind: ObjectType, change: ObjectChange) -> dict[str, Message]:
    """What is wrong with the display properties of a custom object, by field."""
    errors: dict[str, Message] = {}
    no_property = Message(N_("Choose a property of this object"))
    if change.primary not in {prop.name for prop in naming_properties(kind)}:
        errors["primary"] = no_property
    details = {prop.name for prop in detail_properties(kind)}
    if len(change.secondary) > MOST_SECONDARY:
        errors["secondary"] = Message(N_("At most %(limit)s properties stand under the name"), limit=MOST_SECONDARY)
    elif not details.issuperset(change.secondary):
        errors["secondary"] = no_property
    if not details.issuperset(change.required):
        errors["required"] = no_property
    return errors


def _own_properties(new: NewObject, errors: dict[str, Message]) -> tuple[PropertyDefinition, ...]:
    """The properties the object is made with; what is wrong with them goes into `errors`."""
    shared = shared_properties(has_pipeline=True)
    taken = set(BASE_COLUMNS) | {name for prop in shared for name in (prop.name, prop.column)}
    labels = {prop.label.casefold() for prop in shared}
    found = []
    for place, one in enumerate(all_properties(new)):
        field = "primary" if place == 0 else f"secondary_{place}"
        types = NAMING_TYPES if place == 0 else DETAIL_TYPES
        kind = property_types.get(one.type)
        try:
            label = clean_label(one.label)
            if label.casefold() in labels:
                raise InvalidValue(N_("Another property of this object is called so"))
            if kind is None or one.type not in types:
                raise InvalidValue(N_("There is no such type"))
            if one.is_unique and one.type not in UNIQUE_TYPES:
                raise InvalidValue(N_("Values of this type cannot be unique"))
        except InvalidValue as error:
            errors[field] = error.message
            continue
        name = free_name(internal_name(label), taken)
        taken.add(name)
        labels.add(label.casefold())
        found.append(PropertyDefinition(name, label, one.type, DETAILS.name, unique=one.is_unique))
    return tuple(found)
