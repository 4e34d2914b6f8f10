"""activity files: links of activities say whether there may be files, so that those on a record are found at once"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("activity_link", sa.Column("has_files", sa.Boolean(), server_default=sa.false(), nullable=False))
    attached = sa.table("attachment", sa.column("record_id"))
    link = sa.table("activity_link", sa.column("activity_id"), sa.column("has_files"))
    with_files = link.c.activity_id.in_(sa.select(attached.c.record_id))
    op.execute(sa.update(link).where(with_files).values(has_files=sa.true()))
    op.create_index(
        "ix_activity_link_files",
        "activity_link",
        ["record_id"],
        sqlite_where=sa.text("has_files = 1"),
        postgresql_where=sa.text("has_files"),
    )


def downgrade() -> None:
    op.drop_index("ix_activity_link_files", table_name="activity_link")
    op.drop_column("activity_link", "has_files")
