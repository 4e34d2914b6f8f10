"""A view of an index page as people choose it."""

from dataclasses import dataclass
from datetime import datetime

from crm.accounts.sharing import Visibility, may_change
from crm.messages import Message
from crm.permissions.viewer import Viewer
from crm.saved_views.state import ViewState


@dataclass(frozen=True)
class View:
    """A view with the key that names it in addresses; `name` is what somebody called it, or a text of the program."""

    key: str
    name: Message | str
    state: ViewState

    @property
    def is_standard(self) -> bool:
        """Whether it comes with the program, so that nobody can change it."""
        return True

    @property
    def is_for_everyone(self) -> bool:
        """Whether everybody who sees the object may use it."""
        return True

    def may_use(self, _viewer: Viewer) -> bool:
        """Whether this person may open it."""
        return True

    def may_change(self, _viewer: Viewer) -> bool:
        """Whether this person may change and delete it."""
        return False


@dataclass(frozen=True)
class SavedView(View):
    """One that somebody saved; `team_id` is the team it is shared with, `version` counts its changes."""

    id: int
    object_type: str
    visibility: str
    owner_id: int
    team_id: int | None
    version: int
    changed_at: datetime
    changed_by_id: int | None
    folded_name: str = ""

    @property
    def is_standard(self) -> bool:
        """Never."""
        return False

    @property
    def is_for_everyone(self) -> bool:
        """Whether everybody who sees the object may use it."""
        return self.visibility == Visibility.EVERYONE

    def may_use(self, viewer: Viewer) -> bool:
        """Whether this person may open it: whose it is, the people of its team, or everybody."""
        in_team = self.visibility == Visibility.TEAM and self.team_id is not None and self.team_id == viewer.team_id
        return self.owner_id == viewer.user_id or self.is_for_everyone or in_team or self.may_change(viewer)

    def may_change(self, viewer: Viewer) -> bool:
        """Whether this person may change and delete it: whose it is, and super admins if it is shared."""
        return may_change(viewer, self.owner_id, self.visibility)
