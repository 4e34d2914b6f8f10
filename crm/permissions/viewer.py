"""Who is asking: the first argument of every query and the actor of every operation."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from crm.permissions.actions import AccountRight, Scope, Verb

NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Viewer:
    """A person (or the system) with everything that decides what they may see and do.

    `seen_through_by` names the super admin who looks at the program with this person's eyes, and may change nothing.
    """

    user_id: int | None
    name: str
    email: str = ""
    team_id: int | None = None
    team_member_ids: frozenset[int] = frozenset()
    is_super_admin: bool = False
    scopes: Mapping[tuple[str, Verb], Scope] = field(default_factory=lambda: NOTHING)
    account_rights: frozenset[AccountRight] = frozenset()
    time_zone: str = "UTC"
    locale: str = "en"
    preferences: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    seen_through_by: str = ""

    @cached_property
    def rights(self) -> Hashable:
        """All that decides what this viewer sees: equal for viewers to whom every condition is the same.

        Who they are counts only where some scope is OWN, and who is in their team only where one is TEAM, so that
        statements built for one super admin, or one person who sees everything, serve them all.
        """
        if self.is_super_admin:
            return True
        scopes = set(self.scopes.values())
        person = self.user_id if Scope.OWN in scopes else None
        team = self.team_member_ids | {self.user_id} if Scope.TEAM in scopes else None
        return frozenset(self.scopes.items()), person, team

    def with_preferences(self, preferences: Mapping[str, Any]) -> "Viewer":
        """This viewer with other preferences; what they may see is worked out once for both."""
        other = replace(self, preferences=preferences)
        other.__dict__["rights"] = self.rights
        return other

    def scope(self, object_type: str, verb: Verb) -> Scope:
        """How much of `object_type` this viewer may `verb`; nothing unless it was granted."""
        if self.is_super_admin:
            return Scope.EVERYTHING
        return self.scopes.get((object_type, verb), Scope.NONE)

    def may(self, object_type: str, verb: Verb) -> bool:
        """Whether any record of `object_type` at all is open to `verb`."""
        return self.scope(object_type, verb) is not Scope.NONE

    def has_right(self, right: AccountRight) -> bool:
        """Whether an account right was granted."""
        return self.is_super_admin or right in self.account_rights

    def covers(self, object_type: str, verb: Verb, owner_id: int | None) -> bool:
        """Whether `verb` is allowed on one record of `object_type` owned by `owner_id` (None: nobody)."""
        scope = self.scope(object_type, verb)
        if scope is Scope.EVERYTHING:
            return True
        if owner_id is None or self.user_id is None:
            return False
        if scope is Scope.TEAM:
            return owner_id == self.user_id or owner_id in self.team_member_ids
        return scope is Scope.OWN and owner_id == self.user_id


SYSTEM = Viewer(user_id=None, name="Kartotek", is_super_admin=True)
