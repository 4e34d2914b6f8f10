"""Associated records, as derived values read them: of many records at once, the live ones, whoever may see them."""

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from crm.associations.models import Association
from crm.associations.queries import STAMP as TYPES
from crm.associations.queries import association_types
from crm.db import db, stamps
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.scopes import DECISION, unguarded
from crm.records.models import Record
from crm.statements import Statements, among

LINK: sa.Table = Association.__table__  # type: ignore[assignment]
RECORD: sa.Table = Record.__table__  # type: ignore[assignment]
SUBJECT = LINK.c.from_record_id
WHY = "derived values are the same for everyone"


def linked_records(kind: ObjectType, other: ObjectType, *columns: Any, type_id: int | None = None) -> sa.Select[Any]:
    """`columns` for each live record of `other` that is linked to one of the records `ids` of `kind`, SUBJECT first.

    `type_id` narrows it to one type of association; otherwise records linked in several ways stand there once.
    """
    wanted = type_id if type_id is not None else association_types().between(kind.name, other.name)
    return (
        sa.select(SUBJECT, *columns)
        .join(other.table, other.table.c.record_id == LINK.c.to_record_id)
        .where(among(SUBJECT, "ids"), LINK.c.type_id == wanted, other.table.c.archived_at.is_(None))
    )


def kept(*shape: Hashable, build: Callable[[], Any]) -> Any:
    """The statement of this shape, built once for each state of the schema and of the types of associations.

    A Select among them reads past the gate: what it answers is derived.
    """

    def ready() -> Any:
        statement = build()
        return unguarded(statement, WHY) if isinstance(statement, sa.Select) else statement

    return _statements.get((schema().token, stamps().get(TYPES), *shape), ready)


_statements = Statements()


def rows_for(statement: Any, ids: Sequence[int], **values: Any) -> Sequence[sa.Row[Any]]:
    """The rows of a statement over the records `ids`, kept or not, read past the gate."""
    if DECISION not in statement.get_execution_options():
        statement = unguarded(statement, WHY)
    return db.session.execute(statement, {"ids": list(ids), **values}).all()


def neighbour_ids(object_type: str, record_ids: Collection[int], after: int = 0, limit: int | None = None) -> list[int]:
    """The records of `object_type`, live or not, linked in any way to some records, by id, those after `after`."""
    linked = kept("neighbours", object_type, limit, build=lambda: _neighbours(object_type, limit))
    return [row[0] for row in rows_for(linked, sorted(record_ids), after=after)]


def _neighbours(object_type: str, limit: int | None) -> sa.Select[Any]:
    record = LINK.c.to_record_id
    return (
        sa.select(record)
        .join(RECORD, RECORD.c.id == record)
        .where(among(SUBJECT, "ids"), RECORD.c.object_type == object_type)
        .where(record > sa.bindparam("after", type_=record.type))
        .distinct()
        .order_by(record)
        .limit(limit)
    )


def object_types_of(record_ids: Iterable[int]) -> dict[int, str]:
    """The object type of each of these records, live or not."""
    columns = (RECORD.c.id, RECORD.c.object_type)
    found = kept("object types", build=lambda: sa.select(*columns).where(among(RECORD.c.id, "ids")))
    return {row.id: row.object_type for row in rows_for(found, sorted(set(record_ids)))}
