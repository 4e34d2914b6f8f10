"""Teams."""

from crm.messages import N_
from crm.permissions.actions import AccountRight
from crm.settings.registry import Group, SettingsPage, settings_pages

settings_pages.register(
    SettingsPage(
        name="teams",
        label=N_("Teams"),
        text=N_("People who may see and do the same with what their team owns."),
        icon="users",
        url="/settings/teams",
        group=Group.PEOPLE,
        right=AccountRight.MANAGE_USERS,
        position=30,
    )
)
