"""timelines: entries that tell of another record, filters saved under a name, deletions of activities"""

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

RECORD_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    to_record = sa.ForeignKey("record.id", name=op.f("fk_timeline_entry_other_id"))
    op.add_column("timeline_entry", sa.Column("other_id", RECORD_ID, to_record, nullable=True), inline_references=True)
    told = sa.text("other_id IS NOT NULL")
    op.create_index(
        "ix_timeline_entry_other", "timeline_entry", ["other_id"], sqlite_where=told, postgresql_where=told
    )
    # Until now an import was told as a creation that names its source.
    op.execute(
        "UPDATE timeline_entry SET kind = 'imported' WHERE kind = 'created' AND data LIKE '%\"source\": \"import\"%'"
    )
    op.create_table(
        "timeline_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("deleted_at", crm.db.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_timeline_filter_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_filter")),
    )
    op.create_index("ix_timeline_filter_object", "timeline_filter", ["object_type", "user_id"])
    op.create_table(
        "activity_deletion",
        sa.Column("id", RECORD_ID, nullable=False),
        sa.Column("activity_id", RECORD_ID, nullable=False),
        sa.Column("is_restored", sa.Boolean(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("moment", crm.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["record.id"], name=op.f("fk_activity_deletion_activity_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_activity_deletion_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_deletion")),
    )
    op.create_index("ix_activity_deletion_activity", "activity_deletion", ["activity_id", "moment"])


def downgrade() -> None:
    op.drop_table("activity_deletion")
    op.drop_table("timeline_filter")
    op.execute("UPDATE timeline_entry SET kind = 'created' WHERE kind = 'imported'")
    op.drop_index("ix_timeline_entry_other", "timeline_entry")
    op.drop_column("timeline_entry", "other_id")
