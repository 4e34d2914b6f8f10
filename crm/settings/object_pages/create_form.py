"""The form in which people make records of an object."""

from crm.messages import N_
from crm.settings.object_pages import ObjectPage, object_pages

object_pages.register(ObjectPage(name="create_form", label=N_("Create form"), path="create-form", position=40))
