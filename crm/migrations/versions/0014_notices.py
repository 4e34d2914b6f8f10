"""notices: who follows a record, what people are told, who was mentioned where"""

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

RECORD_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "record_follower",
        sa.Column("record_id", RECORD_ID, autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("is_following", sa.Boolean(), nullable=False),
        sa.Column("since", crm.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_follower_record_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_record_follower_user_id")),
        sa.PrimaryKeyConstraint("record_id", "user_id", name=op.f("pk_record_follower")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notification",
        sa.Column("id", RECORD_ID, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=True),
        sa.Column("activity_id", RECORD_ID, nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("created_at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("read_at", crm.db.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_notification_user_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_notification_actor_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_notification_record_id")),
        sa.ForeignKeyConstraint(["activity_id"], ["record.id"], name=op.f("fk_notification_activity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
    )
    op.create_index("ix_notification_user", "notification", ["user_id", "id"])
    op.create_index(
        "ix_notification_unread",
        "notification",
        ["user_id", "id"],
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index("ix_notification_created", "notification", ["created_at"])
    op.create_index("ix_notification_record", "notification", ["record_id"])
    op.create_index("ix_notification_activity", "notification", ["activity_id"])
    op.create_table(
        "mention",
        sa.Column("activity_id", RECORD_ID, autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("moment", crm.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["record.id"], name=op.f("fk_mention_activity_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_mention_user_id")),
        sa.PrimaryKeyConstraint("activity_id", "user_id", name=op.f("pk_mention")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "muted_topic",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_muted_topic_user_id")),
        sa.PrimaryKeyConstraint("user_id", "topic", name=op.f("pk_muted_topic")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for name in ("muted_topic", "mention", "notification", "record_follower"):
        op.drop_table(name)
