"""Engine, session, the unit of work, column types and stamps (DESIGN 3, 7).

Every transaction is read-only unless it is a `unit_of_work`; there is one commit in the whole program.
"""

import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from crm.pools import reading_and_writing

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Parent of the static tables; object tables are made at run time by objects/storage.py."""

    metadata = sa.MetaData(naming_convention=NAMING)


ON_POSTGRESQL = sa.MetaData(naming_convention=NAMING)
"""Static tables that PostgreSQL alone has; SQLite does the same by other means."""

db = SQLAlchemy(model_class=Base, session_options={"autoflush": False, "expire_on_commit": False})

_writing: ContextVar[bool] = ContextVar("kartotek_writing", default=False)
BUSY_TIMEOUT_MS = 5000
LOCK_TIMEOUT_MS = 15_000
"""How long anybody waits for somebody else's lock, all told, in both databases."""
LOOK_MS = 20
"""How long SQLite itself waits for the write lock: it looks ever less often, and would miss that it was free."""
LONG_UNIT, GIVE_WAY = 0.05, 0.04
"""Seconds. Whoever wrote for long on SQLite lets those who wait have a turn first: its lock has no queue."""
READ_ONLY_FILE = "readonly database"
LOST_TO_ANOTHER = frozenset({"40001", "40P01"})
COLUMN_IS_GONE, TABLE_IS_GONE = "42703", "42P01"
"""Between the reading of the schema and the statement a property got another type, or its object was removed."""


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment: aware UTC in Python, naive UTC text in SQLite, `timestamptz` in PostgreSQL."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None else None


class DecimalNumber(sa.types.TypeDecorator[Decimal]):
    """A number of people's making: Decimal in Python, `numeric` in PostgreSQL, a 64-bit real in SQLite.

    SQLite keeps fifteen significant digits; property types refuse numbers that have more.
    """

    impl = sa.Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return dialect.type_descriptor(sa.Numeric() if dialect.name == "postgresql" else sa.Float())

    def process_bind_param(self, value: Decimal | int | float | None, dialect: sa.Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return float(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        return Decimal(int(value)) if value == int(value) else Decimal(repr(value))


COMMITTED = "kartotek_committed"
_before_commit: list[Callable[[], None]] = []


class AlreadyInUnit(RuntimeError):
    """Units of work do not nest: one use case is one transaction."""


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Run a block as one read-write transaction: committed when it ends, undone when it raises.

    On SQLite the write lock is taken at once (`BEGIN IMMEDIATE`), so nothing read inside can be outdated.
    Raises AlreadyInUnit when called inside another unit.
    """
    if _writing.get():
        raise AlreadyInUnit("a unit of work is already open")
    db.session.rollback()
    token = _writing.set(True)
    try:
        _give_way()
        _take_write_lock()
        begun = time.monotonic()
        yield
        for finish in _before_commit:
            finish()
        db.session.commit()
        db.session.info[COMMITTED] = True
        _end_turn(begun)
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _writing.reset(token)


# When this thread may next write on SQLite.
_turn = threading.local()


def _give_way() -> None:
    pause = getattr(_turn, "next", 0.0) - time.monotonic()
    if pause > 0:
        time.sleep(pause)


def _end_turn(begun: float) -> None:
    ended = time.monotonic()
    if ended - begun > LONG_UNIT and db.engine.dialect.name == "sqlite":
        _turn.next = ended + GIVE_WAY


def before_each_commit(finish: Callable[[], None]) -> None:
    """Have every unit of work call `finish` before it commits; said once, when the program starts."""
    _before_commit.append(finish)


def may_run_again(error: sa.exc.DBAPIError) -> bool:
    """Whether what this session was to do may simply be done once more: it has not committed anything yet, and either
    PostgreSQL undid its unit for the sake of another one, or its connection was made while the file was read-only.
    """
    lost = getattr(error.orig, "sqlstate", None) in LOST_TO_ANOTHER | {COLUMN_IS_GONE, TABLE_IS_GONE}
    return (lost or READ_ONLY_FILE in str(error.orig)) and not db.session.info.get(COMMITTED)


def _take_write_lock() -> None:
    last = time.monotonic() + LOCK_TIMEOUT_MS / 1000
    while True:
        try:
            db.session.connection()
            return
        except sa.exc.OperationalError as error:
            db.session.rollback()
            if "locked" not in str(error.orig) or time.monotonic() > last:
                raise


def end_read() -> None:
    """Close the read transaction of this context, so that the next read sees the newest state."""
    if not _writing.get():
        db.session.rollback()


def pool_options(database_url: str) -> dict[str, Any]:
    """What the engine of a database must be told about its connections: those of a SQLite file read or write."""
    url = sa.make_url(database_url)
    is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return {"poolclass": reading_and_writing(_writing.get)} if is_file else {}


def prepare_engine(engine: sa.Engine) -> None:
    """Attach the transaction rules of this program to `engine` (LIBRARIES 7)."""
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        sa.event.listen(engine, "handle_error", _forget_read_only)
    else:
        sa.event.listen(engine, "connect", _prepare_postgresql)
        sa.event.listen(engine, "begin", _begin_postgresql)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={LOOK_MS if _writing.get() else BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "cache_size=-32000",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _forget_read_only(context: sa.engine.ExceptionContext) -> None:
    """Open the file anew for the next writer: a connection made while it was read-only stays so."""
    if _writing.get() and READ_ONLY_FILE in str(context.original_exception):
        context.is_disconnect = True


READ_ONLY = "kartotek_read_only"


def _begin_sqlite(connection: sa.Connection) -> None:
    writing = _writing.get()
    # Only when it changes: the pragma makes SQLite throw away every statement this connection has prepared.
    if connection.info.get(READ_ONLY) is not (not writing):
        connection.info.pop(READ_ONLY, None)
        connection.exec_driver_sql("PRAGMA query_only=OFF" if writing else "PRAGMA query_only=ON")
        connection.info[READ_ONLY] = not writing
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS:d}")
        # Compiling a statement takes longer than any of ours runs.
        cursor.execute("SET jit = off")
    connection.commit()


def _begin_postgresql(connection: sa.Connection) -> None:
    if not _writing.get():
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


class Stamp(Base):
    """A random token per cached part of the database; whoever changes the part changes its token."""

    __tablename__ = "stamp"

    name: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    token: Mapped[str] = mapped_column(sa.Text, nullable=False)


STAMPS = "stamps"
ALL_STAMPS = sa.select(Stamp.__table__.c.name, Stamp.__table__.c.token)


def touch(name: str) -> None:
    """Say that the cached part `name` of the database changed; every process loads it anew."""
    token = secrets.token_hex(8)
    changed = db.session.execute(sa.update(Stamp).where(Stamp.name == name).values(token=token))
    if not changed.rowcount:
        db.session.execute(sa.insert(Stamp).values(name=name, token=token))
    db.session.info.pop(STAMPS, None)


def queue_for(name: str) -> None:
    """Let whoever changes the cached part `name` of the database do so one after the other, inside a unit of work.

    What is cached of it stays good until `touch`.
    """
    held = sa.select(Stamp.token).where(Stamp.name == name).with_for_update()
    if db.session.execute(held).first() is None:
        touch(name)
    db.session.info.pop(STAMPS, None)


def stamps() -> dict[str, str]:
    """The tokens of all cached parts, read once per transaction."""
    known = db.session.info.get(STAMPS)
    if known is None:
        known = dict(db.session.connection().execute(ALL_STAMPS).tuples().all())
        remember_stamps(known)
    return known


def remember_stamps(tokens: dict[str, str]) -> None:
    """Take `tokens` as the stamps of this transaction, when another query has already brought them."""
    db.session.info[STAMPS] = tokens


@sa.event.listens_for(Session, "after_transaction_end")
def _forget_stamps(session: Session, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop(STAMPS, None)
