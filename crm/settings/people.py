"""The list of people, as the settings show it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from crm.accounts.links import Purpose, expiry_of_links
from crm.accounts.managing import within
from crm.accounts.models import UserAccount
from crm.accounts.queries import UserEntry, UserState, directory
from crm.clock import now
from crm.db import db
from crm.messages import N_
from crm.permissions.viewer import Viewer

STATE_LABELS = {
    UserState.ACTIVE: N_("Active"),
    UserState.INVITED: N_("Invited"),
    UserState.DEACTIVATED: N_("Deactivated"),
}
EXPIRED = N_("Invitation expired")
NO_TEAM = 0
PAGE_SIZE = 100


@dataclass(frozen=True)
class PeopleFilter:
    """What the list is narrowed to; None is everything, the team NO_TEAM is people without one."""

    q: str = ""
    state: UserState | None = None
    team_id: int | None = None
    permission_set_id: int | None = None

    def accepts(self, user: UserEntry) -> bool:
        """Whether the list shows this person."""
        return (
            (self.state is None or user.state is self.state)
            and (self.team_id is None or (user.team_id or NO_TEAM) == self.team_id)
            and (self.permission_set_id is None or user.permission_set_id == self.permission_set_id)
            and all(word in f"{user.name} {user.email}".casefold() for word in self.q.casefold().split())
        )


@dataclass(frozen=True)
class Person:
    """One line of the list, or the head of a person's page."""

    user: UserEntry
    team: str
    permission_set: str
    last_seen_at: datetime | None
    expires_at: datetime | None
    is_managed: bool
    two_factor_on: bool

    @property
    def is_expired(self) -> bool:
        """Whether the invitation has run out."""
        return self.user.state is UserState.INVITED and (self.expires_at is None or self.expires_at <= now())

    @property
    def state_label(self) -> str:
        """The state in words."""
        return EXPIRED if self.is_expired else STATE_LABELS[self.user.state]


@dataclass(frozen=True)
class People:
    """A page of the list: those shown, how many there are, and after whom the next page begins."""

    shown: list[Person]
    count: int
    next_after: int | None


def list_people(viewer: Viewer, wanted: PeopleFilter, after: int = 0) -> People:
    """A page of the people that `wanted` accepts, by name; `after` is the id of the last one on the page before."""
    found = [user for user in directory().users.values() if wanted.accepts(user)]
    start = next((place + 1 for place, user in enumerate(found) if user.id == after), 0)
    page = found[start : start + PAGE_SIZE]
    has_more = len(found) > start + PAGE_SIZE
    return People(list(_persons(viewer, page)), len(found), page[-1].id if has_more else None)


def person(viewer: Viewer, user: UserEntry) -> Person:
    """One person with what the list says of them."""
    return next(_persons(viewer, [user]))


def _persons(viewer: Viewer, users: list[UserEntry]) -> Iterator[Person]:
    known, expiries = directory(), expiry_of_links(Purpose.INVITATION)
    wanted = sa.select(UserAccount.id, UserAccount.last_seen_at, UserAccount.totp_secret.is_not(None))
    seen = {row[0]: row for row in db.session.execute(wanted.where(UserAccount.id.in_([one.id for one in users])))}
    for user in users:
        team = known.teams.get(user.team_id or 0)
        granted = known.permission_sets.get(user.permission_set_id or 0)
        _id, last_seen_at, two_factor_on = seen[user.id]
        yield Person(
            user=user,
            team=team.name if team else "",
            permission_set=granted.name if granted else "",
            last_seen_at=last_seen_at,
            expires_at=expiries.get(user.id),
            is_managed=within(viewer, user.permission_set_id, user.team_id),
            two_factor_on=two_factor_on,
        )
