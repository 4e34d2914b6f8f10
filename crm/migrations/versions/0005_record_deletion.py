"""deletions: who deleted a record and when, what can be restored and what cannot"""

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RECORD_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "record_deletion",
        sa.Column("record_id", RECORD_ID, autoincrement=False, nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("moment", crm.db.UtcDateTime(), nullable=False),
        sa.Column("is_permanent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_record_deletion_actor_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_deletion_record_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_record_deletion")),
    )
    op.create_index(op.f("ix_record_deletion_moment"), "record_deletion", ["moment"])
    op.execute(
        "INSERT INTO record_deletion (record_id, moment, is_permanent) "
        "SELECT record.id, record.archived_at, false FROM record "
        "JOIN object_type ON object_type.name = record.object_type "
        "WHERE record.archived_at IS NOT NULL AND record.merged_into_id IS NULL AND NOT object_type.is_activity"
    )


def downgrade() -> None:
    op.drop_table("record_deletion")
