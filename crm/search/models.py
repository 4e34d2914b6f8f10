"""What search keeps in the database: changes to be indexed, what could not be, and the words of records (DESIGN 8)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base, UtcDateTime
from crm.records.models import RECORD_ID
from crm.search.postgres_tables import search_building, search_document

__all__ = ["STAMP", "RecordTerm", "SearchCheck", "SearchDead", "SearchOutbox", "search_building", "search_document"]

STAMP = "search_index"
"""The stamp whose token an index carries; touching it makes every index of this database be built anew."""

# Ranges over words compare bytes; PostgreSQL would compare by the rules of a language.
WORD = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


class SearchOutbox(Base):
    """That an activity changed, not how: the indexer reads the activity as it is then.

    `seq` grows in the order of commits and is never used twice, also not after the newest rows were deleted.
    """

    __tablename__ = "search_outbox"
    __table_args__ = {"sqlite_autoincrement": True}

    seq: Mapped[int] = mapped_column(RECORD_ID, primary_key=True)
    activity_id: Mapped[int] = mapped_column(RECORD_ID, nullable=False)
    moment: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class SearchDead(Base):
    """An activity that could not be indexed and is left out until it changes, with the reason."""

    __tablename__ = "search_dead"

    activity_id: Mapped[int] = mapped_column(RECORD_ID, primary_key=True, autoincrement=False)
    error: Mapped[str] = mapped_column(sa.Text, nullable=False)
    moment: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


class SearchCheck(Base):
    """How the last regular comparison of index and database went, in one row; and the last rebuild it asked for."""

    __tablename__ = "search_check"
    __table_args__ = (sa.CheckConstraint("id = 1", name="only_row"),)

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    moment: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    looked_at: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    differing: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    rebuild_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecordTerm(Base):
    """A word a record is found by, folded by the analyzer; every search for records is for the beginning of one."""

    __tablename__ = "record_term"
    __table_args__ = (
        sa.Index("ix_record_term_record", "record_id"),
        {"sqlite_with_rowid": False},
    )

    term: Mapped[str] = mapped_column(WORD, primary_key=True)
    record_id: Mapped[int] = mapped_column(RECORD_ID, sa.ForeignKey("record.id"), primary_key=True)
    object_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
