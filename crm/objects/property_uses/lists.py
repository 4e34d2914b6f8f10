"""The filters of the active lists that people share (SPEC 5.4)."""

from collections.abc import Iterable

from crm.lists.needs import list_use, needing_option, needing_property
from crm.messages import N_
from crm.objects.registry import PropertyUse, Use, property_uses
from crm.objects.schema import ObjectType, Property


def _find(kind: ObjectType, prop: Property) -> Iterable[Use]:
    return [list_use(one) for one in needing_property(kind, prop)]


def _find_option(kind: ObjectType, prop: Property, value: str) -> Iterable[Use]:
    return [list_use(one) for one in needing_option(kind, prop, value)]


# The lists of an object go with it, and those of others say that their filter is broken.
property_uses.register(
    PropertyUse("lists", N_("Lists"), _find, keeps_object=False, find_option=_find_option, position=60)
)
