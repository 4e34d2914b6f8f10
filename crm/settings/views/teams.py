"""/settings/teams: the teams, and one of them with its people."""

from collections.abc import Mapping

from flask import Response, request

from crm.accounts.managing import UserChange, change_user, may_move
from crm.accounts.operations import InvalidAccount
from crm.accounts.queries import directory
from crm.accounts.teams import create_team, delete_team, may_delete_team, rename_team, team_called
from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.permissions.actions import AccountRight
from crm.permissions.errors import NotFound
from crm.settings.views.blueprint import blueprint
from crm.web.auth import requires, session_token, viewer
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render
from crm.web.numbers import whole_number

TEAMS = "/settings/teams"
NOTHING: Mapping[str, Message] = {}


@blueprint.get("/teams")
@requires(AccountRight.MANAGE_USERS)
def teams() -> Response:
    """Every team with the number of its people, and the form of a new one."""
    return _list("", NOTHING)


@blueprint.post("/teams")
@requires(AccountRight.MANAGE_USERS)
def add_team() -> Response:
    """Make a team; 422 with what is wrong with its name."""
    key, name = sent_key(), request.form.get("name", "")
    try:
        with unit_of_work():
            location = once(key)
            if location is None:
                location = f"{TEAMS}/{create_team(viewer(), name)}"
                remember(key, location)
    except InvalidAccount as error:
        return _list(name, error.errors)
    return redirect_to(location)


@blueprint.get("/teams/<int:team_id>")
@requires(AccountRight.MANAGE_USERS)
def team(team_id: int) -> Response:
    """One team: its name, its people, and its end."""
    return _page(team_id)


@blueprint.post("/teams/<int:team_id>")
@requires(AccountRight.MANAGE_USERS)
def save_team(team_id: int) -> Response:
    """Give the team another name."""
    try:
        with unit_of_work():
            rename_team(viewer(), team_id, request.form.get("name", ""))
    except InvalidAccount as error:
        return _page(team_id, name=request.form.get("name", ""), errors=error.errors)
    flash(N_("Saved."))
    return redirect_to(f"{TEAMS}/{team_id}")


@blueprint.post("/teams/<int:team_id>/members")
@requires(AccountRight.MANAGE_USERS)
def add_member(team_id: int) -> Response:
    """Put a person into the team; they leave the one they were in."""
    sent = request.form.get("user_id", "")
    if not sent:
        return _page(team_id, errors={"user_id": Message("Choose a person")})
    return _move(team_id, whole_number(sent), team_id)


@blueprint.post("/teams/<int:team_id>/members/<int:user_id>/removal")
@requires(AccountRight.MANAGE_USERS)
def remove_member(team_id: int, user_id: int) -> Response:
    """Take a person out of the team."""
    user = directory().users.get(user_id)
    if user is None or user.team_id != team_id:
        raise NotFound(f"user {user_id} is not in team {team_id}")
    return _move(team_id, user_id, None)


@blueprint.post("/teams/<int:team_id>/removal")
@requires(AccountRight.MANAGE_USERS)
def remove_team(team_id: int) -> Response:
    """Delete the team; its people go where the form says."""
    name, sent = team_called(team_id).name, request.form.get("move_to", "")
    try:
        with unit_of_work():
            delete_team(viewer(), team_id, whole_number(sent) if sent else None, session_token())
    except InvalidAccount as error:
        return _page(team_id, errors=error.errors)
    flash(Message("The team %(name)s is deleted.", name=name))
    return redirect_to(TEAMS)


def _move(team_id: int, user_id: int, to: int | None) -> Response:
    team_called(team_id)
    user = directory().users.get(user_id)
    if user is None:
        raise NotFound(f"no user {user_id}")
    keep = session_token() if viewer().user_id == user_id else None
    try:
        with unit_of_work():
            change = UserChange(user.name, user.email, to, user.permission_set_id)
            change_user(viewer(), user_id, change, keep_token=keep)
    except InvalidAccount as error:
        return _page(team_id, errors={"user_id": next(iter(error.errors.values()))})
    flash(N_("Saved."))
    return redirect_to(f"{TEAMS}/{team_id}")


def _list(name: str, errors: Mapping[str, Message]) -> Response:
    known = directory()
    rows = [(one, len(known.members(one.id))) for one in known.teams.values()]
    status = 422 if errors else 200
    return render("settings/teams.html", status=status, key=form_key(), teams=rows, name=name, errors=errors)


def _page(team_id: int, name: str | None = None, errors: Mapping[str, Message] = NOTHING) -> Response:
    shown, person, known = team_called(team_id), viewer(), directory()
    members = [user for user in known.users.values() if user.team_id == team_id]
    others = [(one.id, one.name) for one in known.teams.values() if one.id != team_id]
    return render(
        "settings/team.html",
        status=422 if errors else 200,
        team=shown,
        name=shown.name if name is None else name,
        errors=errors,
        members=[(user, may_move(person, user, None)) for user in members],
        candidates=[("", N_("Choose …"))]
        + [
            (user.id, f"{user.name} ({known.teams[user.team_id].name})" if user.team_id else user.name)
            for user in known.users.values()
            if user.team_id != team_id and user.is_active and may_move(person, user, team_id)
        ],
        targets=[("", N_("No team")), *others],
        may_delete=may_delete_team(person, team_id),
    )
