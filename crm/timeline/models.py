"""The timeline: one row for each record and thing that happened to it, derived and rebuildable (DESIGN 5)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime
from crm.records.models import RECORD_ID


class TimelineEntry(Base):
    """An activity or a system event on one record's timeline.

    `is_open` marks tasks not done and meetings not over, which the page shows under "Upcoming". `owner_id` is whom an
    activity is assigned to, nobody for a system event; `actor_id` who did what the entry tells. A system event that
    tells of another record names it in `other_id`, and is there for those who may see that record too.
    """

    __tablename__ = "timeline_entry"
    __table_args__ = (
        sa.Index("ix_timeline_entry_page", "record_id", "moment", "id"),
        sa.Index("ix_timeline_entry_kind", "record_id", "kind", "moment", "id"),
        sa.Index("ix_timeline_entry_activity", "activity_id", "record_id", unique=True),
        sa.Index(
            "ix_timeline_entry_open",
            "record_id",
            "moment",
            sqlite_where=sa.text("is_open = 1"),
            postgresql_where=sa.text("is_open"),
        ),
        sa.Index(
            "ix_timeline_entry_other",
            "other_id",
            sqlite_where=sa.text("other_id IS NOT NULL"),
            postgresql_where=sa.text("other_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(RECORD_ID, primary_key=True)
    record_id: Mapped[int] = mapped_column(RECORD_ID, sa.ForeignKey("record.id"), nullable=False)
    moment: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    activity_id: Mapped[int | None] = mapped_column(RECORD_ID, sa.ForeignKey("record.id"))
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    is_open: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    data: Mapped[str] = mapped_column(sa.Text, nullable=False, default="{}")
    other_id: Mapped[int | None] = mapped_column(RECORD_ID, sa.ForeignKey("record.id"))


class SavedFilterRow(Base):
    """Filters of timelines under a name, for the records of one object; `state` is the JSON of their pairs.

    They are their owner's own unless they are shared. A deleted one can be brought back for a while.
    """

    __tablename__ = "timeline_filter"
    __table_args__ = (sa.Index("ix_timeline_filter_object", "object_type", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    object_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), nullable=False)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    is_shared: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
