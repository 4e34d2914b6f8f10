"""The indexes that saved views have on the tables of objects: named by what they hold, made and dropped by a job."""

import hashlib
from dataclasses import dataclass, replace

import sqlalchemy as sa

from crm.db import db, end_read, unit_of_work
from crm.objects.storage import VIEW_INDEX, check_name, index_words, table_name


@dataclass(frozen=True)
class ViewIndex:
    """An index of the live records of an object for a page of them: a column that has one value, then their order.

    `sort` is what they are sorted by, "" for no order; where it `may_be_empty` empty ones come last. `letters` is how
    many of a text are sorted by, in small ones; 0 where the column is sorted by as it is. It stands in the words of
    crm/records/ordering.py, else neither database takes it.
    """

    equal: str = ""
    sort: str = ""
    descending: bool = False
    may_be_empty: bool = True
    letters: int = 0

    def after(self, equal: str) -> "ViewIndex":
        """The same order among the records that have one value in the column `equal`."""
        return replace(self, equal=equal)

    def name_on(self, object_type: str) -> str:
        """What it is called: the same for equal indexes of an object."""
        told = hashlib.sha256(repr((table_name(object_type), *vars(self).values())).encode()).hexdigest()
        return f"{VIEW_INDEX}{told[:16]}"

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
        return found


def view_indexes(object_type: str) -> frozenset[str]:
    """The names of the indexes of an object that were made for views."""
    names = index_words(object_type)
    return frozenset(name for name in names if name.startswith(VIEW_INDEX))


def add_view_index(object_type: str, index: ViewIndex) -> None:
    """Make an index for views, outside a unit of work: SQLite writes it in one, PostgreSQL beside all who write.

    One that PostgreSQL could not finish stays behind, of no use to anybody; it is made anew the next time.
    """
    name, table = index.name_on(object_type), table_name(object_type)
    on = f'"{name}" ON "{table}" ({", ".join(index.parts)}) WHERE archived_at IS NULL'
    end_read()
    if db.engine.dialect.name == "postgresql":
        _beside_writers(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"', f"CREATE INDEX CONCURRENTLY {on}")
    else:
        with unit_of_work():
            db.session.execute(sa.text(f"CREATE INDEX IF NOT EXISTS {on}"))


def drop_view_index(object_type: str, name: str) -> None:
    """Drop an index that was made for views, outside a unit of work."""
    if name not in view_indexes(object_type):
        return
    end_read()
    if db.engine.dialect.name == "postgresql":
        _beside_writers(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')
    else:
        with unit_of_work():
            db.session.execute(sa.text(f'DROP INDEX IF EXISTS "{name}"'))


def _beside_writers(*statements: str) -> None:
    """Run statements that PostgreSQL takes in no transaction."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
