"""record layouts: what record pages show, for everybody, for teams, and for one person"""

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_layout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user_account.id"], name=op.f("fk_record_layout_changed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_layout")),
        sa.UniqueConstraint("object_type", "name", name=op.f("uq_record_layout_object_type_name")),
    )
    op.create_index(
        "ix_record_layout_default",
        "record_layout",
        ["object_type"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "record_layout_team",
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("layout_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["layout_id"], ["record_layout.id"], name=op.f("fk_record_layout_team_layout_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_record_layout_team_team_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("object_type", "team_id", name=op.f("pk_record_layout_team")),
    )
    op.create_index(op.f("ix_record_layout_team_layout_id"), "record_layout_team", ["layout_id"])
    op.create_table(
        "personal_layout",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_personal_layout_user_id")),
        sa.PrimaryKeyConstraint("user_id", "object_type", name=op.f("pk_personal_layout")),
    )


def downgrade() -> None:
    op.drop_table("personal_layout")
    op.drop_table("record_layout_team")
    op.drop_table("record_layout")
