"""The views of index pages that people share and that show, sort by or ask for a property (SPEC 5.3)."""

from collections.abc import Iterable

from crm.messages import N_
from crm.objects.registry import PropertyUse, Use, property_uses
from crm.objects.schema import ObjectType, Property
from crm.saved_views.uses import need_of, needing_option, needing_property


def _find(kind: ObjectType, prop: Property) -> Iterable[Use]:
    return [need_of(view) for view in needing_property(kind, prop)]


def _find_option(kind: ObjectType, prop: Property, value: str) -> Iterable[Use]:
    return [need_of(view) for view in needing_option(kind, prop, value)]


# The views of an object go with it, and those of others mark what they ask for in vain.
property_uses.register(
    PropertyUse("saved_views", N_("Saved views"), _find, keeps_object=False, find_option=_find_option, position=30)
)
