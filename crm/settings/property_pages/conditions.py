"""Conditional logic: which properties show or demand this one's values, and which of its choices others leave."""

from crm.messages import N_
from crm.objects.schema import ObjectType, Property
from crm.properties.conditions import CHOICES, DECIDING_TYPES
from crm.settings.property_pages import PropertyPage, property_pages


def _is_for(object_type: ObjectType, property: Property) -> bool:
    can_be_set = may_decide(property) or may_be_narrowed(property)
    return can_be_set and not object_type.is_activity and not property.read_only


def may_decide(property: Property) -> bool:
    """Whether others can depend on its values."""
    return property.type in DECIDING_TYPES


def may_be_narrowed(property: Property) -> bool:
    """Whether its choices can depend on others."""
    return property.type in CHOICES and "options_from" not in property.settings


property_pages.register(
    PropertyPage("conditions", N_("Conditional logic"), "conditions", is_for=_is_for, position=40)
)
