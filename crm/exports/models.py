"""The table of tables that people take away: what each is to hold, how far it is, and how it ended."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class ExportState(StrEnum):
    """Where a table stands."""

    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


class TableExport(Base):
    """One table that `actor_id` takes away, for whom alone its file is.

    `settings` says what it is to hold and `failure` (a message, or NULL) why it was not made; both are JSON texts. The
    first `written` bytes of its rows are on disk; they are those up to `position`.
    """

    __tablename__ = "table_export"
    __table_args__ = (
        sa.Index("ix_table_export_actor", "actor_id", "id"),
        sa.Index("ix_table_export_begun", "begun_at"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), nullable=False)
    object_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    format: Mapped[str] = mapped_column(sa.Text, nullable=False)
    settings: Mapped[str] = mapped_column(sa.Text, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    total: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    done: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    position: Mapped[int] = mapped_column(BIG_ID, nullable=False, default=0)
    written: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    size: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    failure: Mapped[str | None] = mapped_column(sa.Text)
