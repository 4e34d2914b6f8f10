"""property settings: what people say of properties and options, and who may write the values of a property"""

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("property", sa.Column("removed_at", crm.db.UtcDateTime(), nullable=True))
    op.add_column("property", sa.Column("description", sa.Text(), server_default="", nullable=False))
    op.add_column("property", sa.Column("default_value", sa.Text(), nullable=True))
    op.add_column("property", sa.Column("in_forms", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("property", sa.Column("is_sensitive", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("property", sa.Column("edit_access", sa.Text(), server_default="everyone", nullable=False))
    op.add_column("property", sa.Column("edited", sa.Text(), server_default="[]", nullable=False))
    op.add_column("property", sa.Column("created_at", crm.db.UtcDateTime(), nullable=True))
    op.add_column(
        "property",
        sa.Column(
            "created_by_id",
            sa.Integer(),
            sa.ForeignKey("user_account.id", name=op.f("fk_property_created_by_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    op.add_column("property_option", sa.Column("description", sa.Text(), server_default="", nullable=False))
    op.add_column("property_option", sa.Column("in_forms", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("property_option", sa.Column("moves_to", sa.Text(), nullable=True))
    op.create_table(
        "property_editor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("property_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_property_editor_property_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_property_editor_team_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_property_editor_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_property_editor")),
    )
    op.create_index(op.f("ix_property_editor_property_id"), "property_editor", ["property_id"])


def downgrade() -> None:
    op.drop_table("property_editor")
    for name in ("moves_to", "in_forms", "description"):
        op.drop_column("property_option", name)
    op.drop_column("property", "created_by_id")
    for name in ("created_at", "edited", "edit_access", "is_sensitive", "in_forms", "default_value"):
        op.drop_column("property", name)
    for name in ("description", "removed_at"):
        op.drop_column("property", name)
