"""The tables of dashboards, and of the reports that stand on them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime


class Dashboard(Base):
    """A page of reports, of the person `user_id`; `visibility` says who may read it besides its owner.

    Whoever reads it sees numbers of the records that they may see. A deleted one can be brought back.
    """

    __tablename__ = "dashboard"
    __table_args__ = (sa.Index("ix_dashboard_name", "folded_name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    folded_name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    visibility: Mapped[str] = mapped_column(sa.Text, nullable=False)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), nullable=False)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DashboardTile(Base):
    """One report on a dashboard; `report` is JSON, the arguments of its address besides the object."""

    __tablename__ = "dashboard_tile"
    __table_args__ = (sa.Index("ix_dashboard_tile_place", "dashboard_id", "position", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dashboard_id: Mapped[int] = mapped_column(sa.ForeignKey("dashboard.id", ondelete="CASCADE"), nullable=False)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    object_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    report: Mapped[str] = mapped_column(sa.Text, nullable=False)
    size: Mapped[str] = mapped_column(sa.Text, nullable=False)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)
