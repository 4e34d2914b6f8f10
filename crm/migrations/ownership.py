"""Which tables Alembic looks after."""

from typing import Any

import sqlalchemy as sa

from crm.db import ON_POSTGRESQL, Base

# Made at run time by objects/storage.py, one per object type.
RUN_TIME_PREFIX = "object_"
STATIC_DESPITE_PREFIX = frozenset({"object_type"})


def expected(dialect: sa.Dialect) -> list[sa.MetaData]:
    """What the models say that a database of this program holds."""
    return [Base.metadata, ON_POSTGRESQL] if dialect.name == "postgresql" else [Base.metadata]


def is_ours(_thing: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
    """Whether Alembic looks after this table, and after what belongs to it."""
    return is_ours_by_name(name, kind, {})


def is_ours_by_name(name: str | None, kind: str, _parents: Any) -> bool:
    """The same before anything is read of it: what is made at run time has indexes that Alembic cannot read."""
    if kind != "table" or name is None:
        return True
    return name in STATIC_DESPITE_PREFIX or not name.startswith(RUN_TIME_PREFIX)
