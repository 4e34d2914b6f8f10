"""Layouts of record pages, and what people change in them for themselves."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime


class RecordLayoutRow(Base):
    """One layout of the record pages of an object; `content` is the JSON of `layout.RecordLayout`.

    The default one shows for everybody whose team has none of its own; there is no row for it until somebody changes
    what the program has. `version` counts its changes.
    """

    __tablename__ = "record_layout"
    __table_args__ = (
        sa.UniqueConstraint("object_type", "name"),
        sa.Index(
            "ix_record_layout_default",
            "object_type",
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    object_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    is_default: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    content: Mapped[str] = mapped_column(sa.Text, nullable=False)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))


class RecordLayoutTeam(Base):
    """That the people of a team see a layout; of each object they see one."""

    __tablename__ = "record_layout_team"

    object_type: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    layout_id: Mapped[int] = mapped_column(
        sa.ForeignKey("record_layout.id", ondelete="CASCADE"), nullable=False, index=True
    )


class PersonalLayoutRow(Base):
    """What somebody changed for themselves on the pages of an object; `content` is the JSON of `layout.Personal`."""

    __tablename__ = "personal_layout"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), primary_key=True)
    object_type: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    content: Mapped[str] = mapped_column(sa.Text, nullable=False)


class LayoutDraft(Base):
    """What somebody is making of a layout; nobody else sees it before it is saved.

    `layout_id` is 0 for the default layout, which may have no row. `based_on` tells which content was begun with, and
    `previous` is the content before the latest change.
    """

    __tablename__ = "record_layout_draft"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), primary_key=True)
    object_type: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    layout_id: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    content: Mapped[str] = mapped_column(sa.Text, nullable=False)
    previous: Mapped[str | None] = mapped_column(sa.Text)
    based_on: Mapped[str] = mapped_column(sa.Text, nullable=False)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
