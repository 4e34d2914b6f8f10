"""When people were last seen. A request that only reads must not write, so it leaves a note in memory; the notes of a
process are written together, about once a minute. What a process that dies had not written yet is lost, and no harm.
"""

import threading
from datetime import datetime

import sqlalchemy as sa

from crm.accounts.models import UserAccount, UserSession
from crm.db import db

_notes: dict[str, datetime] = {}
_changing = threading.Lock()


def note(session_hash: str, moment: datetime) -> None:
    """Remember that the session with this token hash was used at `moment`."""
    _notes[session_hash] = moment


def has_notes() -> bool:
    """Whether there is anything to write."""
    return bool(_notes)


def write_notes() -> None:
    """Write what was noted in this process, inside a unit of work; sessions that ended meanwhile are passed over.

    In order of id: other processes write the same rows at the same time, and nobody may wait in a circle.
    """
    with _changing:
        taken = dict(_notes)
        _notes.clear()
    found = sa.select(UserSession.id, UserSession.user_id, UserSession.token_hash)
    seen: dict[int, datetime] = {}
    for row in db.session.execute(found.where(UserSession.token_hash.in_(list(taken))).order_by(UserSession.id)).all():
        moment = taken[row.token_hash]
        _store(sa.update(UserSession).where(UserSession.id == row.id).values(last_seen_at=moment))
        seen[row.user_id] = max(moment, seen.get(row.user_id, moment))
    for user_id, moment in sorted(seen.items()):
        _store(sa.update(UserAccount).where(UserAccount.id == user_id).values(last_seen_at=moment))


def _store(change: sa.Update) -> None:
    db.session.execute(change.execution_options(synchronize_session=False))
