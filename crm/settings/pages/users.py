"""The people who may come in."""

from crm.messages import N_
from crm.permissions.actions import AccountRight
from crm.settings.registry import Group, SettingsPage, settings_pages

settings_pages.register(
    SettingsPage(
        name="users",
        label=N_("Users"),
        text=N_("Invite people, change what they may do, deactivate those who leave."),
        icon="contact",
        url="/settings/users",
        group=Group.PEOPLE,
        right=AccountRight.MANAGE_USERS,
        position=20,
    )
)
