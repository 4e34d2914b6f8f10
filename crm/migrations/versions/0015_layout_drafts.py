"""layout drafts: what people are making of the layouts of record pages"""

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_layout_draft",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("layout_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=True),
        sa.Column("based_on", sa.Text(), nullable=False),
        sa.Column("changed_at", crm.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_record_layout_draft_user_id")),
        sa.PrimaryKeyConstraint("user_id", "object_type", "layout_id", name=op.f("pk_record_layout_draft")),
    )


def downgrade() -> None:
    op.drop_table("record_layout_draft")
