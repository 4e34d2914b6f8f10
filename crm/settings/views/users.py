"""/settings/users: the list of people, inviting, and one person's account."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Response, current_app, request

from crm.accounts import invitations, managing
from crm.accounts.operations import InvalidAccount
from crm.accounts.queries import UserState, directory
from crm.db import unit_of_work
from crm.messages import N_, InvalidValue, Message
from crm.permissions.actions import AccountRight
from crm.permissions.errors import NotFound
from crm.settings.handover import count_owned
from crm.settings.people import NO_TEAM, STATE_LABELS, PeopleFilter, list_people, person
from crm.settings.views.blueprint import blueprint
from crm.web.auth import requires, session_token, viewer
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render
from crm.web.numbers import whole_number

USERS = "/settings/users"
LONGEST_QUERY = 200
ANY = ("", N_("All"))
NOBODY: Mapping[str, Message] = {}


@blueprint.get("/users")
@requires(AccountRight.MANAGE_USERS)
def users() -> Response:
    """The people that the filters in the address let through."""
    wanted = _filter()
    people = list_people(viewer(), wanted, _number("page-key") or 0)
    args = {key: request.args[key] for key in ("q", "state", "team", "permission_set") if request.args.get(key)}
    return render(
        "settings/users.html",
        people=people,
        wanted=wanted,
        is_filtered=bool(args),
        next_url=f"{USERS}?{urlencode(args | {'page-key': people.next_after})}" if people.next_after else "",
        first_url=f"{USERS}?{urlencode(args)}" if "page-key" in request.args else "",
        states=[ANY, *STATE_LABELS.items()],
        teams=[ANY, (NO_TEAM, N_("No team")), *_teams()],
        permission_sets=[ANY, *((one.id, one.name) for one in _all_sets())],
    )


@blueprint.get("/users/new")
@requires(AccountRight.MANAGE_USERS)
def new_user() -> Response:
    """The form of an invitation."""
    return _invite_form({"name": "", "email": "", "team_id": "", "permission_set_id": ""}, NOBODY)


@blueprint.post("/users")
@requires(AccountRight.MANAGE_USERS)
def invite() -> Response:
    """Invite somebody, and show the link this once; 422 with what was typed and what is wrong with it."""
    key = sent_key()
    try:
        with unit_of_work():
            location = once(key)
            if location is None:
                zone = current_app.config["KARTOTEK"].time_zone
                user_id, token = invitations.invite(viewer(), _typed_change(), zone)
                remember(key, f"{USERS}/{user_id}")
    except InvalidAccount as error:
        return _invite_form(request.form, error.errors)
    if location is not None:
        return redirect_to(location)
    return show_link(user_id, "invitation", token)


@blueprint.get("/users/<int:user_id>")
@requires(AccountRight.MANAGE_USERS)
def user(user_id: int) -> Response:
    """One person's account."""
    return user_page(user_id)


@blueprint.post("/users/<int:user_id>")
@requires(AccountRight.MANAGE_USERS)
def save_user(user_id: int) -> Response:
    """Store name, e-mail, team and permission set; 422 with what is wrong."""
    person_now = viewer()
    keep = session_token() if person_now.user_id == user_id else None
    try:
        with unit_of_work():
            managing.change_user(person_now, user_id, _typed_change(), keep_token=keep)
    except InvalidAccount as error:
        return user_page(user_id, values=_typed(request.form), errors=error.errors)
    flash(N_("Saved."))
    return redirect_to(f"{USERS}/{user_id}" if person_now.user_id != user_id else "/settings")


def show_link(user_id: int, kind: str, token: str) -> Response:
    """A person's page with a link that was just made; the only time it is shown."""
    path = {"invitation": "invitation", "password": "password"}[kind]
    return user_page(user_id, link=f"{request.host_url}{path}/{token}", link_kind=kind)


def user_page(
    user_id: int,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, Message] = NOBODY,
    link: str = "",
    link_kind: str = "",
) -> Response:
    """One person's account with these values in its form."""
    entry = directory().users.get(user_id)
    if entry is None:
        raise NotFound(f"no user {user_id}")
    shown = person(viewer(), entry)
    values = values or {
        "name": entry.name,
        "email": entry.email,
        "team_id": str(entry.team_id or ""),
        "permission_set_id": str(entry.permission_set_id or ""),
    }
    return render(
        "settings/user.html",
        status=422 if errors else 200,
        person=shown,
        values=values,
        errors=errors,
        link=link,
        link_kind=link_kind,
        is_self=viewer().user_id == user_id,
        owned=count_owned(user_id) if shown.is_managed and entry.state is UserState.DEACTIVATED else 0,
        heirs=[("", N_("Choose …")), *((one.id, one.name) for one in directory().active_users())],
        teams=[("", N_("No team")), *_teams()],
        permission_sets=_sets_to_give(entry.permission_set_id),
    )


def _invite_form(values: Mapping[str, str], errors: Mapping[str, Message]) -> Response:
    return render(
        "settings/user_new.html",
        status=422 if errors else 200,
        key=form_key(),
        values=_typed(values),
        errors=errors,
        teams=[("", N_("No team")), *_teams()],
        permission_sets=[("", N_("Choose …")), *_sets_to_give(None)],
    )


def _typed(values: Mapping[str, str]) -> dict[str, str]:
    """What the form of a person shows again, "" for what was not sent."""
    return {name: values.get(name, "") for name in ("name", "email", "team_id", "permission_set_id")}


def _typed_change() -> managing.UserChange:
    form = request.form
    return managing.UserChange(
        name=form.get("name", ""),
        email=form.get("email", "")[:254],
        team_id=whole_number(form["team_id"]) if form.get("team_id") else None,
        permission_set_id=whole_number(form["permission_set_id"]) if form.get("permission_set_id") else None,
    )


def _filter() -> PeopleFilter:
    state = request.args.get("state", "")
    if state and state not in set(UserState):
        raise InvalidValue(N_("There is no such state."))
    return PeopleFilter(
        q=request.args.get("q", "")[:LONGEST_QUERY].strip(),
        state=UserState(state) if state else None,
        team_id=_number("team"),
        permission_set_id=_number("permission_set"),
    )


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return whole_number(text) if text else None


def _teams() -> list[tuple[int, str]]:
    return [(team.id, team.name) for team in directory().teams.values()]


def _all_sets() -> list:
    return sorted(directory().permission_sets.values(), key=lambda one: one.name.casefold())


def _sets_to_give(now_id: int | None) -> list[tuple[int, str]]:
    """The permission sets the viewer may give to somebody in some team, and the one given already."""
    person_now = viewer()
    teams = (None, *directory().teams)
    return [
        (one.id, one.name)
        for one in _all_sets()
        if one.id == now_id or any(managing.within(person_now, one.id, team_id) for team_id in teams)
    ]
