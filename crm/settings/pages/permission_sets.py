"""Permission sets."""

from crm.messages import N_
from crm.settings.registry import Group, SettingsPage, settings_pages

settings_pages.register(
    SettingsPage(
        name="permission_sets",
        label=N_("Permission sets"),
        text=N_("What people may see and do, by kind of record, and what they may change in Kartotek."),
        icon="shield",
        url="/settings/permission-sets",
        group=Group.PEOPLE,
        super_admin_only=True,
        position=40,
    )
)
