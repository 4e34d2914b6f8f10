"""What the pages of records show, object by object."""

from crm.messages import N_
from crm.permissions.actions import AccountRight
from crm.settings.registry import Group, SettingsPage, settings_pages

settings_pages.register(
    SettingsPage(
        name="layouts",
        label=N_("Record pages"),
        text=N_("What the pages of contacts, companies, deals and the others show, for everybody and for teams."),
        icon="preview",
        url="/settings/record-pages",
        group=Group.DATA,
        right=AccountRight.CUSTOMIZE_LAYOUT,
        position=15,
    )
)
