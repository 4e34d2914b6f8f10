"""Outcomes of calls and meetings, and what they are about."""

from crm.messages import N_
from crm.permissions.actions import AccountRight
from crm.settings.registry import Group, SettingsPage, settings_pages

settings_pages.register(
    SettingsPage(
        name="activities",
        label=N_("Activities"),
        text=N_("Outcomes of calls and meetings, and the types of both."),
        icon="activity",
        url="/settings/activities",
        group=Group.DATA,
        right=AccountRight.EDIT_PROPERTIES,
        position=20,
    )
)
