"""By the user an activity is assigned to: "All users" (REC-23)."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm.accounts.queries import directory
from crm.messages import N_, InvalidValue
from crm.permissions.viewer import Viewer
from crm.timeline.filters import timeline_filters
from crm.timeline.filters.base import Chip, TimelineFilter
from crm.timeline.models import TimelineEntry


class OwnerFilter(TimelineFilter):
    """Only entries owned by one of the users named by id."""

    name = key = "owner"
    label = N_("User")
    position = 20

    def parse(self, given: Sequence[str]) -> tuple[int, ...]:
        """Ids of users; raises InvalidValue for one that does not exist."""
        users = directory().users
        ids = [int(text) if text.isdecimal() and len(text) < 19 else -1 for text in given if text]
        if any(user_id not in users for user_id in ids):
            raise InvalidValue(N_("There is no such user."))
        return tuple(dict.fromkeys(ids))

    def where(self, values: tuple[Any, ...], viewer: Viewer, record_id: int) -> sa.ColumnElement[bool]:
        """The entry's owner is one of the users."""
        return TimelineEntry.owner_id.in_(values)

    def chips(self, values: tuple[Any, ...]) -> list[Chip]:
        """One chip for each user."""
        return [Chip(directory().name_of(user_id), ((self.key, str(user_id)),)) for user_id in values]


timeline_filters.register(OwnerFilter())
