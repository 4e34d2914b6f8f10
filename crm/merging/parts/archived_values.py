"""Values of archived properties: nobody sees them, and restoring the property brings them back (SPEC 2.4)."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from crm.db import db
from crm.merging.parts import WHY, MergePart, Merging, Parting, largest_id, merge_parts
from crm.merging.parts.property_history import HISTORY, MARK
from crm.permissions.scopes import unguarded
from crm.properties.models import PropertyRow
from crm.records.source import SourceKind


def _unite(merging: Merging) -> None:
    """The primary record's, the other's where that has none; and the history ends there."""
    columns = _archived(merging.kind.name)
    if not columns:
        return
    table = sa.table(merging.kind.table.name, sa.column("record_id"), *map(sa.column, columns.values()))
    values = {
        column: sa.func.coalesce(*(_of(table, column, one) for one in merging.sources)) for column in columns.values()
    }
    db.session.execute(sa.update(table).where(table.c.record_id == merging.merged_id).values(values))
    _tell(merging, list(columns))


def _of(table: sa.TableClause, column: str, record_id: int) -> sa.ScalarSelect[object]:
    source = table.alias()
    return unguarded(sa.select(source.c[column]).where(source.c.record_id == record_id), WHY).scalar_subquery()


def _archived(object_type: str) -> dict[str, str]:
    """The columns of archived properties that are there still, by property name."""
    row = PropertyRow
    found = sa.select(row.name, row.column_name).where(
        row.object_type == object_type, row.archived_at.is_not(None), row.removed_at.is_(None)
    )
    return dict(db.session.execute(found).tuples().all())


def _tell(merging: Merging, names: Sequence[str]) -> None:
    first, second = merging.sources
    ends, mine, theirs = (_ends(one, names) for one in (merging.merged_id, first, second))
    rows = []
    for name, end in ends.items():
        kept = mine.get(name) or theirs.get(name)
        if kept != end:
            rows.append(
                {
                    "record_id": merging.merged_id,
                    "property_name": name,
                    "version": merging.plan.version,
                    "old": end,
                    "new": kept,
                    "source": str(SourceKind.MERGE),
                    "source_detail": f"{first};{second}",
                    "actor_id": merging.actor.user_id,
                    "moment": merging.moment,
                }
            )
    if rows:
        db.session.execute(sa.insert(HISTORY), rows)
        merging.marks[MARK] = largest_id(HISTORY, HISTORY.c.record_id == merging.merged_id)


def _ends(record_id: int, names: Sequence[str]) -> Mapping[str, str | None]:
    """What the history of a record says last of each of these properties."""
    told = sa.select(HISTORY.c.property_name, HISTORY.c.new).where(
        HISTORY.c.record_id == record_id, HISTORY.c.property_name.in_(names)
    )
    return dict(db.session.execute(unguarded(told.order_by(HISTORY.c.id), WHY)).tuples().all())


def _part(_parting: Parting) -> None:
    """Both records have theirs."""


merge_parts.register(MergePart("archived_values", (), _unite, _part, position=55))
