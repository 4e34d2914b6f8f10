"""lists: who is on them, how many that were, and what is to be looked at"""

import secrets

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "record_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("built_to", BIG_ID, nullable=False),
        sa.Column("built_at", crm.db.UtcDateTime(), nullable=True),
        sa.Column("eyes", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("members_changed_at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("created_at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("changed_at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("deleted_at", crm.db.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_record_list_user_id")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user_account.id"], name=op.f("fk_record_list_changed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_list")),
    )
    op.create_index("ix_record_list_name", "record_list", ["folded_name", "id"])
    op.create_index("ix_record_list_state", "record_list", ["state", "id"])
    op.create_table(
        "list_member",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("record_id", BIG_ID, nullable=False),
        sa.Column("since", crm.db.UtcDateTime(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["list_id"], ["record_list.id"], name=op.f("fk_list_member_list_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_list_member_record_id")),
        sa.PrimaryKeyConstraint("list_id", "record_id", name=op.f("pk_list_member")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_list_member_record", "list_member", ["record_id", "list_id"])
    op.create_table(
        "list_size",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["record_list.id"], name=op.f("fk_list_size_list_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("list_id", "day", name=op.f("pk_list_size")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "list_pending",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("record_id", BIG_ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_pending")),
    )
    # From the start, so that no transaction has to ask whether there is any list.
    stamp = sa.table("stamp", sa.column("name", sa.Text()), sa.column("token", sa.Text()))
    op.execute(sa.insert(stamp).values(name="lists", token=secrets.token_hex(8)))


def downgrade() -> None:
    op.execute("DELETE FROM stamp WHERE name = 'lists'")
    op.drop_table("list_pending")
    op.drop_table("list_size")
    op.drop_table("list_member")
    op.drop_table("record_list")
