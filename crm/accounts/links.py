"""Links that let somebody in once: to set Kartotek up, to accept an invitation, to choose a new password ..."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from crm.accounts.models import SignInLink, UserAccount
from crm.accounts.sessions import token_hash
from crm.clock import now
from crm.db import db
from crm.permissions.errors import NotFound


class Purpose(StrEnum):
    """What a link is for."""

    SETUP = "setup"
    SIGN_IN = "sign_in"
    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of a purpose
    SECOND_FACTOR = "second_factor"


LIFETIMES = {
    Purpose.SETUP: timedelta(days=7),
    Purpose.SIGN_IN: timedelta(days=7),
    Purpose.INVITATION: timedelta(days=7),
    Purpose.PASSWORD_RESET: timedelta(days=1),
    Purpose.SECOND_FACTOR: timedelta(minutes=10),
}


@dataclass(frozen=True)
class Link:
    """A link that can still be used, and for whom (None: whoever sets the program up)."""

    id: int
    user_id: int | None
    user_name: str


def create_link(purpose: Purpose, user_id: int | None = None) -> str:
    """Make a link inside a unit of work and return its token, which is not stored; good for what LIFETIMES says."""
    token = secrets.token_urlsafe(24)
    moment = now()
    db.session.execute(
        sa.insert(SignInLink).values(
            token_hash=token_hash(token),
            purpose=purpose,
            user_id=user_id,
            created_at=moment,
            expires_at=moment + LIFETIMES[purpose],
        )
    )
    return token


def find_link(token: str, purpose: Purpose) -> Link:
    """The link behind `token`, read without using it; raises NotFound when it is unknown, used or too old."""
    found = db.session.execute(
        sa.select(SignInLink.id, SignInLink.user_id, UserAccount.name)
        .outerjoin(UserAccount, UserAccount.id == SignInLink.user_id)
        .where(*_usable(token, purpose))
    ).first()
    if found is None:
        raise NotFound(f"no usable {purpose} link")
    return Link(found.id, found.user_id, found.name or "")


def use_link(token: str, purpose: Purpose) -> int | None:
    """Use the link up, inside a unit of work, and return whom it lets in; raises NotFound like `find_link`.

    Of two requests at the same time one wins.
    """
    used = db.session.execute(
        sa.update(SignInLink)
        .where(*_usable(token, purpose))
        .values(used_at=now())
        .returning(SignInLink.user_id)
        .execution_options(synchronize_session=False)
    ).first()
    if used is None:
        raise NotFound(f"no usable {purpose} link")
    return used.user_id


def forget_links_of(user_id: int, *purposes: Purpose) -> None:
    """Make the links of a person worthless, those of these purposes or all; inside a unit of work."""
    which = sa.delete(SignInLink).where(SignInLink.user_id == user_id)
    if purposes:
        which = which.where(SignInLink.purpose.in_(purposes))
    db.session.execute(which.execution_options(synchronize_session=False))


def expiry_of_links(purpose: Purpose) -> dict[int, datetime]:
    """Until when the newest unused link of this purpose is good, or was, by person."""
    newest = (
        sa.select(SignInLink.user_id, sa.func.max(SignInLink.expires_at, type_=SignInLink.expires_at.type))
        .where(SignInLink.purpose == purpose, SignInLink.used_at.is_(None), SignInLink.user_id.is_not(None))
        .group_by(SignInLink.user_id)
    )
    return {user_id: expires_at for user_id, expires_at in db.session.execute(newest) if user_id is not None}


def _usable(token: str, purpose: Purpose) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        SignInLink.token_hash == token_hash(token),
        SignInLink.purpose == purpose,
        SignInLink.used_at.is_(None),
        SignInLink.expires_at > now(),
    )
