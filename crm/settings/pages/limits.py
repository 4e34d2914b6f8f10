"""How far things go."""

from crm.messages import N_
from crm.permissions.actions import AccountRight
from crm.settings.registry import Group, SettingsPage, settings_pages

settings_pages.register(
    SettingsPage(
        name="limits",
        label=N_("Limits"),
        text=N_("Every number Kartotek does not go beyond, how much of it is taken, and what happens there."),
        icon="gauge",
        url="/settings/limits",
        group=Group.DATA,
        right=AccountRight.EDIT_PROPERTIES,
        position=90,
    )
)
