"""custom objects: what people say of an object type, which syncing leaves alone"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("object_type", sa.Column("description", sa.Text(), server_default="", nullable=False))
    own = sa.Column("has_own_labels", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("object_type", own)
    op.add_column("object_type", sa.Column("activities", sa.Text(), nullable=True))
    op.add_column("object_type", sa.Column("layout_changes", sa.Text(), server_default="{}", nullable=False))


def downgrade() -> None:
    for name in ("layout_changes", "activities", "has_own_labels", "description"):
        op.drop_column("object_type", name)
