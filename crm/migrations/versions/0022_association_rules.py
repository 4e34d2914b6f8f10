"""association rules: which records a new activity is put on, where that differs from the defaults"""

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "association_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_object", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target_object", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", crm.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_association_rule_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_association_rule")),
        sa.UniqueConstraint(
            "source_object",
            "kind",
            "target_object",
            "label",
            name=op.f("uq_association_rule_source_object_kind_target_object_label"),
        ),
    )


def downgrade() -> None:
    op.drop_table("association_rule")
