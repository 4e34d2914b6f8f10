"""What nobody needs any more of sessions, links and tries."""

from datetime import timedelta

import sqlalchemy as sa

from crm.accounts.models import SignInAttempt, SignInLink, UserSession
from crm.clock import now
from crm.db import db

ATTEMPTS_KEPT = timedelta(days=1)
LINKS_KEPT = timedelta(days=90)


def forget_expired() -> None:
    """Delete sessions and links that ran out long ago and tries that count no longer; inside a unit of work."""
    moment = now()
    for stale in (
        sa.delete(UserSession).where(UserSession.expires_at <= moment),
        sa.delete(SignInLink).where(SignInLink.expires_at <= moment - LINKS_KEPT),
        sa.delete(SignInAttempt).where(SignInAttempt.moment < moment - ATTEMPTS_KEPT),
    ):
        db.session.execute(stale.execution_options(synchronize_session=False))
