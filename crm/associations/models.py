"""Association types and the links between records, stored in both directions (DESIGN 5)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime
from crm.records.models import RECORD_ID


class AssociationTypeRow(Base):
    """One direction of a kind of link between two object types; `inverse_id` is the way back.

    A label is such a type with a text in `label`, which is what people call the record at its end. `most` is how many
    links of this type one record may have, None for any number. A label that was deleted keeps its row, archived, since
    history tells of it.
    """

    __tablename__ = "association_type"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.Text, unique=True, nullable=False)
    from_object: Mapped[str] = mapped_column(sa.Text, nullable=False)
    to_object: Mapped[str] = mapped_column(sa.Text, nullable=False)
    label: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    inverse_id: Mapped[int | None] = mapped_column(sa.ForeignKey("association_type.id"))
    is_primary: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    most: Mapped[int | None] = mapped_column(sa.Integer)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Association(Base):
    """That one record is linked to another, why, by whom and since when."""

    __tablename__ = "association"
    __table_args__ = (
        sa.Index("ix_association_to", "to_record_id", "type_id"),
        {"sqlite_with_rowid": False},
    )

    from_record_id: Mapped[int] = mapped_column(RECORD_ID, sa.ForeignKey("record.id"), primary_key=True)
    type_id: Mapped[int] = mapped_column(sa.ForeignKey("association_type.id"), primary_key=True)
    to_record_id: Mapped[int] = mapped_column(RECORD_ID, sa.ForeignKey("record.id"), primary_key=True)
    source: Mapped[str] = mapped_column(sa.Text, nullable=False)
    source_detail: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    moment: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class LinkHistoryRow(Base):
    """That a link was made or taken away, by whom or what, and when; append-only, like the history of values.

    `relation` is the name of the association type that leads from `record_id` to `other_id`, or "activity" when
    `record_id` is an activity that is put on `other_id`. One row stands for both directions.
    """

    __tablename__ = "link_history"
    __table_args__ = (
        sa.Index("ix_link_history_record", "record_id", "moment"),
        sa.Index("ix_link_history_other", "other_id", "moment"),
    )

    id: Mapped[int] = mapped_column(RECORD_ID, primary_key=True)
    record_id: Mapped[int] = mapped_column(RECORD_ID, sa.ForeignKey("record.id"), nullable=False)
    other_id: Mapped[int] = mapped_column(RECORD_ID, sa.ForeignKey("record.id"), nullable=False)
    relation: Mapped[str] = mapped_column(sa.Text, nullable=False)
    change: Mapped[str] = mapped_column(sa.Text, nullable=False)
    source: Mapped[str] = mapped_column(sa.Text, nullable=False)
    source_detail: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    moment: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
