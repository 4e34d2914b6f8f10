"""Signing in by password, and by a second factor where one is on: short units of work with the slow check between
them (DESIGN 7)."""

from dataclasses import dataclass

import sqlalchemy as sa

from crm.accounts import two_factor
from crm.accounts.addresses import known_as
from crm.accounts.links import Purpose, create_link, find_link, forget_links_of, use_link
from crm.accounts.models import UserAccount
from crm.accounts.operations import about_user
from crm.accounts.passwords import hash_password, needs_rehash, verify_password
from crm.accounts.queries import directory, find_user, viewer_for
from crm.accounts.sessions import end_session, start_session
from crm.accounts.throttle import attempt_succeeded, begin_attempt
from crm.audit.actions import Action
from crm.audit.operations import record, record_failed_sign_in
from crm.db import db, end_read, unit_of_work
from crm.permissions.errors import NotFound


class WrongCredentials(ValueError):
    """The e-mail or the password is wrong; which of them is not told. Or the code of the second factor is."""


@dataclass(frozen=True)
class Admission:
    """Whoever gave the right password: `token` is that of their session, or of the question for a code."""

    token: str
    needs_code: bool = False


def sign_in(email: str, password: str, *, user_agent: str, address: str, old_token: str | None = None) -> Admission:
    """Sign a browser in, unless a second factor is on, and return what it holds from now on; `old_token` ends.

    Raises WrongCredentials, throttle.TooManyAttempts or passwords.TooBusy. Unknown people, people without a password
    and people who may no longer come in cost the same time and get the same answer as a wrong password.
    """
    with unit_of_work():
        attempt = begin_attempt(email, address)
    account = _credentials(email)
    end_read()
    user_id, stored = account if account else (0, None)
    if not verify_password(stored, password) or stored is None:
        _tell_failure(email, address)
        raise WrongCredentials
    rehashed = hash_password(password) if needs_rehash(stored) else stored
    with unit_of_work():
        if _credentials(email) != account:
            raise WrongCredentials
        if rehashed != stored:
            changed = sa.update(UserAccount).where(UserAccount.id == user_id).values(password_hash=rehashed)
            db.session.execute(changed)
        if two_factor.is_on(user_id):
            # The try counts as failed until the code is right too, or guessing codes would not be slowed down.
            forget_links_of(user_id, Purpose.SECOND_FACTOR)
            return Admission(create_link(Purpose.SECOND_FACTOR, user_id), needs_code=True)
        attempt_succeeded(attempt)
        return Admission(let_in(user_id, user_agent, address, old_token))


def confirm_code(token: str, code: str, *, user_agent: str, address: str, old_token: str | None = None) -> str:
    """Sign in whoever `sign_in` asked for a code under `token`, and return the session's token.

    Raises NotFound when the question is too old or was answered, WrongCredentials, throttle.TooManyAttempts.
    """
    user = directory().users.get(find_link(token, Purpose.SECOND_FACTOR).user_id or 0)
    end_read()
    if user is None or not user.is_active:
        raise NotFound("a question for nobody")
    with unit_of_work():
        attempt = begin_attempt(user.email, address)
    with unit_of_work():
        used = two_factor.use_code(user.id, code)
        if used is not None:
            use_link(token, Purpose.SECOND_FACTOR)
            attempt_succeeded(attempt)
            if used is Action.RECOVERY_CODE_USED:
                record(viewer_for(user.id), used, about_user(user.id, user.name), {"address": address})
            return let_in(user.id, user_agent, address, old_token)
    _tell_failure(user.email, address)
    raise WrongCredentials


def let_in(user_id: int, user_agent: str, address: str, old_token: str | None = None) -> str:
    """Start a session for a person who has shown who they are, inside a unit of work; returns its token."""
    if old_token:
        end_session(old_token)
    viewer = viewer_for(user_id)
    told = {"address": address, "device": user_agent[:200]}
    record(viewer, Action.SIGNED_IN, about_user(user_id, viewer.name), told)
    return start_session(user_id, user_agent, address)


def _tell_failure(email: str, address: str) -> None:
    with unit_of_work():
        user = find_user(email)
        record_failed_sign_in(about_user(user.id, user.name) if user else None, {"address": address})


def _credentials(email: str) -> tuple[int, str | None] | None:
    wanted = sa.select(UserAccount.id, UserAccount.password_hash).where(
        UserAccount.email == known_as(email), UserAccount.is_active
    )
    found = db.session.execute(wanted).first()
    return (found.id, found.password_hash) if found else None
