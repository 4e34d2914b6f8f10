"""What the records of an object may be associated with: labels and limits."""

from crm.messages import N_
from crm.settings.object_pages import ObjectPage, object_pages

object_pages.register(
    ObjectPage(name="associations", label=N_("Associations"), path="associations", super_admin_only=True, position=50)
)
