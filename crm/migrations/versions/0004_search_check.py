"""search check: how the last comparison of the search index with the database went"""

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_check",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("moment", crm.db.UtcDateTime(), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("differing", sa.Integer(), nullable=False),
        sa.Column("rebuild_at", crm.db.UtcDateTime(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_search_check_only_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_check")),
    )


def downgrade() -> None:
    op.drop_table("search_check")
