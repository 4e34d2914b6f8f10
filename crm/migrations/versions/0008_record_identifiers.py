"""identifiers: e-mail addresses and domains of live records, primary and additional, so that no two have the same"""

import re
from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

RECORD_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT_ONCE = 500
HELD = (
    ("contact", "email", "hs_additional_emails"),
    ("company", "domain", "hs_additional_domains"),
)
TYPES = (
    ("contact", "hs_additional_emails", "emails"),
    ("company", "domain", "domain"),
    ("company", "hs_additional_domains", "domains"),
)
IDENTIFIER = sa.table(
    "record_identifier", sa.column("object_type"), sa.column("value"), sa.column("place"), sa.column("record_id")
)


def upgrade() -> None:
    op.create_table(
        "record_identifier",
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_identifier_record_id")),
        sa.PrimaryKeyConstraint("object_type", "value", "place", name=op.f("pk_record_identifier")),
    )
    op.create_index(op.f("ix_record_identifier_record_id"), "record_identifier", ["record_id"])
    properties = sa.table("property", sa.column("object_type"), sa.column("name"), sa.column("type"))
    for object_type, name, kind in TYPES:
        same = (properties.c.object_type == object_type) & (properties.c.name == name)
        op.execute(sa.update(properties).where(same).values(type=kind))
    existing = set(sa.inspect(op.get_bind()).get_table_names())
    for object_type, primary, additional in HELD:
        if f"object_{object_type}" in existing:
            _take(object_type, primary, is_list=False)
            _take(object_type, additional, is_list=True)


def downgrade() -> None:
    properties = sa.table("property", sa.column("object_type"), sa.column("name"), sa.column("type"))
    for object_type, name, _kind in TYPES:
        same = (properties.c.object_type == object_type) & (properties.c.name == name)
        op.execute(sa.update(properties).where(same).values(type="text"))
    op.drop_table("record_identifier")


def _take(object_type: str, column: str, is_list: bool) -> None:
    """Write what one column holds; a value that is held already gets the next place, so that nothing is refused."""
    bind = op.get_bind()
    for rows in _pages(object_type, column):
        claims = [
            (value, record_id)
            for record_id, text in rows
            for value in _values(object_type, re.split(r"[;,\s]+", text) if is_list else [text])
        ]
        values = sorted({value for value, _ in claims})
        held = sa.select(IDENTIFIER.c.value, IDENTIFIER.c.record_id).where(
            IDENTIFIER.c.object_type == object_type, IDENTIFIER.c.value.in_(values)
        )
        known = set(bind.execute(held).tuples()) if values else set()
        places = Counter(value for value, _ in known)
        new = []
        for value, record_id in claims:
            if (value, record_id) not in known:
                new.append({"object_type": object_type, "value": value, "place": places[value], "record_id": record_id})
                places[value] += 1
        if new:
            bind.execute(sa.insert(IDENTIFIER), new)


def _pages(object_type: str, column: str) -> Iterator[list[tuple[int, str]]]:
    names = (sa.column(name) for name in ("record_id", "archived_at", column))
    table = sa.table(f"object_{object_type}", *names)
    last = 0
    while True:
        held = (
            sa.select(table.c.record_id, table.c[column])
            .where(table.c.record_id > last, table.c.archived_at.is_(None), table.c[column] > "")
            .order_by(table.c.record_id)
            .limit(AT_ONCE)
        )
        rows = list(op.get_bind().execute(held).tuples())
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _values(object_type: str, texts: list[str]) -> list[str]:
    found = (_normal(object_type, text) for text in texts)
    return list(dict.fromkeys(value for value in found if value))


def _normal(object_type: str, text: str) -> str:
    bare = text.strip().lower()
    if object_type == "company":
        bare = re.sub(r"^[a-z]+://", "", bare.rpartition("@")[2])
        bare = re.split(r"[/?#:]", bare, maxsplit=1)[0].strip(".")
        while bare.startswith("www.") and "." in bare[4:]:
            bare = bare[4:]
    return bare
