"""Where a property is used, and its end."""

from crm.messages import N_
from crm.settings.property_pages import PropertyPage, property_pages

property_pages.register(PropertyPage(name="uses", label=N_("Used in"), path="uses", position=80))
