"""Object types, with what can be set about each of them."""

from crm.messages import N_
from crm.permissions.actions import AccountRight
from crm.settings.registry import Group, SettingsPage, settings_pages

settings_pages.register(
    SettingsPage(
        name="objects",
        label=N_("Objects and properties"),
        text=N_("What is kept about contacts, companies, deals and everything else: properties, pipelines, forms."),
        icon="list",
        url="/settings/objects",
        group=Group.DATA,
        right=AccountRight.EDIT_PROPERTIES,
        position=10,
    )
)
