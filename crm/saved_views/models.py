"""The tables of views: those that people save, and the tabs that an administrator chose for everybody."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime


class SavedViewRow(Base):
    """One view of the index page of an object, of the person `owner_id`; `state` is the JSON of `state.ViewState`.

    `visibility` says who may use it besides its owner: nobody, the people of `team_id`, or everyone. `version` counts
    its changes. A deleted one can be brought back for a while.
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        sa.Index("ix_saved_view_name", "object_type", "folded_name", "id"),
        sa.Index("ix_saved_view_owner", "owner_id", "object_type"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    object_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    folded_name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    visibility: Mapped[str] = mapped_column(sa.Text, nullable=False)
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), nullable=False)
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("team.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DefaultTabsRow(Base):
    """The views that stand as tabs for who has chosen none on the index page of an object: a JSON list of keys."""

    __tablename__ = "default_view_tabs"

    object_type: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    keys: Mapped[str] = mapped_column(sa.Text, nullable=False)
