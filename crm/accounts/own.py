"""What people change about themselves."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

import sqlalchemy as sa

from crm.accounts.models import UserAccount
from crm.accounts.operations import LONGEST_NAME, InvalidAccount, about_user
from crm.accounts.passwords import hash_password, password_problem, verify_password
from crm.accounts.queries import end_change
from crm.accounts.sessions import end_session_of, end_sessions_of
from crm.accounts.throttle import TooManyAttempts, attempt_succeeded, begin_attempt
from crm.audit.actions import Action
from crm.audit.operations import record
from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.messages import Message
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer


def checked_name(name: str, errors: dict[str, Message]) -> str:
    """A person's name with single spaces; what is wrong with it is added to `errors`."""
    name = " ".join(name.split())
    if not name:
        errors["name"] = Message("Enter a name")
    elif len(name) > LONGEST_NAME:
        errors["name"] = Message("At most %(limit)s characters", limit=LONGEST_NAME)
    return name


def change_profile(actor: Viewer, *, name: str, time_zone: str, locale: str, locales: Container[str]) -> None:
    """Store the actor's own name, time zone and language (one of `locales`); raises InvalidAccount."""
    errors: dict[str, Message] = {}
    name = checked_name(name, errors)
    if time_zone not in available_timezones():
        errors["time_zone"] = Message("Unknown time zone")
    if locale not in locales:
        errors["locale"] = Message("Choose one of the languages")
    if errors:
        raise InvalidAccount(errors)
    changed = sa.update(UserAccount).where(UserAccount.id == actor.user_id)
    db.session.execute(changed.values(name=name, time_zone=time_zone, locale=locale))
    end_change()
    if name != actor.name:
        about = about_user(actor.user_id or 0, actor.name)
        record(actor, Action.USER_CHANGED, about, {"name": f"{actor.name} → {name}"})


@dataclass(frozen=True)
class Credentials:
    """What stands between other people and an account."""

    has_password: bool
    two_factor_on: bool


def credentials_of(user_id: int) -> Credentials:
    """Whether a person has a password, and is asked for a second factor."""
    wanted = sa.select(UserAccount.password_hash.is_not(None), UserAccount.totp_secret.is_not(None))
    found = db.session.execute(wanted.where(UserAccount.id == user_id)).first()
    if found is None:
        raise NotFound(f"no user {user_id}")
    return Credentials(*found)


def demand_password(actor: Viewer, password: str, address: str) -> None:
    """Raise InvalidAccount at `current_password` unless it is the actor's; whoever has none need not give one.

    Opens units of work of its own, since tries are counted like those to sign in, whatever follows.
    """
    wanted = sa.select(UserAccount.password_hash).where(UserAccount.id == actor.user_id)
    stored = db.session.execute(wanted).scalar_one_or_none()
    end_read()
    if stored is None:
        return
    try:
        with unit_of_work():
            attempt = begin_attempt(actor.email, address)
    except TooManyAttempts as error:
        raise InvalidAccount({"current_password": told_to_wait(error.retry_at)}) from None
    if not verify_password(stored, password):
        raise InvalidAccount({"current_password": Message("This is not your password")})
    with unit_of_work():
        attempt_succeeded(attempt)


def told_to_wait(retry_at: datetime) -> Message:
    """After too many tries: when the next one is possible."""
    minutes = max(1, -int((now() - retry_at).total_seconds() // 60))
    return Message("Too many tries. The next one is possible in %(minutes)s minutes.", minutes=minutes)


def checked_password(password: str, again: str, personal: tuple[str, ...]) -> str:
    """The hash of a new password that was typed twice; raises InvalidAccount. To be called outside units of work."""
    problem = password_problem(password, personal)
    if problem:
        raise InvalidAccount({"password": problem})
    if password != again:
        raise InvalidAccount({"password_again": Message("The two passwords differ")})
    return hash_password(password)


def sign_out_one(actor: Viewer, session_id: int) -> None:
    """Sign out one of the actor's own browsers; raises NotFound, also for those of other people."""
    ended = end_session_of(actor.user_id or 0, session_id)
    if ended is None:
        raise NotFound(f"no session {session_id}")
    details = {"device": ended.user_agent, "address": ended.address}
    record(actor, Action.SESSION_ENDED, about_user(actor.user_id or 0, actor.name), details)


def sign_out_others(actor: Viewer, keep_token: str) -> int:
    """Sign out all of the actor's browsers but the one with `keep_token`; how many they were."""
    ended = end_sessions_of(actor.user_id or 0, keep_token)
    if ended:
        record(actor, Action.SESSIONS_ENDED, about_user(actor.user_id or 0, actor.name))
    return ended
