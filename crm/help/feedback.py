"""Keeping what people say about the program, and reading it (DB-45)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from crm.accounts.models import UserAccount
from crm.clock import now
from crm.db import db
from crm.help.models import Feedback
from crm.messages import N_, InvalidValue, Message
from crm.permissions.viewer import Viewer
from crm.properties.types.cleaning import clean_line, clean_lines

LONGEST = 5_000
LONGEST_PAGE = 500
EMPTY = N_("Write what you would like to tell.")
TOO_LONG = N_("At most %(limit)s characters.")


@dataclass(frozen=True)
class Said:
    """One message: who wrote it, on which page, and when (UTC)."""

    id: int
    name: str
    text: str
    page: str
    moment: datetime


def send_feedback(actor: Viewer, text: str, page: str) -> int:
    """Keep what somebody says and return its id; `page` is the path they came from. Raises InvalidValue."""
    cleaned = clean_lines(text)
    if not cleaned:
        raise InvalidValue(EMPTY)
    if len(cleaned) > LONGEST:
        raise InvalidValue(Message(TOO_LONG, limit=LONGEST))
    row = {"user_id": actor.user_id, "text": cleaned, "page": clean_line(page)[:LONGEST_PAGE], "moment": now()}
    return db.session.execute(sa.insert(Feedback.__table__), row).inserted_primary_key[0]


def feedback_page(limit: int, before: int | None = None) -> Sequence[Said]:
    """What was said, the newest first, from the message before the one with the id `before` on."""
    statement = (
        sa.select(Feedback.id, UserAccount.name, Feedback.text, Feedback.page, Feedback.moment)
        .join(UserAccount, UserAccount.id == Feedback.user_id)
        .order_by(Feedback.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(Feedback.id < before)
    return [Said(*row) for row in db.session.execute(statement)]
