"""Properties, their groups and options, and the append-only history of their values (DESIGN 4)."""
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime


class PropertyGroupRow(Base):
    """A named group of properties of one object type."""

    __tablename__ = "property_group"
    __table_args__ = (sa.UniqueConstraint("object_type", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    object_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    label: Mapped[str] = mapped_column(sa.Text, nullable=False)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)


class PropertyRow(Base):
    """One property; its values are the column `column_name` of the object's table.

    `default_value` is canonical text, as in the history. `edited` is a JSON list of what people changed of a standard
    property, which `sync` then leaves alone. Archived ones are hidden and restorable; of removed ones the column is
    gone, and the row keeps the name from being given to another property, whose history would mix with this one's.
    """

    __tablename__ = "property"
    __table_args__ = (sa.UniqueConstraint("object_type", "name"), sa.UniqueConstraint("object_type", "column_name"))

    id: Mapped[int] = mapped_column(primary_key=True)
    object_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    column_name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    label: Mapped[str] = mapped_column(sa.Text, nullable=False)
    type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    group_name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    read_only: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    is_unique: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    is_custom: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    settings: Mapped[str] = mapped_column(sa.Text, nullable=False, default="{}")
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    description: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    default_value: Mapped[str | None] = mapped_column(sa.Text)
    in_forms: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=True)
    is_sensitive: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    edit_access: Mapped[str] = mapped_column(sa.Text, nullable=False, default="everyone")
    edited: Mapped[str] = mapped_column(sa.Text, nullable=False, default="[]")
    created_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))


class PropertyEditorRow(Base):
    """A person or a team who may write the values of a property whose `edit_access` is "chosen" (SPEC 2.4)."""

    __tablename__ = "property_editor"

    id: Mapped[int] = mapped_column(primary_key=True)
    property_id: Mapped[int] = mapped_column(sa.ForeignKey("property.id"), nullable=False, index=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("team.id"))


class PropertyOptionRow(Base):
    """One choice of a dropdown or of checkboxes; records that have it are being moved to the option `moves_to`."""

    __tablename__ = "property_option"
    __table_args__ = (sa.UniqueConstraint("property_id", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    property_id: Mapped[int] = mapped_column(sa.ForeignKey("property.id"), nullable=False)
    value: Mapped[str] = mapped_column(sa.Text, nullable=False)
    label: Mapped[str] = mapped_column(sa.Text, nullable=False)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    color: Mapped[str | None] = mapped_column(sa.Text)
    description: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    in_forms: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=True)
    moves_to: Mapped[str | None] = mapped_column(sa.Text)


class PropertyHistoryRow(Base):
    """One change of one value: what it was, what it became, who or what changed it, and when (SPEC 2.6).

    `version` is the record's version that the change made, so that a form opened before it can tell a conflict.
    """

    __tablename__ = "property_history"
    __table_args__ = (sa.Index("ix_property_history_record", "record_id", "property_name", "moment"),)

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("record.id"), nullable=False)
    property_name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    old: Mapped[str | None] = mapped_column(sa.Text)
    new: Mapped[str | None] = mapped_column(sa.Text)
    source: Mapped[str] = mapped_column(sa.Text, nullable=False)
    source_detail: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    moment: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
