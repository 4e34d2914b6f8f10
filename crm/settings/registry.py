"""The pages of the settings: one more page is one file in crm/settings/pages/, and the navigation shows it."""

from dataclasses import dataclass
from enum import StrEnum

from crm.messages import N_
from crm.permissions.actions import AccountRight
from crm.permissions.viewer import Viewer
from crm.registry import Registry


class Group(StrEnum):
    """What pages stand under in the navigation, in this order."""

    OWN = N_("Your account")
    PEOPLE = N_("People and rights")
    DATA = N_("Data")
    SYSTEM = N_("System")


@dataclass(frozen=True)
class SettingsPage:
    """One page of the settings: `text` says in a sentence what it is for.

    It is shown to whoever has `right`, or to super admins only; its views ask for the same, by `@requires(...)`.
    """

    name: str
    label: str
    text: str
    icon: str
    url: str
    group: Group
    right: AccountRight | None = None
    super_admin_only: bool = False
    position: int = 100

    def is_open_to(self, viewer: Viewer) -> bool:
        """Whether this person may open the page."""
        if self.super_admin_only:
            return viewer.is_super_admin
        return self.right is None or viewer.has_right(self.right)


settings_pages: Registry[SettingsPage] = Registry("settings page")


def pages_for(viewer: Viewer) -> list[tuple[Group, list[SettingsPage]]]:
    """The pages this person may open, by group; groups without any are left out."""
    open_pages = [page for page in settings_pages if page.is_open_to(viewer)]
    grouped = [(group, [page for page in open_pages if page.group is group]) for group in Group]
    return [(group, pages) for group, pages in grouped if pages]
