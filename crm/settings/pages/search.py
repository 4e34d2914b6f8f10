"""How the search index is."""

from crm.messages import N_
from crm.settings.registry import Group, SettingsPage, settings_pages

settings_pages.register(
    SettingsPage(
        name="search",
        label=N_("Search index"),
        text=N_("Whether search is up to date, what could not be indexed, and building it anew."),
        icon="search",
        url="/settings/search",
        group=Group.SYSTEM,
        super_admin_only=True,
        position=80,
    )
)
