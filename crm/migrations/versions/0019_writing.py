"""writing: drafts of activities, templates of text and who uses them"""

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

RECORD_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "activity_draft",
        sa.Column("id", RECORD_ID, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("writer", sa.Text(), nullable=False),
        sa.Column("changed_at", crm.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_activity_draft_user_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_activity_draft_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_draft")),
        sa.UniqueConstraint("user_id", "record_id", "kind", name=op.f("uq_activity_draft_user_id_record_id_kind")),
    )
    op.create_index("ix_activity_draft_record", "activity_draft", ["record_id"])
    op.create_index("ix_activity_draft_changed", "activity_draft", ["changed_at"])
    op.create_table(
        "text_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("changed_at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", crm.db.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_text_template_user_id")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user_account.id"], name=op.f("fk_text_template_changed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_template")),
    )
    op.create_index("ix_text_template_name", "text_template", ["folded_name", "id"])
    op.create_table(
        "text_template_use",
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("last_used_at", crm.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"], ["text_template.id"], name=op.f("fk_text_template_use_template_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_text_template_use_user_id")),
        sa.PrimaryKeyConstraint("template_id", "user_id", name=op.f("pk_text_template_use")),
    )


def downgrade() -> None:
    op.drop_table("text_template_use")
    op.drop_table("text_template")
    op.drop_table("activity_draft")
