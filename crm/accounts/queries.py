"""Reading people: the directory of names and teams, and the Viewer each of them is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from crm.accounts.addresses import known_as
from crm.accounts.models import PermissionGrant, PermissionRight, PermissionSet, Team, UserAccount
from crm.caches import StampedCache
from crm.db import db, touch
from crm.permissions.actions import AccountRight, Scope, Verb
from crm.permissions.errors import NotFound
from crm.permissions.viewer import NOTHING, Viewer

STAMP = "accounts"


class UserState(StrEnum):
    """Whether a person may come in: yes, not yet, or no longer."""

    ACTIVE = "active"
    INVITED = "invited"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True, slots=True)
class UserEntry:
    """What the rest of the program may know about a person."""

    id: int
    name: str
    email: str
    team_id: int | None
    is_active: bool
    permission_set_id: int | None = None
    time_zone: str = "UTC"
    locale: str = "en"
    has_joined: bool = True

    @property
    def state(self) -> UserState:
        """Whether this person may come in."""
        if self.is_active:
            return UserState.ACTIVE
        return UserState.DEACTIVATED if self.has_joined else UserState.INVITED


@dataclass(frozen=True, slots=True)
class TeamEntry:
    """A team by name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class PermissionSetEntry:
    """A permission set with its grants and account rights."""

    id: int
    name: str
    is_super_admin: bool
    scopes: Mapping[tuple[str, Verb], Scope]
    account_rights: frozenset[AccountRight] = frozenset()


@dataclass(frozen=True)
class Directory:
    """Everyone and every team, in order of name; cached until an account, team or permission set changes."""

    users: Mapping[int, UserEntry]
    teams: Mapping[int, TeamEntry]
    permission_sets: Mapping[int, PermissionSetEntry]
    viewers: dict[int, Viewer] = field(default_factory=dict, compare=False, repr=False)

    def active_users(self) -> list[UserEntry]:
        """People who may own something new, by name."""
        return [user for user in self.users.values() if user.is_active]

    def members(self, team_id: int | None) -> frozenset[int]:
        """The ids of the people in a team, former ones included; nobody for no team."""
        if team_id is None:
            return frozenset()
        return frozenset(user.id for user in self.users.values() if user.team_id == team_id)

    def name_of(self, user_id: int | None) -> str:
        """A person's name, "" for nobody or somebody unknown."""
        user = self.users.get(user_id) if user_id is not None else None
        return user.name if user else ""

    def viewer(self, user_id: int, preferences: Mapping[str, Any] = NOTHING) -> Viewer:
        """The Viewer a person is; raises NotFound for an unknown id."""
        known = self.viewers.get(user_id)
        if known is None:
            known = self.viewers[user_id] = self._make_viewer(user_id)
        return known.with_preferences(preferences) if preferences else known

    def _make_viewer(self, user_id: int) -> Viewer:
        user = self.users.get(user_id)
        if user is None:
            raise NotFound(f"no user {user_id}")
        granted = self.permission_sets.get(user.permission_set_id or 0)
        return Viewer(
            user_id=user.id,
            name=user.name,
            email=user.email,
            team_id=user.team_id,
            team_member_ids=self.members(user.team_id),
            is_super_admin=bool(granted and granted.is_super_admin),
            scopes=granted.scopes if granted else NOTHING,
            account_rights=granted.account_rights if granted else frozenset(),
            time_zone=user.time_zone,
            locale=user.locale,
        )


def directory() -> Directory:
    """Everyone and every team; costs nothing while nothing changed."""
    return _directory.get()


def viewer_for(user_id: int) -> Viewer:
    """The Viewer the person `user_id` is, with their preferences; raises NotFound for an unknown id."""
    statement = sa.select(UserAccount.preferences).where(UserAccount.id == user_id)
    return directory().viewer(user_id, read_preferences(db.session.execute(statement).scalar_one_or_none()))


def read_preferences(text: str | None) -> Mapping[str, Any]:
    """The preferences stored as JSON `text`; nothing for none, or for text that is not ours."""
    if not text or text == "{}":
        return NOTHING
    try:
        loaded = json.loads(text)
    except ValueError:
        return NOTHING
    return MappingProxyType(loaded) if isinstance(loaded, dict) else NOTHING


def find_user(email: str) -> UserEntry | None:
    """The person with this e-mail address, in any spelling of it."""
    wanted = known_as(email)
    return next((user for user in directory().users.values() if user.email == wanted), None)


def begin_change() -> None:
    """Make changes of accounts wait for each other, inside a unit of work; call `end_change` when all is written.

    What is read of the directory between the two is what this unit sees, and is kept by nobody.
    """
    touch(STAMP)


def end_change() -> None:
    """Say that accounts, teams or permission sets have changed."""
    touch(STAMP)


def has_users() -> bool:
    """Whether anybody exists yet; a database without people waits for its set-up link."""
    return db.session.execute(sa.select(UserAccount.id).limit(1)).first() is not None


def _load_directory() -> Directory:
    users = sa.select(
        UserAccount.id,
        UserAccount.name,
        UserAccount.email,
        UserAccount.team_id,
        UserAccount.is_active,
        UserAccount.permission_set_id,
        UserAccount.time_zone,
        UserAccount.locale,
        UserAccount.joined_at.is_not(None),
    )
    entries = sorted(
        (UserEntry(*row) for row in db.session.execute(users)),
        key=lambda user: _order(user.name, user.id),
    )
    teams = sorted(
        (TeamEntry(*row) for row in db.session.execute(sa.select(Team.id, Team.name))),
        key=lambda team: _order(team.name, team.id),
    )
    return Directory(
        users=MappingProxyType({user.id: user for user in entries}),
        teams=MappingProxyType({team.id: team for team in teams}),
        permission_sets=MappingProxyType(_load_permission_sets()),
    )


def _load_permission_sets() -> dict[int, PermissionSetEntry]:
    grants: dict[int, dict[tuple[str, Verb], Scope]] = {}
    columns = (
        PermissionGrant.permission_set_id,
        PermissionGrant.object_type,
        PermissionGrant.verb,
        PermissionGrant.scope,
    )
    for set_id, object_type, verb, scope in db.session.execute(sa.select(*columns)):
        grants.setdefault(set_id, {})[object_type, Verb(verb)] = Scope(scope)
    rights: dict[int, set[AccountRight]] = {}
    for set_id, right in db.session.execute(
        sa.select(PermissionRight.permission_set_id, PermissionRight.account_right)
    ):
        rights.setdefault(set_id, set()).add(AccountRight(right))
    sets = sa.select(PermissionSet.id, PermissionSet.name, PermissionSet.is_super_admin)
    return {
        row.id: PermissionSetEntry(
            row.id,
            row.name,
            row.is_super_admin,
            MappingProxyType(grants.get(row.id, {})),
            frozenset(rights.get(row.id, ())),
        )
        for row in db.session.execute(sets)
    }


def _order(name: str, row_id: int) -> tuple[str, int]:
    return name.casefold(), row_id


_directory: StampedCache[Directory] = StampedCache(STAMP, _load_directory)
