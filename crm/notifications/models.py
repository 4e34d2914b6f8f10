"""What people are told, who was mentioned where, and what people do not want to be told."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime
from crm.records.models import RECORD_ID


class Notification(Base):
    """One notice to one person: what `actor_id` did, of a kind called `topic` (crm/notifications/topics/).

    It is about a record, an activity, or both, and is shown to who may see what it is about; one about neither is for
    its reader alone. `data` is JSON of what only this moment knows. Names are read when it is shown.
    """

    __tablename__ = "notification"
    __table_args__ = (
        sa.Index("ix_notification_user", "user_id", "id"),
        sa.Index(
            "ix_notification_unread",
            "user_id",
            "id",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        ),
        sa.Index("ix_notification_created", "created_at"),
        sa.Index("ix_notification_record", "record_id"),
        sa.Index("ix_notification_activity", "activity_id"),
    )

    id: Mapped[int] = mapped_column(RECORD_ID, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), nullable=False)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    topic: Mapped[str] = mapped_column(sa.Text, nullable=False)
    record_id: Mapped[int | None] = mapped_column(RECORD_ID, sa.ForeignKey("record.id"))
    activity_id: Mapped[int | None] = mapped_column(RECORD_ID, sa.ForeignKey("record.id"))
    data: Mapped[str] = mapped_column(sa.Text, nullable=False, default="{}")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Mention(Base):
    """That somebody was told of being mentioned in an activity or its comments: they are told once (SPEC 1.6)."""

    __tablename__ = "mention"
    __table_args__ = ({"sqlite_with_rowid": False},)

    activity_id: Mapped[int] = mapped_column(
        RECORD_ID, sa.ForeignKey("record.id"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), primary_key=True)
    moment: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class MutedTopic(Base):
    """A kind of notice that a person has switched off."""

    __tablename__ = "muted_topic"
    __table_args__ = ({"sqlite_with_rowid": False},)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(sa.Text, primary_key=True)
