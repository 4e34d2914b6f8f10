"""Teams: people who share what the scope "team" covers."""

import sqlalchemy as sa

from crm.accounts.managing import (
    BEYOND_YOURS,
    UserChange,
    demand_manager,
    demand_within,
    may_move,
    store_change,
    within,
)
from crm.accounts.models import Team
from crm.accounts.operations import InvalidAccount
from crm.accounts.queries import TeamEntry, begin_change, directory, end_change
from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.db import db
from crm.events import TeamDeleted, publish
from crm.messages import Message
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer

LONGEST_TEAM_NAME = 60


def create_team(actor: Viewer, name: str) -> int:
    """Make a team and return its id. Raises Forbidden, and InvalidAccount for a name that is empty or taken."""
    demand_manager(actor)
    begin_change()
    name = _checked_name(name)
    team_id = db.session.execute(sa.insert(Team).values(name=name).returning(Team.id)).scalar_one()
    end_change()
    record(actor, Action.TEAM_CREATED, About(Kind.TEAM, team_id, name))
    return team_id


def rename_team(actor: Viewer, team_id: int, name: str) -> None:
    """Give a team another name. Raises Forbidden, NotFound, InvalidAccount."""
    demand_manager(actor)
    begin_change()
    team = team_called(team_id)
    name = _checked_name(name, but_for=team_id)
    if name != team.name:
        db.session.execute(sa.update(Team).where(Team.id == team_id).values(name=name))
        end_change()
        record(actor, Action.TEAM_RENAMED, About(Kind.TEAM, team_id, team.name), {"name": f"{team.name} → {name}"})


def delete_team(actor: Viewer, team_id: int, move_to: int | None, keep_token: str | None = None) -> None:
    """Delete a team; its people go to the team `move_to`, or to none, and are signed out, as at any other move.

    The browser with `keep_token` stays. Raises NotFound, Forbidden when the actor does not manage all of them, and
    InvalidAccount when they may not be moved there.
    """
    demand_manager(actor)
    begin_change()
    team = team_called(team_id)
    target = team_called(move_to).name if move_to is not None else ""
    if move_to == team_id:
        raise InvalidAccount({"move_to": Message("Choose another team")})
    members = [user for user in directory().users.values() if user.team_id == team_id]
    for user in members:
        demand_within(actor, user.permission_set_id, user.team_id)
        if not may_move(actor, user, move_to):
            raise InvalidAccount({"move_to": Message(BEYOND_YOURS)})
    for user in members:
        moved = UserChange(user.name, user.email, move_to, user.permission_set_id)
        store_change(actor, user, moved, keep_token if user.id == actor.user_id else None)
    publish(TeamDeleted(actor, team_id))
    db.session.execute(sa.delete(Team).where(Team.id == team_id).execution_options(synchronize_session=False))
    end_change()
    record(actor, Action.TEAM_DELETED, About(Kind.TEAM, team_id, team.name), {"moved_to": target})


def may_delete_team(actor: Viewer, team_id: int) -> bool:
    """Whether everybody in the team is somebody the actor manages."""
    return all(
        within(actor, user.permission_set_id, user.team_id)
        for user in directory().users.values()
        if user.team_id == team_id
    )


def team_called(team_id: int) -> TeamEntry:
    """The team with this id; raises NotFound."""
    team = directory().teams.get(team_id)
    if team is None:
        raise NotFound(f"no team {team_id}")
    return team


def _checked_name(name: str, but_for: int | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise InvalidAccount({"name": Message("Enter a name")})
    if len(name) > LONGEST_TEAM_NAME:
        raise InvalidAccount({"name": Message("At most %(limit)s characters", limit=LONGEST_TEAM_NAME)})
    known = {team.name.casefold() for team in directory().teams.values() if team.id != but_for}
    if name.casefold() in known:
        raise InvalidAccount({"name": Message("There is a team of this name already")})
    return name
