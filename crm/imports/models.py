"""Where an import stands and what became of each row, so that it can stop at any moment and go on (issue 2)."""
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class ImportRun(Base):
    """One import of one file; `position` is the last row (or byte of an mbox) whose batch is committed.

    `object_type` is `email` for mail. `wishes` is the fingerprint of the options: a run goes on only under the same.
    """

    __tablename__ = "import_run"
    __table_args__ = (sa.Index("ix_import_run_file", "file_sha256", "object_type"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    file_sha256: Mapped[str] = mapped_column(sa.Text, nullable=False)
    file_name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    object_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    wishes: Mapped[str] = mapped_column(sa.Text, nullable=False)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    position: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    companies_created: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    contacts_created: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ImportRow(Base):
    """What one run did with one row: its outcome, the record it became, and what is to be said about it (JSON)."""

    __tablename__ = "import_row"
    __table_args__ = (sa.Index("ix_import_row_record", "record_id"), {"sqlite_with_rowid": False})

    run_id: Mapped[int] = mapped_column(sa.ForeignKey("import_run.id"), primary_key=True)
    row_number: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    outcome: Mapped[str] = mapped_column(sa.Text, nullable=False)
    record_id: Mapped[int | None] = mapped_column(BIG_ID, sa.ForeignKey("record.id"))
    findings: Mapped[str] = mapped_column(sa.Text, nullable=False, default="[]")


class ImportedMessage(Base):
    """That a message is logged, by its Message-ID or a hash of its text; the key keeps it from being logged twice."""

    __tablename__ = "imported_message"

    message_key: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    activity_id: Mapped[int] = mapped_column(BIG_ID, sa.ForeignKey("record.id"), nullable=False)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("import_run.id"), nullable=False)
