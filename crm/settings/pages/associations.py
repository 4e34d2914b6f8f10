"""Labels and limits of associations."""

from crm.messages import N_
from crm.settings.registry import Group, SettingsPage, settings_pages

settings_pages.register(
    SettingsPage(
        name="associations",
        label=N_("Associations"),
        text=N_("What links between records are called, and how many of them a record may have."),
        icon="link",
        url="/settings/associations",
        group=Group.DATA,
        super_admin_only=True,
        position=25,
    )
)
