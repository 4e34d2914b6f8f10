"""Managing people: who may do it to whom, and changing, deactivating and reactivating an account.

A super admin manages everybody. Whoever has the right to manage users manages people who may do no more than they
themselves, so that the right is no way to more rights: not by giving them, and not by signing in as somebody else
with a reset link.
"""

from dataclasses import dataclass

from email_validator import EmailNotValidError

from crm.accounts.addresses import checked_address
from crm.accounts.links import forget_links_of
from crm.accounts.operations import InvalidAccount, about_user, refuse_taken, update_user
from crm.accounts.own import checked_name
from crm.accounts.queries import UserEntry, UserState, begin_change, directory
from crm.accounts.sessions import end_sessions_of
from crm.audit.actions import Action
from crm.audit.operations import record
from crm.events import TeamChanged, publish
from crm.messages import N_, Message
from crm.permissions.actions import AccountRight, Scope
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer

LAST_SUPER_ADMIN = N_("This is the last super admin. Make somebody else one first.")
BEYOND_YOURS = N_("You cannot give more rights than you have yourself.")
NO_SUCH_TEAM = N_("Choose one of the teams")
NO_SUCH_SET = N_("Choose one of the permission sets")
INTO_YOUR_TEAM = N_("Only a super admin can move somebody into your own team: you would see what they own.")


@dataclass(frozen=True)
class UserChange:
    """What a person's account shall say."""

    name: str
    email: str
    team_id: int | None
    permission_set_id: int | None


def within(actor: Viewer, permission_set_id: int | None, team_id: int | None) -> bool:
    """Whether somebody with this permission set, in this team, may do no more than the actor."""
    if actor.is_super_admin:
        return True
    granted = directory().permission_sets.get(permission_set_id or 0)
    if granted is None:
        return True
    if granted.is_super_admin or not granted.account_rights <= actor.account_rights:
        return False
    in_team = team_id is not None and team_id == actor.team_id
    for (object_type, verb), scope in granted.scopes.items():
        own = actor.scope(object_type, verb)
        if scope is Scope.NONE or own is Scope.EVERYTHING:
            continue
        if scope is Scope.EVERYTHING or own is not Scope.TEAM or not in_team:
            return False
    return True


def may_move(actor: Viewer, user: UserEntry, team_id: int | None) -> bool:
    """Whether the actor may let a person, whose permission set stays, go from their team to this one, or to none."""
    granted = user.permission_set_id
    return (
        within(actor, granted, user.team_id)
        and within(actor, granted, team_id)
        and not _joins_own_team(actor, user, team_id)
    )


def demand_manager(actor: Viewer) -> None:
    """Raise Forbidden for everybody who does not manage users."""
    if not actor.has_right(AccountRight.MANAGE_USERS):
        raise Forbidden("only people who manage users may do this")


def demand_within(actor: Viewer, permission_set_id: int | None, team_id: int | None) -> None:
    """Raise Forbidden when somebody like that may do more than the actor."""
    if not within(actor, permission_set_id, team_id):
        raise Forbidden(f"{actor.name} may not manage people with more rights")


def managed(actor: Viewer, user_id: int) -> UserEntry:
    """The person `user_id`, whom the actor manages; raises NotFound, or Forbidden."""
    demand_manager(actor)
    user = directory().users.get(user_id)
    if user is None:
        raise NotFound(f"no user {user_id}")
    demand_within(actor, user.permission_set_id, user.team_id)
    return user


def checked_change(actor: Viewer, change: UserChange, user_id: int | None = None) -> UserChange:
    """`change` with everything in its normal form; raises InvalidAccount with all that is wrong with it.

    To be called inside the unit of work that stores it, after `begin_change()`.
    """
    errors: dict[str, Message] = {}
    name, email = checked_name(change.name, errors), change.email
    try:
        email = checked_address(email)
        refuse_taken(email, but_for=user_id)
    except (EmailNotValidError, UnicodeError):
        errors["email"] = Message("This is not an e-mail address")
    except InvalidAccount as error:
        errors |= error.errors
    if change.team_id is not None and change.team_id not in directory().teams:
        errors["team_id"] = Message(NO_SUCH_TEAM)
    elif user_id is not None and _joins_own_team(actor, directory().users[user_id], change.team_id):
        errors["team_id"] = Message(INTO_YOUR_TEAM)
    if change.permission_set_id not in directory().permission_sets:
        errors["permission_set_id"] = Message(NO_SUCH_SET)
    elif not within(actor, change.permission_set_id, change.team_id):
        errors["permission_set_id"] = Message(BEYOND_YOURS)
    if errors:
        raise InvalidAccount(errors)
    return UserChange(name, email, change.team_id, change.permission_set_id)


def change_user(actor: Viewer, user_id: int, change: UserChange, keep_token: str | None = None) -> None:
    """Store another name, e-mail, team or permission set of a person.

    A person who gets other rights is signed out everywhere, but for the browser with `keep_token`, and links made for
    them work no longer. Raises NotFound, Forbidden, and InvalidAccount, also when it would leave nobody who may do
    everything.
    """
    begin_change()
    user = managed(actor, user_id)
    new = checked_change(actor, change, user_id)
    if _loses_last_super_admin(user, new.permission_set_id):
        raise InvalidAccount({"permission_set_id": Message(LAST_SUPER_ADMIN)})
    if not actor.is_super_admin and actor.user_id == user_id and new.permission_set_id != user.permission_set_id:
        raise InvalidAccount({"permission_set_id": Message("Somebody else must change your own rights.")})
    store_change(actor, user, new, keep_token)


def store_change(actor: Viewer, user: UserEntry, new: UserChange, keep_token: str | None = None) -> None:
    """Write what was checked, end what the old rights had opened, and tell the audit log; nothing if all is as it was.

    A link was made by somebody who managed the person as they were, perhaps not as they are now, so it ends too.
    """
    told = _differences(user, new)
    if not told:
        return
    values = {"team_id": new.team_id, "permission_set_id": new.permission_set_id}
    update_user(user.id, name=new.name, email=new.email, **values)
    if {"team", "permission_set"} & told.keys():
        end_sessions_of(user.id, keep_token)
        forget_links_of(user.id)
    if new.team_id != user.team_id:
        publish(TeamChanged(actor, user.id))
    record(actor, Action.USER_CHANGED, about_user(user.id, user.name), told)


def deactivate(actor: Viewer, user_id: int, handed_to: int | None = None) -> None:
    """Let a person in no longer, now; what they own is left to the caller, who may hand it to `handed_to`.

    Raises NotFound, Forbidden, and InvalidAccount for the last super admin and for oneself.
    """
    begin_change()
    user = managed(actor, user_id)
    if user.state is not UserState.ACTIVE:
        raise InvalidAccount({"form": Message("%(name)s is not active.", name=user.name)})
    if actor.user_id == user_id:
        raise InvalidAccount({"form": Message("You cannot deactivate yourself.")})
    if _loses_last_super_admin(user, None):
        raise InvalidAccount({"form": Message(LAST_SUPER_ADMIN)})
    heir = directory().users.get(handed_to) if handed_to is not None else None
    if handed_to is not None and (heir is None or not heir.is_active or handed_to == user_id):
        raise InvalidAccount({"handed_to": Message("Choose somebody who is active")})
    update_user(user_id, is_active=False)
    end_sessions_of(user_id)
    forget_links_of(user_id)
    record(actor, Action.USER_DEACTIVATED, about_user(user_id, user.name), {"handed_to": heir.name if heir else ""})


def reactivate(actor: Viewer, user_id: int) -> None:
    """Let a person in again, with the password, team and permission set they had."""
    begin_change()
    user = managed(actor, user_id)
    if user.state is not UserState.DEACTIVATED:
        raise InvalidAccount({"form": Message("%(name)s is not deactivated.", name=user.name)})
    update_user(user_id, is_active=True)
    record(actor, Action.USER_REACTIVATED, about_user(user_id, user.name))


def _joins_own_team(actor: Viewer, user: UserEntry, team_id: int | None) -> bool:
    """Whether the person would come into the actor's own team, whose scope would then cover what they own."""
    if actor.is_super_admin or team_id is None or team_id == user.team_id or team_id != actor.team_id:
        return False
    return Scope.TEAM in actor.scopes.values()


def _loses_last_super_admin(user: UserEntry, permission_set_id: int | None) -> bool:
    sets = {entry.id for entry in directory().permission_sets.values() if entry.is_super_admin}
    if not user.is_active or user.permission_set_id not in sets or permission_set_id in sets:
        return False
    others = (one for one in directory().active_users() if one.id != user.id)
    return not any(one.permission_set_id in sets for one in others)


def _differences(user: UserEntry, new: UserChange) -> dict[str, str]:
    known = directory()
    teams = {team.id: team.name for team in known.teams.values()}
    sets = {entry.id: entry.name for entry in known.permission_sets.values()}
    pairs = {
        "name": (user.name, new.name),
        "email": (user.email, new.email),
        "team": (teams.get(user.team_id or 0, "–"), teams.get(new.team_id or 0, "–")),
        "permission_set": (sets.get(user.permission_set_id or 0, "–"), sets.get(new.permission_set_id or 0, "–")),
    }
    return {key: f"{before} → {after}" for key, (before, after) in pairs.items() if before != after}
