"""What the record pages of an object show, and to whom."""

from crm.messages import N_
from crm.permissions.actions import AccountRight
from crm.settings.object_pages import ObjectPage, object_pages

object_pages.register(
    ObjectPage(
        name="layouts",
        label=N_("Record pages"),
        path="layouts",
        right=AccountRight.CUSTOMIZE_LAYOUT,
        position=50,
    )
)
