"""What hangs on a record and moves with a merge: one file for each kind (SPEC 4.6).

The two records keep their rows, which nobody sees while they are put away; the merged record gets copies. So taking a
merge apart means to forget the copies, and both are exactly what they were. What came to the merged record since then
goes to the primary one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.merging.planning import MergePlan
from crm.objects.schema import ObjectType
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.registry import Registry

WHY = "a merge moves what is hidden from the person too"


@dataclass(frozen=True)
class Merging:
    """A merge being carried out: `merged_id` is the new record; `marks` are filled for what is kept of it."""

    actor: Viewer
    plan: MergePlan
    merged_id: int
    moment: datetime
    marks: dict[str, int] = field(default_factory=dict)

    @property
    def kind(self) -> ObjectType:
        """The object type of the records."""
        return self.plan.kind

    @property
    def sources(self) -> tuple[int, int]:
        """The two records, the primary one first."""
        return self.plan.primary.id, self.plan.secondary.id


@dataclass(frozen=True)
class Parting:
    """A merge being taken apart; the marks are as in RecordMerge."""

    actor: Viewer
    kind: ObjectType
    merged_id: int
    primary_id: int
    secondary_id: int
    moment: datetime
    merged_at: datetime
    history_mark: int
    attachment_mark: int

    @property
    def sources(self) -> tuple[int, int]:
        """The two records, the primary one first."""
        return self.primary_id, self.secondary_id


@dataclass(frozen=True)
class MergePart:
    """One kind of rows that hang on a record, in `tables`.

    `unite` gives the merged record its copies, in order of `position`. `part` takes them away again, before the two
    records come back, and hands what is newer to the primary one.
    """

    name: str
    tables: tuple[str, ...]
    unite: Callable[[Merging], None]
    part: Callable[[Parting], None]
    position: int = 100


merge_parts: Registry[MergePart] = Registry("merge part")


def copy_rows(
    table: sa.Table,
    replaced: dict[str, Any],
    condition: sa.ColumnElement[bool],
    order: tuple[sa.Column[Any], ...] = (),
) -> None:
    """Insert copies of the rows that meet `condition`, with the values or columns in `replaced`; numbers are new."""
    generated = {"id"} if "id" in table.c else set()
    names = [column.name for column in table.c if column.name not in generated]
    values = [_value(replaced[name], table.c[name]) if name in replaced else table.c[name] for name in names]
    found = sa.select(*values).where(condition).order_by(*order)
    db.session.execute(sa.insert(table).from_select(names, unguarded(found, WHY)))


def _value(value: Any, column: sa.Column[Any]) -> sa.Label[Any]:
    known = value if isinstance(value, sa.ColumnElement) else sa.literal(value, column.type)
    return known.label(column.name)


def largest_id(table: sa.Table, condition: sa.ColumnElement[bool]) -> int:
    """The number of the newest of the rows that meet `condition`, 0 when there is none."""
    return db.session.scalar(unguarded(sa.select(sa.func.max(table.c.id)).where(condition), WHY)) or 0
