"""The timeline: one row for each record and thing that happened to it, derived and rebuildable (DESIGN 5)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime
from crm.records.models import RECORD_ID


class TimelineEntry(Base):
    """An activity or a system event on one record's timeline.

    `is_open` marks tasks not done and meetings not over, which the page shows under "Upcoming". `owner_id` is whom an
    activity is assigned to, nobody for a system event; `actor_id` who did what the entry tells.
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
