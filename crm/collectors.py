"""What a unit of work collects while it runs, and does something about at its end."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crm.db import before_each_commit, db

KEY = "kartotek_collectors"


class Collector(Protocol):
    """Something that collects what happens in a unit of work and has to do something about it at the end."""

    def finish(self) -> None: ...


Collecting = TypeVar("Collecting", bound=Collector)


def collector(name: str, make: Callable[[], Collecting]) -> Collecting:
    """The collector called `name` of this unit of work, made when first asked for.

    Its `finish` is called once, right before the unit commits, and may write.
    """
    waiting = db.session.info.setdefault(KEY, {})
    if name not in waiting:
        waiting[name] = make()
    return waiting[name]  # type: ignore[no-any-return]


def _finish() -> None:
    while waiting := db.session.info.get(KEY):
        waiting.pop(next(iter(waiting))).finish()


before_each_commit(_finish)


@sa.event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop(KEY, None)
