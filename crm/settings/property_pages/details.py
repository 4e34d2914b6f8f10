"""What a property is called, who may write it, and the settings of its type."""

from crm.messages import N_
from crm.settings.property_pages import PropertyPage, property_pages

property_pages.register(PropertyPage(name="details", label=N_("Details"), path="", position=10))
