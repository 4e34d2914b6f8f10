"""One's own name, language, password and sessions."""

from crm.messages import N_
from crm.settings.registry import Group, SettingsPage, settings_pages

settings_pages.register(
    SettingsPage(
        name="profile",
        label=N_("Profile and security"),
        text=N_("Your name, time zone, password and signed-in browsers."),
        icon="user",
        url="/settings/profile",
        group=Group.OWN,
        position=10,
    )
)
