"""What one is told of."""

from crm.messages import N_
from crm.settings.registry import Group, SettingsPage, settings_pages

settings_pages.register(
    SettingsPage(
        name="notifications",
        label=N_("Notifications"),
        text=N_("What you want to be told of, and what not."),
        icon="bell",
        url="/settings/notifications",
        group=Group.OWN,
        position=20,
    )
)
