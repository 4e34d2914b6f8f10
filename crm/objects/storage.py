"""The tables records live in: the only module that issues DDL while the program runs (DESIGN 4).

A name reaches DDL only if it matches NAME; definition rows and DDL are written in one transaction.
"""

import hashlib
import re
import threading
import time
from collections.abc import Iterable

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from crm.db import LOCK_TIMEOUT_MS, UtcDateTime, db

LONGEST_NAME = 63
MOST_COLUMNS = 1_590
"""PostgreSQL keeps 1,600 columns, SQLite 2,000."""
LOCK_NOT_AVAILABLE = "55P03"
HOLD_WAIT_MS = 100
HOLD_TRIES = 50
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
PREFIX = "object_"
RECORD = "record"
"""The table of the passports of all records, which the tables of objects refer to."""
RECORD_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# PostgreSQL keeps these names in every table for itself.
SYSTEM_COLUMNS = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})
MOST_TABLES = 200
"""How many are kept in memory."""
BASE_COLUMNS = ("record_id", "owner_id", "created_at", "updated_at", "archived_at")


VIEW_INDEX = "vx_"
"""How the names of indexes begin that were made for views."""
LIVE_WORDS = frozenset({"archived_at"})
"""The small letters of what an index of live records says of them."""
INDEXES_OF_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :name AND sql IS NOT NULL"
INDEXES_OF_POSTGRESQL = """
    SELECT made.relname, pg_get_indexdef(made.oid) FROM pg_index
    JOIN pg_class AS made ON made.oid = pg_index.indexrelid
    WHERE pg_index.indrelid = CAST(:name AS regclass) AND pg_index.indisvalid AND NOT pg_index.indisprimary
"""


class UnsafeName(ValueError):
    """A name that may not become the name of a table or column."""


class TableBusy(RuntimeError):
    """Somebody works on a table for so long that its columns cannot be changed now."""


class TooManyColumns(RuntimeError):
    """A table has as many columns as the database can keep."""


class NotEmpty(ValueError):
    """A table that still holds rows, and therefore stays."""


def check_name(name: str) -> str:
    """Return `name` if it may name a table or column; raises UnsafeName otherwise."""
    if not NAME.fullmatch(name):
        raise UnsafeName(f"{name!r} is not a lower-case name of letters, digits and underscores")
    return name


def table_name(object_type: str) -> str:
    """The name of the table that holds the records of `object_type`."""
    return check_name(PREFIX + object_type)


def table_for(object_type: str, columns: Iterable[tuple[str, sa.types.TypeEngine]]) -> sa.Table:
    """The Core table of `object_type` with its base columns and one column for each (name, type).

    The same columns are the same table: making one is dear, and so is compiling every statement on it anew.
    """
    known = list(columns)
    shape = (object_type, tuple((name, repr(kind)) for name, kind in known))
    table = _tables.get(shape)
    if table is None:
        made = sa.Table(table_name(object_type), sa.MetaData(), *_base_columns(), *_property_columns(known))
        with _making:
            # Another thread may have made it meanwhile; two of them in one statement would be two tables to it.
            table = _tables.setdefault(shape, made)
            while len(_tables) > MOST_TABLES:
                del _tables[next(iter(_tables))]
    return table


_tables: dict[tuple[str, tuple[tuple[str, str], ...]], sa.Table] = {}
_making = threading.Lock()


def create_table(object_type: str) -> None:
    """Make the table of a new object type, with its base columns. Raises TableBusy.

    On PostgreSQL a table with a foreign key is made when nobody writes in the other one.
    """
    name = table_name(object_type)
    _hold("SHARE ROW EXCLUSIVE", RECORD)
    operations = _operations()
    operations.create_table(name, *_base_columns(), sa.ForeignKeyConstraint(["record_id"], ["record.id"]))


def drop_table(object_type: str) -> None:
    """Drop the table of an object type that has no record, live or deleted. Raises NotEmpty, TableBusy.

    On PostgreSQL it is locked before it is looked at, so that nobody writes a record in between; and a table with a
    foreign key goes when nobody reads the other one.
    """
    name = table_name(object_type)
    table = sa.table(name)
    _hold("ACCESS EXCLUSIVE", RECORD, name)
    if db.session.connection().execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
        raise NotEmpty(f"{name} has rows")
    _operations().drop_table(name)


def hold_table(object_type: str) -> None:
    """Keep everybody else from a table until the unit ends, so that a change of its columns need not wait for anyone.

    Raises TableBusy when somebody works on the table all the while. SQLite has one writer, and its readers are not kept
    from anything.
    """
    _hold("ACCESS EXCLUSIVE", table_name(object_type))


def _hold(mode: str, *names: str) -> None:
    """Lock tables on PostgreSQL until the unit ends; raises TableBusy.

    Everybody queues up behind a statement that waits for such a lock. So it waits for moments only, lets the others
    through, and tries again.
    """
    if db.session.connection().dialect.name != "postgresql":
        return
    tables = ", ".join(f'"{check_name(name)}"' for name in names)
    for pause in (*[0.1] * HOLD_TRIES, None):
        try:
            with db.session.begin_nested():
                db.session.execute(sa.text(f"SET LOCAL lock_timeout = {HOLD_WAIT_MS:d}"))
                db.session.execute(sa.text(f"LOCK TABLE {tables} IN {mode} MODE"))
                db.session.execute(sa.text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS:d}"))
            return
        except sa.exc.OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            if pause is None:
                raise TableBusy(f"somebody works on {tables}") from None
            time.sleep(pause)


def add_column(object_type: str, column_name: str, column_type: sa.types.TypeEngine) -> None:
    """Add one nullable column; instant on both databases, whatever the size of the table.

    Raises TooManyColumns when the database has no room for one more.
    """
    if _columns_ever(object_type) >= MOST_COLUMNS:
        raise TooManyColumns(f"{table_name(object_type)} has {MOST_COLUMNS} columns")
    _operations().add_column(table_name(object_type), sa.Column(check_name(column_name), column_type, nullable=True))


def add_index(object_type: str, column_name: str, unique: bool = False) -> None:
    """Index one column; a unique index covers live records only, so that deleted ones free their values."""
    name = table_name(object_type)
    live = sa.text("archived_at IS NULL") if unique else None
    _operations().create_index(
        _index_name(object_type, column_name),
        name,
        [column_name],
        unique=unique,
        sqlite_where=live,
        postgresql_where=live,
    )


def add_activity_indexes(object_type: str) -> None:
    """Index when the activities of a type happened, of everybody and of each person, as their lists are sorted."""
    name = table_name(object_type)
    happened = sa.text("coalesce(activity_date, created_at)")
    _operations().create_index(f"ix_{name}_happened", name, [happened, "record_id"])
    _operations().create_index(f"ix_{name}_owner_happened", name, ["owner_id", happened, "record_id"])


def index_words(object_type: str) -> dict[str, list[str]]:
    """The indexes of the table of an object that can be used, each with the words it is made of."""
    postgresql = db.session.connection().dialect.name == "postgresql"
    asked = sa.text(INDEXES_OF_POSTGRESQL if postgresql else INDEXES_OF_SQLITE)
    found = db.session.execute(asked, {"name": table_name(object_type)})
    return {name: re.findall(r"[a-z][a-z0-9_]*", made.partition("(")[2]) for name, made in found.tuples()}


def drop_index_if_any(object_type: str, column_name: str) -> None:
    """Drop the index of one column, unique or not, if it has one, and those that views made of it."""
    name = table_name(object_type)
    for index, words in index_words(object_type).items():
        is_own = words[:1] == [column_name] and set(words[1:]) <= LIVE_WORDS
        if is_own or (index.startswith(VIEW_INDEX) and column_name in words):
            _operations().drop_index(index, name)


def rename_column(object_type: str, column_name: str, new_name: str) -> None:
    """Call a column otherwise; its values and its index stay. Instant on both databases."""
    _operations().alter_column(table_name(object_type), check_name(column_name), new_column_name=check_name(new_name))


def drop_column(object_type: str, column_name: str) -> None:
    """Drop a column with its index and its values. SQLite writes the whole table anew: for times when nobody works."""
    drop_index_if_any(object_type, column_name)
    _operations().drop_column(table_name(object_type), check_name(column_name))


def existing_columns(object_type: str) -> frozenset[str]:
    """The columns the table of `object_type` really has; empty when there is no such table."""
    inspector = sa.inspect(db.session.connection())
    name = table_name(object_type)
    if not inspector.has_table(name):
        return frozenset()
    return frozenset(column["name"] for column in inspector.get_columns(name))


def update_statistics() -> None:
    """Let the database learn what its tables hold, inside a unit of work; after many rows were written at once.

    Planners guess without it, and guess badly about tables that were empty a minute ago.
    """
    db.session.execute(sa.text("ANALYZE"))


def _index_name(object_type: str, column_name: str) -> str:
    """The name of the index of a column; names too long for PostgreSQL end in what tells them apart."""
    name = f"ix_{table_name(object_type)}_{check_name(column_name)}"
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _columns_ever(object_type: str) -> int:
    """How many columns a table has; on PostgreSQL dropped ones count for ever."""
    name = table_name(object_type)
    connection = db.session.connection()
    if connection.dialect.name != "postgresql":
        return len(sa.inspect(connection).get_columns(name))
    counted = sa.text("SELECT max(attnum) FROM pg_attribute WHERE attrelid = CAST(:name AS regclass)")
    return connection.execute(counted, {"name": name}).scalar() or 0


def _operations() -> Operations:
    return Operations(MigrationContext.configure(db.session.connection()))


def _base_columns() -> list[sa.Column]:
    return [
        sa.Column("record_id", RECORD_ID, primary_key=True, autoincrement=False),
        sa.Column("owner_id", sa.Integer),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("archived_at", UtcDateTime),
    ]


def _property_columns(columns: Iterable[tuple[str, sa.types.TypeEngine]]) -> list[sa.Column]:
    return [sa.Column(check_name(name), kind) for name, kind in columns if name not in BASE_COLUMNS]
