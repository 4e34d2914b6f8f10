"""What is done to people: made, changed, given rights, signed in."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

import sqlalchemy as sa
from email_validator import EmailNotValidError

from crm.accounts.addresses import checked_address
from crm.accounts.links import forget_links_of
from crm.accounts.models import PermissionGrant, PermissionRight, PermissionSet, UserAccount
from crm.accounts.passwords import hash_password, password_problem
from crm.accounts.queries import STAMP, directory, has_users, read_preferences, viewer_for
from crm.accounts.sessions import end_sessions_of
from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.clock import now
from crm.db import db, touch
from crm.messages import Message
from crm.permissions.actions import AccountRight, Scope, Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer

SUPER_ADMIN = "Super admin"
SALES_TEAM = "Sales (team)"
EVERYTHING = "Everything"
VIEW_ONLY = "View only"
LONGEST_NAME = 100
LONGEST_PREFERENCES = 20_000

DEFAULT_SCOPES: dict[str, dict[Verb, Scope]] = {
    SALES_TEAM: dict.fromkeys(Verb, Scope.TEAM) | {Verb.CREATE: Scope.EVERYTHING},
    EVERYTHING: dict.fromkeys(Verb, Scope.EVERYTHING),
    VIEW_ONLY: {Verb.VIEW: Scope.EVERYTHING},
}
DEFAULT_RIGHTS: dict[str, tuple[AccountRight, ...]] = {
    EVERYTHING: (AccountRight.IMPORT, AccountRight.EXPORT, AccountRight.BULK_DELETE),
}


class InvalidAccount(ValueError):
    """What was typed about a person cannot be taken; `errors` says why, by field."""

    def __init__(self, errors: dict[str, Message]) -> None:
        super().__init__("; ".join(f"{name}: {message}" for name, message in errors.items()))
        self.errors = errors


class AlreadySetUp(RuntimeError):
    """There are people already; the first owner is made only once."""


@dataclass(frozen=True)
class NewUser:
    """A person checked and ready to be stored; the password is hashed already (None: comes in by link only)."""

    name: str
    email: str
    password_hash: str | None
    time_zone: str = "UTC"
    locale: str = "en"


def prepare_user(name: str, email: str, password: str | None, time_zone: str = "UTC", locale: str = "en") -> NewUser:
    """Check what was typed and hash the password; call it before the unit of work, since hashing takes its time.

    Raises InvalidAccount with all that is wrong.
    """
    errors: dict[str, Message] = {}
    name = " ".join(name.split())
    if not name:
        errors["name"] = Message("Enter a name")
    elif len(name) > LONGEST_NAME:
        errors["name"] = Message("At most %(limit)s characters", limit=LONGEST_NAME)
    try:
        email = checked_address(email)
    except (EmailNotValidError, UnicodeError):
        errors["email"] = Message("This is not an e-mail address")
    if time_zone not in available_timezones():
        errors["time_zone"] = Message("Unknown time zone")
    problem = password_problem(password, (name, email)) if password is not None else None
    if problem:
        errors["password"] = problem
    if errors:
        raise InvalidAccount(errors)
    return NewUser(name, email, hash_password(password) if password is not None else None, time_zone, locale)


def create_owner(new: NewUser) -> int:
    """Make the first person, a super admin, and return their id; raises AlreadySetUp when there is anybody."""
    touch(STAMP)  # first of all: on PostgreSQL a second set-up at the same moment waits here, then sees the first
    if has_users():
        raise AlreadySetUp
    user_id = insert_user(new, None, _ensure_permission_set(SUPER_ADMIN, is_super_admin=True))
    record(viewer_for(user_id), Action.SET_UP, about_user(user_id, new.name))
    return user_id


def create_user(actor: Viewer, new: NewUser, team_id: int | None, permission_set_id: int) -> int:
    """Make a person and return their id; only a super admin may. Raises InvalidAccount when the e-mail is taken."""
    demand_super_admin(actor)
    refuse_taken(new.email)
    user_id = insert_user(new, team_id, permission_set_id)
    record(actor, Action.USER_ADDED, about_user(user_id, new.name))
    return user_id


def refuse_taken(email: str, but_for: int | None = None) -> None:
    """Raise InvalidAccount when somebody else than the person `but_for` has this e-mail address."""
    taken = db.session.execute(sa.select(UserAccount.id).where(UserAccount.email == email)).scalar()
    if taken not in (None, but_for):
        raise InvalidAccount({"email": Message("Somebody has this e-mail address already")})


def change_password(actor: Viewer, user_id: int, password_hash: str, keep_token: str | None = None) -> None:
    """Store a new password, one's own or as super admin another's.

    All sessions of the person end but that of `keep_token`, and links that would let somebody set another one.
    """
    if actor.user_id != user_id:
        demand_super_admin(actor)
    update_user(user_id, password_hash=password_hash)
    end_sessions_of(user_id, keep_token)
    forget_links_of(user_id)
    record(actor, Action.PASSWORD_CHANGED, about_user(user_id, directory().name_of(user_id)))


def set_preference(actor: Viewer, key: str, value: Any) -> None:
    """Remember a small JSON-able choice of the actor's under `key`; None forgets it."""
    change_preference(actor, key, lambda _before: value)


def change_preference(actor: Viewer, key: str, change: Callable[[Any], Any]) -> None:
    """The same with what `change` makes of the choice that is stored now, whatever the actor last read of it."""
    if actor.user_id is None:
        return
    row = sa.select(UserAccount.preferences).where(UserAccount.id == actor.user_id).with_for_update()
    preferences = dict(read_preferences(db.session.execute(row).scalar_one_or_none()))
    preferences[key] = change(preferences.get(key))
    kept = {name: chosen for name, chosen in preferences.items() if chosen is not None}
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True)
    if len(text) > LONGEST_PREFERENCES:
        raise ValueError("preferences are for small choices")
    db.session.execute(sa.update(UserAccount).where(UserAccount.id == actor.user_id).values(preferences=text))


def sync_defaults(object_types: Iterable[str]) -> None:
    """Make the standard permission sets in a new database, and give them grants for object types new to them.

    Idempotent; what somebody changed, renamed or deleted stays so. Called by `sync` with the names of all object types.
    """
    is_new = db.session.execute(sa.select(PermissionSet.id).limit(1)).first() is None
    _ensure_permission_set(SUPER_ADMIN, is_super_admin=True)
    names = sorted(object_types)
    there = set(db.session.scalars(sa.select(PermissionSet.name)))
    for set_name, scopes in DEFAULT_SCOPES.items():
        if not is_new and set_name not in there:
            continue
        set_id = _ensure_permission_set(set_name)
        spoken_of = sa.select(PermissionGrant.object_type).where(PermissionGrant.permission_set_id == set_id).distinct()
        known = set(db.session.execute(spoken_of).scalars())
        missing = [
            {"permission_set_id": set_id, "object_type": name, "verb": verb, "scope": scope}
            for name in names
            if name not in known
            for verb, scope in scopes.items()
        ]
        if missing:
            db.session.execute(sa.insert(PermissionGrant), missing)
            touch(STAMP)


def permission_set_id(name: str) -> int:
    """The id of the permission set called `name`; raises NotFound."""
    found = db.session.execute(sa.select(PermissionSet.id).where(PermissionSet.name == name)).scalar()
    if found is None:
        raise NotFound(f"no permission set {name!r}")
    return found


def _ensure_permission_set(name: str, is_super_admin: bool = False) -> int:
    try:
        return permission_set_id(name)
    except NotFound:
        touch(STAMP)
        added = sa.insert(PermissionSet).values(name=name, is_super_admin=is_super_admin).returning(PermissionSet.id)
        set_id = db.session.execute(added).scalar_one()
        for right in DEFAULT_RIGHTS.get(name, ()):
            db.session.execute(sa.insert(PermissionRight).values(permission_set_id=set_id, account_right=right))
        return set_id


def insert_user(new: NewUser, team_id: int | None, set_id: int, has_joined: bool = True) -> int:
    """Store a person and return their id; one who has not joined yet may not sign in."""
    touch(STAMP)
    moment = now()
    return db.session.execute(
        sa.insert(UserAccount)
        .values(
            email=new.email,
            name=new.name,
            password_hash=new.password_hash,
            team_id=team_id,
            permission_set_id=set_id,
            time_zone=new.time_zone,
            locale=new.locale,
            is_active=has_joined,
            created_at=moment,
            joined_at=moment if has_joined else None,
        )
        .returning(UserAccount.id)
    ).scalar_one()


def update_user(user_id: int, **values: Any) -> None:
    """Write columns of a person; raises NotFound."""
    touch(STAMP)
    changed = db.session.execute(
        sa.update(UserAccount)
        .where(UserAccount.id == user_id)
        .values(**values)
        .returning(UserAccount.id)
        .execution_options(synchronize_session=False)
    )
    if changed.first() is None:
        raise NotFound(f"no user {user_id}")


def about_user(user_id: int, name: str) -> About:
    """A person, as the audit log names what something was done to."""
    return About(Kind.USER, user_id, name)


def demand_super_admin(actor: Viewer) -> None:
    """Raise Forbidden for everybody but super admins."""
    if not actor.is_super_admin:
        raise Forbidden("only a super admin changes accounts")
