"""The tables of work in bulk: what is or was done, and each thing it changed."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class RunState(StrEnum):
    """Where a run stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


class BulkRun(Base):
    """One piece of work in bulk, in the name of `actor_id`; `position` is the last item that is dealt with.

    `settings`, `problems` (messages) and `failure` (one message, or NULL) are JSON texts. `record_id` is the record or
    activity it is about, where it is about one.
    """

    __tablename__ = "bulk_run"
    __table_args__ = (
        sa.Index("ix_bulk_run_actor", "actor_id", "id"),
        sa.Index("ix_bulk_run_record", "record_id", "id"),
        sa.Index("ix_bulk_run_begun", "begun_at"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    settings: Mapped[str] = mapped_column(sa.Text, nullable=False)
    record_id: Mapped[int | None] = mapped_column(BIG_ID, sa.ForeignKey("record.id"))
    position: Mapped[int | None] = mapped_column(BIG_ID)
    total: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    done: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    changed: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    skipped: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    undone: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    problems: Mapped[str] = mapped_column(sa.Text, nullable=False, default="[]")
    failure: Mapped[str | None] = mapped_column(sa.Text)
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))


class BulkChange(Base):
    """One thing a run changed and has not taken back, numbered in the order it was done; `before` is JSON text."""

    __tablename__ = "bulk_change"
    __table_args__ = ({"sqlite_with_rowid": False},)

    run_id: Mapped[int] = mapped_column(BIG_ID, sa.ForeignKey("bulk_run.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    one_id: Mapped[int] = mapped_column(BIG_ID, nullable=False)
    other_id: Mapped[int | None] = mapped_column(BIG_ID)
    before: Mapped[str | None] = mapped_column(sa.Text)
