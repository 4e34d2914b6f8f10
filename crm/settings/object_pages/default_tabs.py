"""The views that stand as tabs for who has chosen none on the index page of an object."""

from crm.messages import N_
from crm.settings.object_pages import ObjectPage, object_pages

object_pages.register(
    ObjectPage(name="default_tabs", label=N_("Views"), path="tabs", super_admin_only=True, position=60)
)
