"""The data model."""

from crm.messages import N_
from crm.permissions.actions import AccountRight
from crm.settings.registry import Group, SettingsPage, settings_pages

settings_pages.register(
    SettingsPage(
        name="data_model",
        label=N_("Data model"),
        text=N_("A picture of the objects, how many records each has, and which are associated with which."),
        icon="share",
        url="/settings/data-model",
        group=Group.DATA,
        right=AccountRight.EDIT_PROPERTIES,
        position=20,
    )
)
