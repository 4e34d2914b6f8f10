"""By the team of the user an activity is assigned to: "All teams" (REC-24)."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm.accounts.queries import directory
from crm.messages import N_, InvalidValue
from crm.permissions.viewer import Viewer
from crm.timeline.filters import timeline_filters
from crm.timeline.filters.base import Chip, TimelineFilter
from crm.timeline.models import TimelineEntry


class TeamFilter(TimelineFilter):
    """Only entries owned by members of one of the teams named by id."""

    name = key = "team"
    label = N_("Team")
    position = 30

    def parse(self, given: Sequence[str]) -> tuple[int, ...]:
        """Ids of teams; raises InvalidValue for one that does not exist."""
        teams = directory().teams
        ids = [int(text) if text.isdecimal() and len(text) < 19 else -1 for text in given if text]
        if any(team_id not in teams for team_id in ids):
            raise InvalidValue(N_("There is no such team."))
        return tuple(dict.fromkeys(ids))

    def where(self, values: tuple[Any, ...], viewer: Viewer, record_id: int) -> sa.ColumnElement[bool]:
        """The entry's owner is in one of the teams."""
        members = set().union(*(directory().members(team_id) for team_id in values))
        return TimelineEntry.owner_id.in_(sorted(members))

    def chips(self, values: tuple[Any, ...]) -> list[Chip]:
        """One chip for each team."""
        return [Chip(directory().teams[team_id].name, ((self.key, str(team_id)),)) for team_id in values]


timeline_filters.register(TeamFilter())
