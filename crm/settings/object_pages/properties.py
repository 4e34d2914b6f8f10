"""The properties of an object: what is kept about its records."""

from crm.messages import N_
from crm.settings.object_pages import ObjectPage, object_pages

object_pages.register(ObjectPage(name="properties", label=N_("Properties"), path="properties", position=20))
