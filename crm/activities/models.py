"""Which records an activity is on, what people said about it, its deletion, and drafts of new ones (DESIGN 5)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime
from crm.records.models import RECORD_ID


class ActivityLink(Base):
    """That an activity is on a record, and why: `source` is origin, rule, person, contacted, thread, import ...

    `has_files` says that a file was attached to the activity, removed or not: files on a record are looked for there.
    `takes_part` says of a contact that they were spoken to, or come to the meeting.
    """

    __tablename__ = "activity_link"
    __table_args__ = (
        sa.Index("ix_activity_link_record", "record_id", "activity_id"),
        sa.Index(
            "ix_activity_link_files",
            "record_id",
            sqlite_where=sa.text("has_files = 1"),
            postgresql_where=sa.text("has_files"),
        ),
        {"sqlite_with_rowid": False},
    )

    activity_id: Mapped[int] = mapped_column(RECORD_ID, sa.ForeignKey("record.id"), primary_key=True)
    record_id: Mapped[int] = mapped_column(RECORD_ID, sa.ForeignKey("record.id"), primary_key=True)
    source: Mapped[str] = mapped_column(sa.Text, nullable=False)
    source_detail: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    moment: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    has_files: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False, server_default=sa.false())
    takes_part: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False, server_default=sa.false())


class Comment(Base):
    """A remark on an activity; plain text, shown oldest first."""

    __tablename__ = "comment"
    __table_args__ = (sa.Index("ix_comment_activity", "activity_id", "created_at"),)

    id: Mapped[int] = mapped_column(RECORD_ID, primary_key=True)
    activity_id: Mapped[int] = mapped_column(sa.ForeignKey("record.id"), nullable=False)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    body: Mapped[str] = mapped_column(sa.Text, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ActivityDeletion(Base):
    """That an activity was deleted or brought back, by whom, and when; append-only, like the history of values."""

    __tablename__ = "activity_deletion"
    __table_args__ = (sa.Index("ix_activity_deletion_activity", "activity_id", "moment"),)

    id: Mapped[int] = mapped_column(RECORD_ID, primary_key=True)
    activity_id: Mapped[int] = mapped_column(RECORD_ID, sa.ForeignKey("record.id"), nullable=False)
    is_restored: Mapped[bool] = mapped_column(sa.Boolean, nullable=False)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    moment: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class ActivityDraft(Base):
    """What somebody has typed into the composer of a kind on a record and not logged yet.

    `content` is the JSON of the fields of the form; `writer` is the key of the form that wrote it last, so that two
    windows of one person do not write over each other unawares.
    """

    __tablename__ = "activity_draft"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "record_id", "kind"),
        sa.Index("ix_activity_draft_record", "record_id"),
        sa.Index("ix_activity_draft_changed", "changed_at"),
    )

    id: Mapped[int] = mapped_column(RECORD_ID, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), nullable=False)
    record_id: Mapped[int] = mapped_column(RECORD_ID, sa.ForeignKey("record.id"), nullable=False)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    content: Mapped[str] = mapped_column(sa.Text, nullable=False)
    writer: Mapped[str] = mapped_column(sa.Text, nullable=False)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class AssociationRuleRow(Base):
    """A rule of automatic association that differs from the default one, or stands beside it (SPEC 6.7).

    `kind` is "" for every kind of activity, `label` is the name of an association type or "" for any link. A rule with
    the scope "none" takes a default away.
    """

    __tablename__ = "association_rule"
    __table_args__ = (sa.UniqueConstraint("source_object", "kind", "target_object", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_object: Mapped[str] = mapped_column(sa.Text, nullable=False)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    target_object: Mapped[str] = mapped_column(sa.Text, nullable=False)
    label: Mapped[str] = mapped_column(sa.Text, nullable=False)
    scope: Mapped[str] = mapped_column(sa.Text, nullable=False)
    count: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
