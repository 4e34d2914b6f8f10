"""The indexes that saved views have on the tables of objects: named by what they hold, made and dropped by a job."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import sqlalchemy as sa

from crm.db import db, end_read, unit_of_work
from crm.objects.storage import VIEW_INDEX, check_name, existing_columns, index_words, table_name

UPKEEP_LOCK = 7_303_014_511
"""The advisory lock of whoever makes and drops indexes for views."""
UNFINISHED = """
    SELECT made.relname FROM pg_index JOIN pg_class AS made ON made.oid = pg_index.indexrelid
    WHERE pg_index.indrelid = CAST(:name AS regclass) AND NOT pg_index.indisvalid
"""


@dataclass(frozen=True)
class ViewIndex:
    """An index of the live records of an object for a page of them: a column that has one value, then their order.

    `sort` is what they are sorted by, "" for no order; where it `may_be_empty` empty ones come last. `letters` is how
    many of a text are sorted by, in small ones; 0 where the column is sorted by as it is. It stands in the words of
    crm/records/ordering.py, else neither database takes it. `besides` are columns that are compared, too: those who
    do not fit are then passed over and not counted without a look at their rows.
    """

    equal: str = ""
    sort: str = ""
    descending: bool = False
    may_be_empty: bool = True
    letters: int = 0
    besides: tuple[str, ...] = ()

    def after(self, equal: str, besides: tuple[str, ...] = ()) -> "ViewIndex":
        """The same order among the records that have one value in the column `equal`."""
        return replace(self, equal=equal, besides=besides)

    def name_on(self, object_type: str) -> str:
        """What it is called: the same for equal indexes of an object."""
        told = hashlib.sha256(repr((table_name(object_type), *vars(self).values())).encode()).hexdigest()
        return f"{VIEW_INDEX}{told[:16]}"

    @property
    def columns(self) -> frozenset[str]:
        """The columns it is made of."""
        return frozenset(filter(None, (self.equal, self.sort, *self.besides)))

    @property
    def parts(self) -> list[str]:
        """What it is made of, in SQL."""
        way = " DESC" if self.descending else ""
        found = [f'"{check_name(self.equal)}"'] if self.equal else []
        if self.sort:
            column = f'"{check_name(self.sort)}"'
            sort = f"lower(substr({column}, 1, {self.letters:d}))" if self.letters else column
            found += [f"({sort} IS NULL)"] if self.may_be_empty else []
            found += [sort + way, "record_id" + way]
        return [*found, *(f'"{check_name(name)}"' for name in self.besides)]


@contextmanager
def alone() -> Iterator[bool]:
    """Whether nobody else makes or drops indexes for views meanwhile; on SQLite two can, one after the other.

    Whoever waited for the lock in a statement would keep the other one waiting, who waits for all statements to end.
    """
    if db.engine.dialect.name != "postgresql":
        yield True
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        is_ours = bool(connection.scalar(sa.select(sa.func.pg_try_advisory_lock(UPKEEP_LOCK))))
        try:
            yield is_ours
        finally:
            if is_ours:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(UPKEEP_LOCK)))


def view_indexes(object_type: str) -> frozenset[str]:
    """The names of the indexes of an object that were made for views and can be used."""
    return _for_views(index_words(object_type))


def unfinished_indexes(object_type: str) -> frozenset[str]:
    """Those that somebody on PostgreSQL began and never finished: every write goes into them, and no read uses them."""
    if db.engine.dialect.name != "postgresql":
        return frozenset()
    return _for_views(db.session.scalars(sa.text(UNFINISHED), {"name": table_name(object_type)}))


def add_view_index(object_type: str, index: ViewIndex) -> None:
    """Make an index for views, outside a unit of work: SQLite writes it in one, PostgreSQL beside all who write.

    Nothing is made of a column that is gone: SQLite would take its name for a text, and never rename a column again.
    """
    name, table = index.name_on(object_type), table_name(object_type)
    on = f'"{name}" ON "{table}" ({", ".join(index.parts)}) WHERE archived_at IS NULL'
    end_read()
    if db.engine.dialect.name == "postgresql":
        _beside_writers(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {on}")
        return
    with unit_of_work():
        if index.columns <= existing_columns(object_type):
            db.session.execute(sa.text(f"CREATE INDEX IF NOT EXISTS {on}"))


def drop_view_index(name: str) -> None:
    """Drop an index that was made for views, outside a unit of work."""
    end_read()
    if db.engine.dialect.name == "postgresql":
        _beside_writers(f'DROP INDEX CONCURRENTLY IF EXISTS "{check_name(name)}"')
        return
    with unit_of_work():
        db.session.execute(sa.text(f'DROP INDEX IF EXISTS "{check_name(name)}"'))


def _for_views(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name for name in names if name.startswith(VIEW_INDEX))


def _beside_writers(statement: str) -> None:
    """Run a statement that PostgreSQL takes in no transaction."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(statement))
