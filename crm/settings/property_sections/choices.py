"""What the sections of rollups and mirrored properties share: choosing a property of an associated object in one list.

The list names objects and properties together ("Deals: Amount"), so that it needs no script to follow another choice.
"""

from collections.abc import Callable, Iterable

from crm.associations.queries import association_types
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property

PAIR = N_("%(objects)s: %(label)s")
Choices = list[tuple[str, Message | str]]


def associated_objects(kind: ObjectType) -> Iterable[ObjectType]:
    """The objects whose records a record of `kind` can be associated with."""
    types = association_types()
    return (other for other in schema().record_types if types.between(kind.name, other.name) is not None)


def property_choices(kind: ObjectType, is_offered: Callable[[Property], bool]) -> Choices:
    """The properties of associated objects that `is_offered` takes, by object and label; the value names both."""
    found: Choices = []
    for other in associated_objects(kind):
        for prop in sorted(other.properties.values(), key=lambda prop: prop.label.casefold()):
            if is_offered(prop):
                words = Message(PAIR, objects=other.plural_label, label=prop.label)
                found.append((f"{other.name}/{prop.name}", words))
    return found


def pair_of(text: str) -> tuple[str, str]:
    """The object and the property that a choice names; empty where it names none."""
    object_type, _, name = text.partition("/")
    return object_type, name
