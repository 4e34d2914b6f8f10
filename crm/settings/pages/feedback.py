"""What people say about the program."""

from crm.messages import N_
from crm.permissions.actions import AccountRight
from crm.settings.registry import Group, SettingsPage, settings_pages

settings_pages.register(
    SettingsPage(
        name="feedback",
        label=N_("Feedback"),
        text=N_("What people here say about Kartotek."),
        icon="message",
        url="/settings/feedback",
        group=Group.SYSTEM,
        right=AccountRight.ACCOUNT_ACCESS,
        position=90,
    )
)
