"""The table of the audit log."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime


class AuditEntry(Base):
    """One thing done to an account or a right; never changed afterwards, which triggers of the database see to.

    Names are kept as they were then, so that an entry still says what happened when people and teams have changed.
    `details` is a JSON object of texts.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.Index("ix_audit_entry_action_id", "action", "id"),
        sa.Index("ix_audit_entry_actor_id_id", "actor_id", "id"),
        sa.Index("ix_audit_entry_about", "about_kind", "about_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    moment: Mapped[datetime] = mapped_column(UtcDateTime, index=True, nullable=False)
    actor_id: Mapped[int | None] = mapped_column(sa.Integer)
    actor_name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    action: Mapped[str] = mapped_column(sa.Text, nullable=False)
    about_kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    about_id: Mapped[int | None] = mapped_column(sa.Integer)
    about_name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    details: Mapped[str] = mapped_column(sa.Text, nullable=False)
