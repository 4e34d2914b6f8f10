"""activity lists: when activities happened, of everybody and of each person, is indexed"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

HAPPENED = sa.text("coalesce(activity_date, created_at)")
TYPES = ("note", "call", "email", "task", "meeting", "communication", "postal_mail")
# A new database has none of the tables yet: they are made with their indexes when the objects are.


def upgrade() -> None:
    for name in _tables():
        op.create_index(f"ix_{name}_happened", name, [HAPPENED, "record_id"])
        op.create_index(f"ix_{name}_owner_happened", name, ["owner_id", HAPPENED, "record_id"])


def downgrade() -> None:
    for name in _tables():
        op.drop_index(f"ix_{name}_owner_happened", name)
        op.drop_index(f"ix_{name}_happened", name)


def _tables() -> list[str]:
    there = set(sa.inspect(op.get_bind()).get_table_names())
    return [name for name in (f"object_{one}" for one in TYPES) if name in there]
