"""The options of a dropdown, of radio buttons or of checkboxes."""

from crm.messages import N_
from crm.objects.options import has_own_options
from crm.settings.property_pages import PropertyPage, property_pages

property_pages.register(
    PropertyPage(
        name="options",
        label=N_("Options"),
        path="options",
        is_for=lambda object_type, property: has_own_options(property),
        position=20,
    )
)
