"""Columns of a table of records: what an address may name, and where the values come from, one file each (SPEC 5.1)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from crm.messages import Message
from crm.objects.schema import ObjectType, Property
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.ordering import IndexOrder
from crm.records.queries import RecordRow
from crm.records.shown import Shown
from crm.records.tables import NUMERIC, Column, SortUrl, column_of
from crm.records.values import type_of
from crm.registry import Registry

MOST_COLUMNS = 50
OWN = "own"
NEEDS_ROOM = frozenset({"rich_text", "file"})
"""Types whose controls are too large for a cell."""
Cells = Mapping[int, Sequence[Shown]]
"""What some columns show, in their order, by the id of the row."""


@dataclass(frozen=True)
class TableColumn:
    """One column: its name in addresses, what stands in its head, and the property whose values it shows.

    `kind` is the name of the kind of column. `prop` is None for a column of names. `offered` is what it is called
    among the others of its group.
    """

    name: str
    kind: str
    label: str | Message
    prop: Property | None
    offered: str | Message

    @property
    def is_own(self) -> bool:
        """Whether it shows a property of the records of the table themselves."""
        return self.kind == OWN


@dataclass(frozen=True)
class ColumnGroup:
    """Columns that are offered under one heading."""

    label: str | Message
    columns: Sequence[TableColumn]


@dataclass(frozen=True)
class ColumnKind:
    """One kind of column of the tables of an object.

    `find(viewer, object_type, name)` is the column called so, None where there is none for this person.
    `offered(viewer, object_type, translate)` are the columns people may choose, in groups.
    `cells(viewer, object_type, columns, rows, context)` are the values of some of its columns in these rows, through
    the gate; of `reads` the rows themselves have to bring along the properties, by name.
    """

    name: str
    find: Callable[[Viewer, ObjectType, str], TableColumn | None]
    offered: Callable[[Viewer, ObjectType, Callable[[str], str]], Sequence[ColumnGroup]]
    cells: Callable[[Viewer, ObjectType, Sequence[TableColumn], Sequence[RecordRow], Context], Cells]
    reads: Callable[[TableColumn], Sequence[str]] = lambda column: ()
    position: int = 100


column_kinds: Registry[ColumnKind] = Registry("kind of column")


def columns_named(viewer: Viewer, object_type: ObjectType, names: Iterable[str]) -> list[TableColumn]:
    """The columns called so that there are for this person, each once; no more than a table has."""
    found = (column_named(viewer, object_type, name) for name in dict.fromkeys(names))
    return [column for column in found if column is not None][:MOST_COLUMNS]


def column_named(viewer: Viewer, object_type: ObjectType, name: str) -> TableColumn | None:
    """The column called so, None where there is none for this person: its property is gone, or its object hidden."""
    found = (kind.find(viewer, object_type, name) for kind in column_kinds)
    return next((column for column in found if column is not None), None)


def offered_columns(viewer: Viewer, object_type: ObjectType, translate: Callable[[str], str]) -> list[ColumnGroup]:
    """All columns people may choose, in groups as they are read; groups without any are left out."""
    return [group for kind in column_kinds for group in kind.offered(viewer, object_type, translate) if group.columns]


def head_of(
    viewer: Viewer, object_type: ObjectType, column: TableColumn, order: IndexOrder | None, sort_url: SortUrl
) -> Column:
    """What stands above a column: only an own property sorts the table, and can be written where it stands."""
    prop = column.prop
    if not column.is_own or prop is None:
        numeric = prop is not None and type_of(prop).name in NUMERIC
        return Column(column.name, column.label, None, None, numeric)
    is_open = not object_type.is_activity and prop.type not in NEEDS_ROOM and prop.is_open_to(viewer)
    return replace(column_of(object_type, prop.name, order, sort_url), editable=is_open)


def names_read(columns: Iterable[TableColumn]) -> list[str]:
    """The properties of the rows themselves that these columns need."""
    reads = {kind.name: kind.reads for kind in column_kinds}
    return [name for column in columns for name in reads[column.kind](column)]


def cells_of(
    viewer: Viewer,
    object_type: ObjectType,
    columns: Sequence[TableColumn],
    rows: Sequence[RecordRow],
    context: Context,
) -> list[Sequence[Shown]]:
    """What the columns show in each of the rows, in order; at most one query for each object they are of besides."""
    parts: dict[str, list[int]] = {}
    for place, column in enumerate(columns):
        parts.setdefault(column.kind, []).append(place)
    found: list[tuple[list[int], Cells]] = []
    for kind in column_kinds:
        if kind.name in parts:
            some = [columns[place] for place in parts[kind.name]]
            found.append((parts[kind.name], kind.cells(viewer, object_type, some, rows, context)))
    if len(found) == 1:
        return [found[0][1][row.id] for row in rows]
    placed: list[Sequence[Shown]] = []
    for row in rows:
        cells = {place: cell for places, part in found for place, cell in zip(places, part[row.id], strict=True)}
        placed.append([cells[place] for place in range(len(columns))])
    return placed
