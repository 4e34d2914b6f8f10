"""tables that people take away"""

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "table_export",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("begun_at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("ended_at", crm.db.UtcDateTime(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("position", BIG_ID, nullable=False),
        sa.Column("written", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_table_export_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_table_export")),
    )
    op.create_index("ix_table_export_actor", "table_export", ["actor_id", "id"])
    op.create_index("ix_table_export_begun", "table_export", ["begun_at"])


def downgrade() -> None:
    op.drop_table("table_export")
