"""What the postgres engine keeps: a row for each activity that can be found, and how far a building has come."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from crm.db import ON_POSTGRESQL, UtcDateTime

search_document = sa.Table(
    "search_document",
    ON_POSTGRESQL,
    sa.Column("activity_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("moment", sa.BigInteger, nullable=False, comment="microseconds since 1970, UTC"),
    sa.Column("facets", postgresql.ARRAY(sa.Text), nullable=False, comment="kind, owner, records: k, o, r and value"),
    sa.Column("timeline", postgresql.TSVECTOR, nullable=False, comment="words of the six fields"),
    sa.Column("everything", postgresql.TSVECTOR, nullable=False, comment="all words"),
    sa.Column("fingerprint", sa.BigInteger, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, comment="of the form and the analyzer it was written by"),
    sa.Index("ix_search_document_newest", "moment", "activity_id"),
    # Without fast updates a save costs a fifth of a millisecond more, and no search reads through a list of new rows.
    sa.Index(
        "ix_search_document_words",
        "everything",
        "facets",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    ),
    comment="derived: may be emptied at any time, `flask --app app reindex` fills it",
)

search_building = sa.Table(
    "search_building",
    ON_POSTGRESQL,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("token", sa.Text, nullable=False, comment="the stamp it was begun for"),
    sa.Column("below", sa.BigInteger, nullable=False, comment="activities from this id on are in order"),
    sa.Column("is_forced", sa.Boolean, nullable=False, comment="also rows that look right are written anew"),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("begun_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.CheckConstraint("id = 1", name="only_row"),
)
