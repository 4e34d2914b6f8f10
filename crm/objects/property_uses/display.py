"""The properties an object's records are named by, cannot be without, or show under their name."""

from collections.abc import Iterable

from crm.messages import N_, Message
from crm.objects.registry import PropertyUse, Use, property_uses
from crm.objects.schema import ObjectType, Property


def _find(kind: ObjectType, prop: Property) -> Iterable[Use]:
    layout, url = kind.layout, f"/settings/objects/{kind.plural_name}"
    if prop.name in (*layout.primary_display, *layout.fallback_display):
        yield Use(Message(N_("It is the name of %(objects)s"), objects=kind.plural_label), url)
    elif prop.name in {name for group in layout.required for name in group}:
        yield Use(Message(N_("%(objects)s cannot be without it"), objects=kind.plural_label), url)
    if kind.is_custom and prop.name in layout.secondary_display:
        yield Use(Message(N_("It stands under the name of %(objects)s"), objects=kind.plural_label), url)


property_uses.register(PropertyUse("display", N_("Names of records"), _find, needs_type=True, position=10))
