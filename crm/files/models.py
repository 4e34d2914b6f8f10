"""Stored bytes and what they are attached to (DESIGN 2, QUALITY 3)."""
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime

BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class StoredFile(Base):
    """Bytes that lie once under the data directory, named by their SHA-256."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.Text, unique=True, nullable=False)
    size: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    media_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class Attachment(Base):
    """That a stored file hangs on a record or an activity under some name."""

    __tablename__ = "attachment"
    __table_args__ = (sa.Index("ix_attachment_record", "record_id", "id"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    file_id: Mapped[int] = mapped_column(BIG_ID, sa.ForeignKey("stored_file.id"), nullable=False, index=True)
    record_id: Mapped[int] = mapped_column(BIG_ID, sa.ForeignKey("record.id"), nullable=False)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
