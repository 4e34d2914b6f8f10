"""How the search index is: one answer for both engines, for the page of settings, `doctor` and whoever watches."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from crm.db import db
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.records.models import Record
from crm.search.models import SearchDead

LATE_SECONDS = 10
FAILING_SECONDS = 120
MOST_DEAD_SHOWN = 50
WHY = "a number for those who look after the installation; no row leaves this module"


@dataclass(frozen=True)
class Lag:
    """How many changes an index has not taken in yet, and how many seconds the oldest of them has waited."""

    rows: int
    seconds: int

    @property
    def is_late(self) -> bool:
        """Whether a person should look why."""
        return self.seconds >= LATE_SECONDS

    @property
    def is_failing(self) -> bool:
        """Whether it is so far behind that something is wrong."""
        return self.seconds >= FAILING_SECONDS


NO_LAG = Lag(0, 0)


def seconds_left(done: int, total: int, seconds: float) -> int | None:
    """How long it will take at the pace so far; None when that cannot be told yet."""
    return round(seconds * (total - done) / done) if done and total > done else None


@dataclass(frozen=True)
class Building:
    """What is being built of the index, in activities; `seconds_left` is None until it can be told."""

    done: int
    total: int
    seconds_left: int | None = None


@dataclass(frozen=True)
class Shard:
    """One part of an index: how many activities it holds, and its size on disk in bytes."""

    name: str
    documents: int
    size: int


@dataclass(frozen=True)
class Dead:
    """An activity that could not be indexed, and why."""

    activity_id: int
    error: str
    moment: datetime


@dataclass(frozen=True)
class Status:
    """How the index of one engine is.

    It `is_usable` when it can be asked at all and `is_whole` when it holds everything but what waits. `rows_waiting`
    are changes it has not taken in yet, the oldest `seconds_behind` seconds old. `documents` are the activities it
    holds, `activities` those it should hold.
    """

    engine: str
    is_usable: bool
    is_whole: bool
    rows_waiting: int
    seconds_behind: int
    documents: int
    activities: int
    building: Building | None = None
    shards: tuple[Shard, ...] = ()
    dead_count: int = 0
    dead: tuple[Dead, ...] = ()
    last_rebuild: datetime | None = None

    @property
    def lag(self) -> Lag:
        """How far it is behind."""
        return Lag(self.rows_waiting, self.seconds_behind)


def stored_activities() -> int:
    """How many live activities the database holds."""
    names = [kind.name for kind in schema().activity_types]
    statement = sa.select(sa.func.count()).select_from(Record.__table__)
    statement = statement.where(Record.object_type.in_(names), Record.archived_at.is_(None))
    return db.session.scalar(unguarded(statement, WHY)) or 0


def dead_activities() -> tuple[int, tuple[Dead, ...]]:
    """How many activities could not be indexed, and the first of them."""
    count = db.session.scalar(sa.select(sa.func.count()).select_from(SearchDead)) or 0
    if not count:
        return 0, ()
    rows = db.session.execute(
        sa.select(SearchDead.activity_id, SearchDead.error, SearchDead.moment)
        .order_by(SearchDead.moment.desc(), SearchDead.activity_id)
        .limit(MOST_DEAD_SHOWN)
    )
    return count, tuple(Dead(row.activity_id, row.error, row.moment) for row in rows)
