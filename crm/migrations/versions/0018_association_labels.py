"""association labels: how many links of a type a record may have, and labels that were deleted"""

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("association_type", sa.Column("most", sa.Integer(), nullable=True))
    op.add_column("association_type", sa.Column("archived_at", crm.db.UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("association_type", "archived_at")
    op.drop_column("association_type", "most")
