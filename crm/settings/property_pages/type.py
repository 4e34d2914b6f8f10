"""Giving a property another type."""

from crm.messages import N_
from crm.objects.retyping import may_be_retyped
from crm.settings.property_pages import PropertyPage, property_pages

property_pages.register(
    PropertyPage(
        name="type",
        label=N_("Type"),
        path="type",
        is_for=lambda object_type, property: may_be_retyped(property),
        position=70,
    )
)
