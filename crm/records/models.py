"""The passport of a record: the one row every other table points to (DESIGN 4)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime

RECORD_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class Record(Base):
    """Identity of a record; its values are a row of its object's table.

    `owner_id` repeats the owner property, so that the visibility gate is one condition on one table.
    """

    __tablename__ = "record"
    __table_args__ = (
        sa.Index("ix_record_object_type_owner", "object_type", "owner_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(RECORD_ID, primary_key=True)
    object_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    display_name: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("record.id"))
    pinned_activity_id: Mapped[int | None] = mapped_column(sa.ForeignKey("record.id"))


class RecordDeletion(Base):
    """Who deleted a record or an activity, and when; goes when it comes back, or goes for good (SPEC 4.7).

    A permanent one is never offered for restoring. Records merged away have none.
    """

    __tablename__ = "record_deletion"
    __table_args__ = (sa.Index("ix_record_deletion_moment", "moment"),)

    record_id: Mapped[int] = mapped_column(
        RECORD_ID, sa.ForeignKey("record.id"), primary_key=True, autoincrement=False
    )
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    moment: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    is_permanent: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)


class RecordIdentifier(Base):
    """An e-mail address or domain that a live record holds, in normal form, so that no other gets it (SPEC 3).

    `place` is 0. Above 0 stand those that a database held more than once before this was refused: they stay where
    they are, and as long as anybody holds such a value nobody else gets it.
    """

    __tablename__ = "record_identifier"
    __table_args__ = (sa.Index("ix_record_identifier_record_id", "record_id"),)

    object_type: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    value: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    place: Mapped[int] = mapped_column(sa.Integer, primary_key=True, default=0)
    record_id: Mapped[int] = mapped_column(RECORD_ID, sa.ForeignKey("record.id"), nullable=False)


class StageVisit(Base):
    """A stay of a record in a stage, from `entered_at` to `exited_at`, which is None while it lasts (SPEC 2.7, 2.9).

    The visits of a record follow each other without a gap; `actor_id` is who brought it there.
    """

    __tablename__ = "stage_visit"
    __table_args__ = (
        sa.Index("ix_stage_visit_record", "record_id", "entered_at"),
        sa.Index(
            "uq_stage_visit_open",
            "record_id",
            unique=True,
            sqlite_where=sa.text("exited_at IS NULL"),
            postgresql_where=sa.text("exited_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(RECORD_ID, primary_key=True)
    record_id: Mapped[int] = mapped_column(RECORD_ID, sa.ForeignKey("record.id"), nullable=False)
    pipeline: Mapped[str] = mapped_column(sa.Text, nullable=False)
    stage: Mapped[str] = mapped_column(sa.Text, nullable=False)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    exited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))


class RecordFollower(Base):
    """What somebody chose about following a record; whoever has no row follows it while they own it (SPEC 1.3).

    Who makes a record by hand gets a row with it.
    """

    __tablename__ = "record_follower"
    __table_args__ = ({"sqlite_with_rowid": False},)

    record_id: Mapped[int] = mapped_column(
        RECORD_ID, sa.ForeignKey("record.id"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), primary_key=True)
    is_following: Mapped[bool] = mapped_column(sa.Boolean, nullable=False)
    since: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
