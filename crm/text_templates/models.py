"""Texts kept for writing activities, and who has used them how often (SPEC 8.4)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime


class TextTemplate(Base):
    """A subject and a body with tokens, for the kinds of activities in `kinds` (their names, each between spaces).

    `visibility` says who may use it besides its owner: nobody, the team that the owner is in, or everyone. `version`
    counts its changes. A deleted one can be brought back for a while.
    """

    __tablename__ = "text_template"
    __table_args__ = (sa.Index("ix_text_template_name", "folded_name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), nullable=False)
    visibility: Mapped[str] = mapped_column(sa.Text, nullable=False)
    kinds: Mapped[str] = mapped_column(sa.Text, nullable=False)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    folded_name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    subject: Mapped[str] = mapped_column(sa.Text, nullable=False)
    body: Mapped[str] = mapped_column(sa.Text, nullable=False)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TextTemplateUse(Base):
    """How often somebody has inserted a template, and when last."""

    __tablename__ = "text_template_use"

    template_id: Mapped[int] = mapped_column(sa.ForeignKey("text_template.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), primary_key=True)
    number: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    last_used_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
