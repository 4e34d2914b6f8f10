"""The tables of lists: what they are, who is on them, how many that were each day, and what is to be looked at."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime
from crm.records.models import RECORD_ID


class ListKind(StrEnum):
    """What decides who is on a list."""

    ACTIVE = "active"
    """Its filter, all the time."""
    STATIC = "static"
    """People, who put records on it and take them off."""


class ListState(StrEnum):
    """Whether an active list is true."""

    READY = "ready"
    BUILDING = "building"
    BROKEN = "broken"
    """Its filter means nothing any more; it keeps the members it had."""


ANEW = {"state": ListState.BUILDING, "built_to": 0, "eyes": ""}
"""What has a list looked at as a whole, from the beginning even where that has begun."""


class RecordList(Base):
    """One list of records of one object, of the person `user_id`, through whose eyes its filter is read.

    `filter` is JSON: the texts of an address (crm/filters/addresses.py). `visibility` says who may use it besides its
    owner. While it is BUILDING, `built_to` is the last record that was looked at. `eyes` tells with which rights that
    began, `size` how many live records were on it when they last changed. A deleted one can be brought back.
    """

    __tablename__ = "record_list"
    __table_args__ = (
        sa.Index("ix_record_list_name", "folded_name", "id"),
        sa.Index("ix_record_list_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    object_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    folded_name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    folder: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    filter: Mapped[str] = mapped_column(sa.Text, nullable=False, default="[]")
    visibility: Mapped[str] = mapped_column(sa.Text, nullable=False)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), nullable=False)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    built_to: Mapped[int] = mapped_column(RECORD_ID, nullable=False, default=0)
    built_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    eyes: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    size: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    members_changed_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    changed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ListMember(Base):
    """That a record is on a list, since when, and by which way it came there."""

    __tablename__ = "list_member"
    __table_args__ = (sa.Index("ix_list_member_record", "record_id", "list_id"), {"sqlite_with_rowid": False})

    list_id: Mapped[int] = mapped_column(sa.ForeignKey("record_list.id", ondelete="CASCADE"), primary_key=True)
    record_id: Mapped[int] = mapped_column(RECORD_ID, sa.ForeignKey("record.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    source: Mapped[str] = mapped_column(sa.Text, nullable=False)
    actor_id: Mapped[int | None] = mapped_column(sa.Integer)


class ListSize(Base):
    """How many live records were on a list at the end of a day, by the account's clock; days without change have none.
    """

    __tablename__ = "list_size"
    __table_args__ = ({"sqlite_with_rowid": False},)

    list_id: Mapped[int] = mapped_column(sa.ForeignKey("record_list.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    size: Mapped[int] = mapped_column(sa.Integer, nullable=False)


class ListPending(Base):
    """A record or an activity that changed, written by the transaction of the change; the lists look at it next."""

    __tablename__ = "list_pending"

    id: Mapped[int] = mapped_column(RECORD_ID, primary_key=True)
    record_id: Mapped[int] = mapped_column(RECORD_ID, nullable=False)
