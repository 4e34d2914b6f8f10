"""What an object is called, what its records are named by, what they may be associated with."""

from crm.messages import N_
from crm.settings.object_pages import ObjectPage, object_pages

object_pages.register(ObjectPage(name="setup", label=N_("Setup"), path="", super_admin_only=True, position=10))
