"""What one person keeps and may share with others: a view, a list, a dashboard, a template."""

from collections.abc import Mapping
from enum import StrEnum

import sqlalchemy as sa

from crm.accounts.queries import directory
from crm.messages import N_
from crm.permissions.viewer import Viewer


class Visibility(StrEnum):
    """Who may use it besides its owner."""

    PRIVATE = "private"
    TEAM = "team"
    EVERYONE = "everyone"


READERS: Mapping[str, str] = {
    Visibility.PRIVATE: N_("Only me"),
    Visibility.TEAM: N_("My team"),
    Visibility.EVERYONE: N_("Everybody"),
}
"""What its owner calls them."""


def is_visibility(text: str) -> bool:
    """Whether a text that was sent names one."""
    return text in {one.value for one in Visibility}


def may_change(viewer: Viewer, owner_id: int | None, visibility: str) -> bool:
    """Whether this person may change and delete it: whose it is, and super admins if it is shared."""
    return owner_id == viewer.user_id or (viewer.is_super_admin and visibility != Visibility.PRIVATE)


def shared_with(viewer: Viewer, table: sa.Table) -> sa.ColumnElement[bool]:
    """One's own, everybody's, and what people of one's team share with it; by `user_id` and `visibility` of a row."""
    people = directory().users.values()
    team = [one.id for one in people if viewer.team_id is not None and one.team_id == viewer.team_id]
    of_team = sa.and_(table.c.visibility == Visibility.TEAM.value, table.c.user_id.in_(team))
    return sa.or_(table.c.user_id == viewer.user_id, table.c.visibility == Visibility.EVERYONE.value, of_team)
