"""The audit log."""

from crm.messages import N_
from crm.permissions.actions import AccountRight
from crm.settings.registry import Group, SettingsPage, settings_pages

settings_pages.register(
    SettingsPage(
        name="audit",
        label=N_("Audit log"),
        text=N_("Who signed in, and who changed users, teams and rights. Nobody can change it."),
        icon="activity",
        url="/settings/audit",
        group=Group.PEOPLE,
        right=AccountRight.ACCOUNT_ACCESS,
        position=50,
    )
)
