"""Collecting the activities a transaction changes, so that search hears of each of them once, last of all."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crm.db import db


class Changes:
    """The activities changed in the transaction of a session, given to `write` right before it is committed.

    Last of all, since whatever `write` locks is then held for a moment only and what it reads is final. What was noted
    inside a savepoint that is undone stays noted: its activity is read once more, which is harmless.
    """

    def __init__(self, name: str, write: Callable[[Sequence[int]], None]) -> None:
        self._name = name
        self._write = write
        sa.event.listen(Session, "before_commit", self._before_commit)
        sa.event.listen(Session, "after_transaction_end", self._forget)

    def note(self, activity_ids: Iterable[int]) -> None:
        """Remember that these activities changed in this unit of work."""
        db.session.info.setdefault(self._name, set()).update(activity_ids)

    def _before_commit(self, session: Session) -> None:
        """The event also comes when a savepoint is released; what was written then would be lost with it."""
        if session.in_nested_transaction():
            return
        changed = session.info.pop(self._name, None)
        if changed:
            session.flush()
            self._write(sorted(changed))

    def _forget(self, session: Session, transaction: Any) -> None:
        if transaction.parent is None:
            session.info.pop(self._name, None)
