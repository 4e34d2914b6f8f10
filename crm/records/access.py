"""Who may see, edit and delete a record, and why: by the rules of the gate itself (SPEC 1.3, DESIGN 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm.accounts.queries import Directory, TeamEntry, UserEntry, directory
from crm.messages import N_
from crm.permissions.actions import Scope, Verb
from crm.permissions.viewer import Viewer
from crm.records.queries import RecordRow

VERBS = (Verb.VIEW, Verb.EDIT, Verb.DELETE)
SUPER_ADMIN, EVERYTHING = N_("Super admin"), N_("Every record")
OWNER, TEAM = N_("Owner"), N_("Team of the owner")


@dataclass(frozen=True)
class PersonAccess:
    """One person who may see the record; `reasons` say why they may do each thing, what they may not is missing."""

    user: UserEntry
    reasons: Mapping[Verb, str]


@dataclass(frozen=True)
class TeamAccess:
    """The people of a team who may see the record; `size` is how many are in it. `team` is None for those in none."""

    team: TeamEntry | None
    size: int
    people: Sequence[PersonAccess]


def access_to(record: RecordRow) -> list[TeamAccess]:
    """Everybody who is let in and may see the record, by team and name; teams nobody of which may are left out."""
    known = directory()
    groups: dict[int | None, list[UserEntry]] = {team_id: [] for team_id in (*known.teams, None)}
    for user in known.active_users():
        groups[user.team_id if user.team_id in known.teams else None].append(user)
    found = [_team(known, record, team_id, users) for team_id, users in groups.items()]
    return [one for one in found if one.people]


def _team(known: Directory, record: RecordRow, team_id: int | None, users: Sequence[UserEntry]) -> TeamAccess:
    people = [PersonAccess(user, reasons(known.viewer(user.id), record)) for user in users]
    team = known.teams[team_id] if team_id is not None else None
    return TeamAccess(team, len(users), [one for one in people if one.reasons])


def reasons(viewer: Viewer, record: RecordRow) -> dict[Verb, str]:
    """Why a person may do what they may do with the record; nothing at all where they may not see it."""
    kind, owner_id = record.object_type, record.owner_id
    if not viewer.covers(kind, Verb.VIEW, owner_id):
        return {}
    return {verb: _why(viewer, record, verb) for verb in VERBS if viewer.covers(kind, verb, owner_id)}


def _why(viewer: Viewer, record: RecordRow, verb: Verb) -> str:
    if viewer.is_super_admin:
        return SUPER_ADMIN
    if viewer.scope(record.object_type, verb) is Scope.EVERYTHING:
        return EVERYTHING
    return OWNER if record.owner_id == viewer.user_id else TEAM
