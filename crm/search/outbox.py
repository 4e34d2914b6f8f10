"""Telling the indexer what changed, in the transaction that changed it (DESIGN 8.2). For Whoosh, so on SQLite only."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from crm.clock import now
from crm.db import db
from crm.search.changes import Changes
from crm.search.models import SearchOutbox

KEPT_FOR = timedelta(days=7)


def enqueue(activity_ids: Iterable[int]) -> None:
    """Have these activities indexed anew once this unit of work is committed."""
    _changes.note(activity_ids)


def _write(activity_ids: Sequence[int]) -> None:
    """SQLite has one writer at a time, so the numbers of the rows follow the order of commits."""
    moment = now()
    rows = [{"activity_id": activity_id, "moment": moment} for activity_id in activity_ids]
    db.session.execute(sa.insert(SearchOutbox.__table__), rows)


_changes = Changes("search_outbox", _write)


def newest() -> int:
    """The number of the newest row, 0 when there is none."""
    return db.session.scalar(sa.select(sa.func.max(SearchOutbox.seq))) or 0


def oldest() -> int:
    """The number of the oldest row still kept, 0 when there is none."""
    return db.session.scalar(sa.select(sa.func.min(SearchOutbox.seq))) or 0


def after(position: int, limit: int) -> Sequence[sa.Row[Any]]:
    """The first rows (seq, activity_id) after `position`, in order."""
    statement = sa.select(SearchOutbox.seq, SearchOutbox.activity_id).where(SearchOutbox.seq > position)
    return db.session.execute(statement.order_by(SearchOutbox.seq).limit(limit)).all()


def waiting(position: int, limit: int) -> tuple[list[int], bool]:
    """The activities changed last and not yet in an index at `position`; whether there are more than `limit`."""
    statement = sa.select(SearchOutbox.activity_id).where(SearchOutbox.seq > position)
    rows = db.session.scalars(statement.order_by(SearchOutbox.seq.desc()).limit(limit + 1)).all()
    return list(dict.fromkeys(rows[:limit])), len(rows) > limit


def newest_by_shard(position: int, shard_size: int) -> dict[int, int]:
    """For each shard the number of the last kept row, up to `position`, that concerns it."""
    shard = SearchOutbox.activity_id // sa.literal_column(str(int(shard_size)), sa.Integer)
    statement = (
        sa.select(shard.label("shard"), sa.func.max(SearchOutbox.seq))
        .where(SearchOutbox.seq <= position)
        .group_by("shard")
    )
    return {int(number): seq for number, seq in db.session.execute(statement).tuples()}


def delete_old(position: int) -> int:
    """Delete rows older than a week that are before `position`, inside a unit of work; returns how many.

    The row at `position` itself stays: it shows that an index is neither too old for the outbox nor of the future.
    """
    statement = sa.delete(SearchOutbox).where(SearchOutbox.moment < now() - KEPT_FOR, SearchOutbox.seq < position)
    return db.session.connection().execute(statement).rowcount
