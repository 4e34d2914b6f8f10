"""search documents: what PostgreSQL searches instead of an index folder; on SQLite nothing changes"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import crm.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.create_table(
        "search_document",
        sa.Column("activity_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("moment", sa.BigInteger(), nullable=False, comment="microseconds since 1970, UTC"),
        sa.Column(
            "facets",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="kind, owner, records: k, o, r and value",
        ),
        sa.Column("timeline", postgresql.TSVECTOR(), nullable=False, comment="words of the six fields"),
        sa.Column("everything", postgresql.TSVECTOR(), nullable=False, comment="all words"),
        sa.Column("fingerprint", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="of the form and the analyzer it was written by"),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_search_document")),
        comment="derived: may be emptied at any time, `flask --app app reindex` fills it",
    )
    op.create_index("ix_search_document_newest", "search_document", ["moment", "activity_id"], unique=False)
    op.create_index(
        "ix_search_document_words",
        "search_document",
        ["everything", "facets"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "search_building",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False, comment="the stamp it was begun for"),
        sa.Column("below", sa.BigInteger(), nullable=False, comment="activities from this id on are in order"),
        sa.Column("is_forced", sa.Boolean(), nullable=False, comment="also rows that look right are written anew"),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("begun_at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("ended_at", crm.db.UtcDateTime(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_search_building_only_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_building")),
    )
    # PostgreSQL has no outbox any more: a document is written in the transaction of the change.
    op.execute(sa.delete(sa.table("search_outbox")))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_table("search_building")
        op.drop_index("ix_search_document_words", table_name="search_document")
        op.drop_index("ix_search_document_newest", table_name="search_document")
        op.drop_table("search_document")
