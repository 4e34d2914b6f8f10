"""The second factor: codes of an authenticator app (TOTP), and recovery codes that stand in for it once each."""

import hmac
import secrets

import pyotp
import sqlalchemy as sa

from crm.accounts.models import RecoveryCode, UserAccount
from crm.accounts.operations import InvalidAccount, about_user, demand_super_admin
from crm.accounts.queries import directory
from crm.accounts.sessions import end_sessions_of, token_hash
from crm.audit.actions import Action
from crm.audit.operations import record
from crm.clock import now
from crm.db import db
from crm.messages import N_, Message
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer

ISSUER = "Kartotek"
STEP_SECONDS = 30
STEPS_EARLY_OR_LATE = 1
RECOVERY_CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
WRONG_CODE = N_("This code is not right. Codes change every half minute; take the one shown now.")


def begin(actor: Viewer) -> None:
    """Make the secret that the actor is about to put into an authenticator app; nothing is asked for yet."""
    if _row(actor).totp_secret is not None:
        raise InvalidAccount({"form": Message("Two-factor sign-in is on already.")})
    _write(actor.user_id, totp_pending=pyotp.random_base32())


def pending(actor: Viewer) -> str | None:
    """The secret the actor is setting up, or None; nobody sees it through somebody else's eyes."""
    if actor.seen_through_by:
        raise Forbidden("the secrets of somebody else")
    return _row(actor).totp_pending


def give_up(actor: Viewer) -> None:
    """Forget the secret the actor was setting up."""
    _write(actor.user_id, totp_pending=None)


def address_of(actor: Viewer, secret: str) -> str:
    """The `otpauth:` address an authenticator app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=actor.email, issuer_name=ISSUER)


def turn_on(actor: Viewer, code: str, keep_token: str | None) -> list[str]:
    """Ask for codes from now on, after a first right one; returns the recovery codes, which are not stored.

    All other sessions end. Raises InvalidAccount at `code`.
    """
    secret = _row(actor, for_update=True).totp_pending
    step = _step_of(secret, code) if secret else None
    if step is None:
        raise InvalidAccount({"code": Message(WRONG_CODE)})
    _write(actor.user_id, totp_secret=secret, totp_pending=None, totp_step=step)
    end_sessions_of(actor.user_id or 0, keep_token)
    record(actor, Action.TWO_FACTOR_ON, about_user(actor.user_id or 0, actor.name))
    return _new_codes(actor.user_id or 0)


def turn_off(actor: Viewer, keep_token: str | None) -> None:
    """Ask the actor for no codes any more; all other sessions end."""
    _forget(actor.user_id or 0, keep_token)
    record(actor, Action.TWO_FACTOR_OFF, about_user(actor.user_id or 0, actor.name))


def reset(actor: Viewer, user_id: int) -> None:
    """Ask a person who lost phone and recovery codes for no codes any more; only a super admin may.

    Raises Forbidden for oneself too: turning one's own off asks for the password.
    """
    demand_super_admin(actor)
    if actor.user_id == user_id:
        raise Forbidden("one's own second factor is turned off with the password")
    user = directory().users.get(user_id)
    if user is None:
        raise NotFound(f"no user {user_id}")
    _forget(user_id, None)
    record(actor, Action.TWO_FACTOR_RESET, about_user(user_id, user.name))


def make_recovery_codes(actor: Viewer) -> list[str]:
    """New recovery codes, which are not stored; the old ones are worth nothing from now on."""
    if _row(actor).totp_secret is None:
        raise InvalidAccount({"form": Message("Two-factor sign-in is not on.")})
    record(actor, Action.RECOVERY_CODES_MADE, about_user(actor.user_id or 0, actor.name))
    return _new_codes(actor.user_id or 0)


def codes_left(user_id: int) -> int:
    """How many recovery codes of a person are unused."""
    count = sa.select(sa.func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id)
    return db.session.execute(count).scalar_one()


def is_on(user_id: int) -> bool:
    """Whether a person is asked for a code at sign-in."""
    wanted = sa.select(UserAccount.totp_secret).where(UserAccount.id == user_id)
    return db.session.execute(wanted).scalar_one_or_none() is not None


def use_code(user_id: int, code: str) -> Action | None:
    """Take a code at sign-in, inside a unit of work: SIGNED_IN for one of the app, RECOVERY_CODE_USED, or None.

    No code is taken twice, and none older than the last one.
    """
    wanted = sa.select(UserAccount.totp_secret, UserAccount.totp_step).where(UserAccount.id == user_id)
    found = db.session.execute(wanted.with_for_update()).one()
    step = _step_of(found.totp_secret, code) if found.totp_secret else None
    if step is not None and step > (found.totp_step or 0):
        _write(user_id, totp_step=step)
        return Action.SIGNED_IN
    spent = (
        sa.delete(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.code_hash == token_hash(_plain(code)))
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    )
    return Action.RECOVERY_CODE_USED if db.session.execute(spent).first() is not None else None


def _step_of(secret: str, code: str) -> int | None:
    """The time step a code belongs to, of those about now; every step is compared, in constant time."""
    typed, maker = "".join(code.split()).encode("utf-8", "replace"), pyotp.TOTP(secret)
    this = int(now().timestamp()) // STEP_SECONDS
    found = None
    for step in range(this - STEPS_EARLY_OR_LATE, this + STEPS_EARLY_OR_LATE + 1):
        if hmac.compare_digest(maker.generate_otp(step).encode(), typed):
            found = step
    return found


def _new_codes(user_id: int) -> list[str]:
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = ["-".join(_letters(4) for _ in range(4)) for _ in range(RECOVERY_CODES)]
    rows = [{"user_id": user_id, "code_hash": token_hash(_plain(code))} for code in codes]
    db.session.execute(sa.insert(RecoveryCode), rows)
    return codes


def _letters(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def _plain(code: str) -> str:
    return "".join(letter for letter in code.lower() if letter.isalnum())


def _forget(user_id: int, keep_token: str | None) -> None:
    _write(user_id, totp_secret=None, totp_pending=None, totp_step=None)
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    end_sessions_of(user_id, keep_token)


def _row(actor: Viewer, for_update: bool = False) -> sa.Row[tuple[str | None, str | None]]:
    wanted = sa.select(UserAccount.totp_secret, UserAccount.totp_pending).where(UserAccount.id == actor.user_id)
    return db.session.execute(wanted.with_for_update() if for_update else wanted).one()


def _write(user_id: int | None, **values: object) -> None:
    changed = sa.update(UserAccount).where(UserAccount.id == user_id).values(**values)
    db.session.execute(changed.execution_options(synchronize_session=False))
