"""people of activities: which of the linked contacts were spoken to or come to the meeting"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    takes_part = sa.Column("takes_part", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("activity_link", takes_part)


def downgrade() -> None:
    op.drop_column("activity_link", "takes_part")
