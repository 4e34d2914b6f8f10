"""How often somebody may try to sign in: counted in the database, for the account and for the network address."""

import hashlib
import ipaddress
from datetime import datetime, timedelta

import sqlalchemy as sa

from crm.accounts.addresses import known_as
from crm.accounts.models import SignInAttempt
from crm.clock import now
from crm.db import db

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 50


class TooManyAttempts(RuntimeError):
    """No more tries for now; `retry_at` (UTC) is when the next one is taken."""

    def __init__(self, retry_at: datetime) -> None:
        super().__init__(f"too many attempts, the next at {retry_at:%H:%M} UTC")
        self.retry_at = retry_at


def begin_attempt(email: str, address: str) -> int:
    """Count a try before the password is looked at, inside a unit of work, and return its id.

    It counts as failed until `attempt_succeeded`, so that many tries at once cannot slip through together.
    Raises TooManyAttempts, the same for accounts that do not exist.
    """
    moment = now()
    account_key = _account_key(email)
    network = network_of(address)
    _one_at_a_time(account_key)
    _one_at_a_time(network)
    _refuse_beyond(PER_ACCOUNT, SignInAttempt.account_key == account_key, moment)
    _refuse_beyond(PER_ADDRESS, SignInAttempt.address == network, moment)
    values = {"account_key": account_key, "address": network, "moment": moment, "succeeded": False}
    return db.session.execute(sa.insert(SignInAttempt).values(values).returning(SignInAttempt.id)).scalar_one()


def attempt_succeeded(attempt_id: int) -> None:
    """The password was right: this try and the failed ones before it no longer count for the account."""
    account_key = sa.select(SignInAttempt.account_key).where(SignInAttempt.id == attempt_id).scalar_subquery()
    db.session.execute(
        sa.update(SignInAttempt)
        .where(SignInAttempt.account_key == account_key)
        .values(succeeded=True)
        .execution_options(synchronize_session=False)
    )


def forget_attempts(email: str) -> None:
    """Let an account be tried again at once, inside a unit of work: somebody has opened it another way."""
    db.session.execute(
        sa.update(SignInAttempt)
        .where(SignInAttempt.account_key == _account_key(email), SignInAttempt.succeeded.is_(False))
        .values(succeeded=True)
        .execution_options(synchronize_session=False)
    )


def network_of(address: str) -> str:
    """The address to count by: an IPv4 address as it is, of IPv6 the /64 that one customer owns."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _account_key(email: str) -> str:
    return hashlib.sha256(known_as(email).encode("utf-8", "surrogatepass")).hexdigest()


def _one_at_a_time(key: str) -> None:
    """Make tries with the same key wait for each other until their units end, so that none is missed in the counting.

    On SQLite they do anyway. Everybody takes the lock of the account first and then that of the network.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(b"sign-in " + key.encode()).digest()[:8], "big", signed=True)
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def _refuse_beyond(limit: int, counted: sa.ColumnElement[bool], moment: datetime) -> None:
    failed = (
        sa.select(SignInAttempt.moment)
        .where(counted, *_recent(moment), SignInAttempt.succeeded.is_(False))
        .order_by(SignInAttempt.moment.desc())
        .limit(limit)
    )
    moments = db.session.execute(failed).scalars().all()
    if len(moments) >= limit:
        raise TooManyAttempts(moments[-1] + WINDOW)


def _recent(moment: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Tries that lie far ahead were made while the clock was wrong; nobody waits until it has caught up with them."""
    return SignInAttempt.moment > moment - WINDOW, SignInAttempt.moment < moment + WINDOW
