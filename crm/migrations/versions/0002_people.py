"""people: account rights, second factor, when somebody was last seen, and the audit log"""

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

REFUSAL = "the audit log is append-only"


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("moment", crm.db.UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("about_kind", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("about_name", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_about", "audit_entry", ["about_kind", "about_id", "id"], unique=False)
    op.create_index("ix_audit_entry_action_id", "audit_entry", ["action", "id"], unique=False)
    op.create_index("ix_audit_entry_actor_id_id", "audit_entry", ["actor_id", "id"], unique=False)
    op.create_index(op.f("ix_audit_entry_moment"), "audit_entry", ["moment"], unique=False)
    op.create_table(
        "permission_right",
        sa.Column("permission_set_id", sa.Integer(), nullable=False),
        sa.Column("account_right", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["permission_set_id"], ["permission_set.id"], name=op.f("fk_permission_right_permission_set_id")
        ),
        sa.PrimaryKeyConstraint("permission_set_id", "account_right", name=op.f("pk_permission_right")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"], unique=False)
    op.add_column("user_account", sa.Column("joined_at", crm.db.UtcDateTime(), nullable=True))
    op.add_column("user_account", sa.Column("last_seen_at", crm.db.UtcDateTime(), nullable=True))
    op.add_column("user_account", sa.Column("totp_secret", sa.Text(), nullable=True))
    op.add_column("user_account", sa.Column("totp_pending", sa.Text(), nullable=True))
    op.add_column("user_account", sa.Column("totp_step", sa.Integer(), nullable=True))
    op.add_column("user_session", sa.Column("last_seen_at", crm.db.UtcDateTime(), nullable=True))
    op.add_column(
        "user_session",
        sa.Column(
            "viewing_as_id",
            sa.Integer(),
            sa.ForeignKey("user_account.id", name=op.f("fk_user_session_viewing_as_id")),
            nullable=True,
        ),
        inline_references=True,
    )
    # Whoever is here has come in; invitations did not exist before.
    op.execute("UPDATE user_account SET joined_at = created_at")
    if op.get_bind().dialect.name == "postgresql":
        _close_on_postgresql()
    else:
        _close_on_sqlite()


def _close_on_sqlite() -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_entry_no_{verb.lower()} BEFORE {verb} ON audit_entry "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def _close_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_closed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )
