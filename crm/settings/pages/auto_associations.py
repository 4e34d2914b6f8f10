"""Which records new activities are put on by themselves."""

from crm.messages import N_
from crm.settings.registry import Group, SettingsPage, settings_pages

settings_pages.register(
    SettingsPage(
        name="auto_associations",
        label=N_("Automatic association"),
        text=N_("Which records a new activity is put on by itself, for each object and kind of activity."),
        icon="link",
        url="/settings/auto-associations",
        group=Group.DATA,
        super_admin_only=True,
        position=25,
    )
)
