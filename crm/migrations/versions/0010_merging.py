"""merging: which records became one, which may be the same, and how the search for those goes"""

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

RECORD_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _record(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["record.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["user_account.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "record_merge",
        sa.Column("id", RECORD_ID, nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("merged_id", RECORD_ID, nullable=False),
        sa.Column("primary_id", RECORD_ID, nullable=False),
        sa.Column("secondary_id", RECORD_ID, nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("moment", crm.db.UtcDateTime(), nullable=False),
        sa.Column("history_mark", sa.BigInteger(), nullable=False),
        sa.Column("attachment_mark", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", crm.db.UtcDateTime(), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        _record("record_merge", "merged_id"),
        _record("record_merge", "primary_id"),
        _record("record_merge", "secondary_id"),
        _person("record_merge", "actor_id"),
        _person("record_merge", "undone_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_merge")),
        sa.UniqueConstraint("merged_id", name=op.f("uq_record_merge_merged_id")),
    )
    op.create_index(op.f("ix_record_merge_primary_id"), "record_merge", ["primary_id"])
    op.create_index(op.f("ix_record_merge_secondary_id"), "record_merge", ["secondary_id"])
    op.create_table(
        "duplicate_pair",
        sa.Column("id", RECORD_ID, nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("other_id", RECORD_ID, nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("found_at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("seen_at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("dismissed_at", crm.db.UtcDateTime(), nullable=True),
        sa.Column("dismissed_by_id", sa.Integer(), nullable=True),
        _record("duplicate_pair", "record_id"),
        _record("duplicate_pair", "other_id"),
        _person("duplicate_pair", "dismissed_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pair")),
        sa.UniqueConstraint("record_id", "other_id", name=op.f("uq_duplicate_pair_record_id_other_id")),
    )
    op.create_index("ix_duplicate_pair_page", "duplicate_pair", ["object_type", "strength", "id"])
    op.create_index(op.f("ix_duplicate_pair_other_id"), "duplicate_pair", ["other_id"])
    op.create_table(
        "duplicate_search",
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("started_at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("finished_at", crm.db.UtcDateTime(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("object_type", name=op.f("pk_duplicate_search")),
    )


def downgrade() -> None:
    op.drop_table("duplicate_search")
    op.drop_table("duplicate_pair")
    op.drop_table("record_merge")
