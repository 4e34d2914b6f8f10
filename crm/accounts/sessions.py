"""Signed-in browsers: a random token in a cookie, its hash in the database (QUALITY 3)."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from crm.accounts import seen
from crm.accounts.models import UserAccount, UserSession
from crm.accounts.queries import directory, read_preferences, viewer_for
from crm.clock import now
from crm.db import Stamp, db, remember_stamps
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer

LIFETIME = timedelta(days=30)
LONGEST_AGENT = 200


def token_hash(token: str) -> str:
    """What is stored of a token: it cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


# Every request begins with it, so it is made of tables, which cost less to run than mapped classes.
_sessions, _accounts, _stamps = UserSession.__table__.c, UserAccount.__table__.c, Stamp.__table__.c
_all_stamps = sa.select(sa.func.aggregate_strings(_stamps.name + "=" + _stamps.token, " ")).scalar_subquery()
_session = unguarded(
    sa.select(_sessions.user_id, _accounts.preferences, _sessions.viewing_as_id, _all_stamps)
    .select_from(sa.join(UserSession.__table__, UserAccount.__table__, _accounts.id == _sessions.user_id))
    .where(
        _sessions.token_hash == sa.bindparam("token_hash"),
        _sessions.expires_at > sa.bindparam("moment", type_=_sessions.expires_at.type),
        _accounts.is_active,
    ),
    "who is signed in is asked before there is a viewer",
)


def viewer_of_session(token: str) -> Viewer | None:
    """Who is signed in with `token`, or None; one query brings the session, the person and all stamps.

    A super admin who views as somebody is that person here, in name of whom nothing may be written.
    """
    hashed, moment = token_hash(token), now()
    found = db.session.execute(_session, {"token_hash": hashed, "moment": moment}).first()
    if found is None:
        return None
    seen.note(hashed, moment)
    user_id, preferences, viewing_as_id, stamps = found
    remember_stamps(dict(pair.split("=", 1) for pair in stamps.split()) if stamps else {})
    person = directory().viewer(user_id, read_preferences(preferences))
    viewed = directory().users.get(viewing_as_id or 0)
    if viewed is None or not viewed.is_active or not person.is_super_admin:
        return person
    return replace(viewer_for(viewed.id), seen_through_by=person.name)


def start_session(user_id: int, user_agent: str, address: str) -> str:
    """Sign a browser in and return its token, to be called inside a unit of work; ends after LIFETIME."""
    token = secrets.token_urlsafe(32)
    moment = now()
    db.session.execute(
        sa.insert(UserSession).values(
            token_hash=token_hash(token),
            user_id=user_id,
            created_at=moment,
            expires_at=moment + LIFETIME,
            user_agent=user_agent[:LONGEST_AGENT],
            address=address,
            last_seen_at=moment,
        )
    )
    # A second factor half set up is begun anew by whoever signs in: its secret may have been seen in another browser.
    values = {"last_seen_at": moment, "totp_pending": None}
    changed = sa.update(UserAccount).where(UserAccount.id == user_id).values(**values)
    db.session.execute(changed.execution_options(synchronize_session=False))
    return token


def end_session(token: str) -> None:
    """Sign the browser with this token out; nothing happens when it is not signed in."""
    db.session.execute(sa.delete(UserSession).where(UserSession.token_hash == token_hash(token)))


def end_sessions_of(user_id: int, keep_token: str | None = None) -> int:
    """Sign a person out everywhere, but for the browser with `keep_token`; the number of sessions that ended."""
    which = sa.delete(UserSession).where(UserSession.user_id == user_id)
    if keep_token is not None:
        which = which.where(UserSession.token_hash != token_hash(keep_token))
    ended = db.session.execute(which.returning(UserSession.id).execution_options(synchronize_session=False))
    return len(ended.all())


@dataclass(frozen=True)
class OpenSession:
    """One signed-in browser of a person; `is_this` is the one that asks."""

    id: int
    user_agent: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    is_this: bool


def sessions_of(user_id: int, token: str | None = None) -> list[OpenSession]:
    """The signed-in browsers of a person, the one with `token` first, then the ones seen last."""
    wanted = sa.select(
        UserSession.id,
        UserSession.user_agent,
        UserSession.address,
        UserSession.created_at,
        sa.func.coalesce(UserSession.last_seen_at, UserSession.created_at, type_=UserSession.created_at.type),
        UserSession.token_hash == token_hash(token or ""),
    ).where(UserSession.user_id == user_id, UserSession.expires_at > now())
    found = [OpenSession(*row) for row in db.session.execute(wanted)]
    return sorted(found, key=lambda one: (one.is_this, one.last_seen_at), reverse=True)


def end_session_of(user_id: int, session_id: int) -> OpenSession | None:
    """Sign out one browser of a person and return it; None when it is not there, or somebody else's."""
    found = next((one for one in sessions_of(user_id) if one.id == session_id), None)
    if found is not None:
        which = sa.delete(UserSession).where(UserSession.id == session_id, UserSession.user_id == user_id)
        db.session.execute(which.execution_options(synchronize_session=False))
    return found
