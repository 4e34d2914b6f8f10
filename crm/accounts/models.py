"""People, teams, what they may do, and the traces of their signing in."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime


class Team(Base):
    """People who share what the scope "team" covers."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.Text, unique=True, nullable=False)


class PermissionSet(Base):
    """A named bundle of grants; a super admin needs none, everything is open to them."""

    __tablename__ = "permission_set"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.Text, unique=True, nullable=False)
    is_super_admin: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)


class PermissionGrant(Base):
    """How much of one object type one verb covers in a permission set; no row means nothing."""

    __tablename__ = "permission_grant"

    permission_set_id: Mapped[int] = mapped_column(sa.ForeignKey("permission_set.id"), primary_key=True)
    object_type: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    verb: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    scope: Mapped[str] = mapped_column(sa.Text, nullable=False)


class PermissionRight(Base):
    """An account right that a permission set gives; no row means that it does not."""

    __tablename__ = "permission_right"

    permission_set_id: Mapped[int] = mapped_column(sa.ForeignKey("permission_set.id"), primary_key=True)
    account_right: Mapped[str] = mapped_column(sa.Text, primary_key=True)


class UserAccount(Base):
    """A person who may sign in; `email` is lower-case, `preferences` a JSON object of small remembered choices.

    A person without `password_hash` comes in by a one-time link only; one without `joined_at` is invited and has not
    come yet. `totp_secret` is set when a second factor is asked for, `totp_pending` while one is being set up, and
    `totp_step` is the last time step whose code was taken, so that no code works twice.
    """

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.Text, unique=True, nullable=False)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    password_hash: Mapped[str | None] = mapped_column(sa.Text)
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("team.id"), index=True)
    permission_set_id: Mapped[int | None] = mapped_column(sa.ForeignKey("permission_set.id"), index=True)
    time_zone: Mapped[str] = mapped_column(sa.Text, nullable=False, default="UTC")
    locale: Mapped[str] = mapped_column(sa.Text, nullable=False, default="en")
    is_active: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=True)
    preferences: Mapped[str] = mapped_column(sa.Text, nullable=False, default="{}")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_secret: Mapped[str | None] = mapped_column(sa.Text)
    totp_pending: Mapped[str | None] = mapped_column(sa.Text)
    totp_step: Mapped[int | None] = mapped_column(sa.Integer)


class RecoveryCode(Base):
    """A code that stands in for the second factor once; only its hash is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True, nullable=False)
    code_hash: Mapped[str] = mapped_column(sa.Text, nullable=False)


class UserSession(Base):
    """One signed-in browser; only the hash of its token is kept.

    `viewing_as_id` is the person whose eyes a super admin looks through in it.
    """

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.Text, unique=True, nullable=False)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True, nullable=False)
    user_agent: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    address: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    viewing_as_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))


class SignInLink(Base):
    """A link that lets someone in once; `purpose` is one of accounts/links.py, `user_id` nobody for the set-up."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.Text, unique=True, nullable=False)
    purpose: Mapped[str] = mapped_column(sa.Text, nullable=False)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInAttempt(Base):
    """One try to sign in, counted against the account (a hash of the e-mail typed) and the network address."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        sa.Index("ix_sign_in_attempt_account", "account_key", "moment"),
        sa.Index("ix_sign_in_attempt_address", "address", "moment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_key: Mapped[str] = mapped_column(sa.Text, nullable=False)
    address: Mapped[str] = mapped_column(sa.Text, nullable=False)
    moment: Mapped[datetime] = mapped_column(UtcDateTime, index=True, nullable=False)
    succeeded: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)


class AccountSetting(Base):
    """One choice made for the whole account; `value` is JSON, and what is not here is as the program has it."""

    __tablename__ = "account_setting"

    name: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    value: Mapped[str] = mapped_column(sa.Text, nullable=False)
