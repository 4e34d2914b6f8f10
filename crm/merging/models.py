"""What is kept of merges, and of records that look like one."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime
from crm.records.models import RECORD_ID


def _record(index: bool = False, unique: bool = False) -> Mapped[int]:
    """A record; what is kept here of one goes with it when it is removed for good."""
    key = sa.ForeignKey("record.id", ondelete="CASCADE")
    return mapped_column(RECORD_ID, key, nullable=False, index=index, unique=unique)


class RecordMerge(Base):
    """That two records became one, `merged_id`; the two stay as they were, put away and pointing to it.

    The marks are the last rows of the merged record in two tables when the merge was done: what comes after them has
    happened since. `undone_at` says that the merge was taken apart again.
    """

    __tablename__ = "record_merge"

    id: Mapped[int] = mapped_column(RECORD_ID, primary_key=True)
    object_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    merged_id: Mapped[int] = _record(unique=True)
    primary_id: Mapped[int] = _record(index=True)
    secondary_id: Mapped[int] = _record(index=True)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    moment: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    history_mark: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    attachment_mark: Mapped[int] = mapped_column(sa.BigInteger, nullable=False, default=0)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))


class DuplicatePair(Base):
    """Two records of one object that may be the same; `record_id` is the lower id.

    `reasons` is JSON with the names of what they have in common, `strength` their weight. A pair that somebody
    dismissed is not offered again while `fingerprint`, made of all that is compared, stays the same.
    """

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        sa.UniqueConstraint("record_id", "other_id"),
        sa.Index("ix_duplicate_pair_page", "object_type", "strength", "id"),
    )

    id: Mapped[int] = mapped_column(RECORD_ID, primary_key=True)
    object_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    record_id: Mapped[int] = _record()
    other_id: Mapped[int] = _record(index=True)
    reasons: Mapped[str] = mapped_column(sa.Text, nullable=False)
    strength: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    fingerprint: Mapped[str] = mapped_column(sa.Text, nullable=False)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dismissed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))


class DuplicateSearch(Base):
    """How the last search for duplicates of an object went, or how far the one that runs has come."""

    __tablename__ = "duplicate_search"

    object_type: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    total: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
