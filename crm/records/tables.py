"""A table of records of one object: its columns with the links that sort by them, and its rows (SPEC 1.6, 5.1)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from crm.messages import N_, Message
from crm.objects.schema import ObjectType
from crm.properties.types.base import Context
from crm.records.ordering import MOMENT, IndexOrder
from crm.records.queries import RecordRow
from crm.records.shown import Shown, show_all
from crm.records.values import type_of

ASCENDING, DESCENDING = "asc", "desc"
NAME = N_("Name")
NUMERIC = frozenset({"number", "currency"})
CREATED = "createdate"
LONGEST_SEARCH = 200
SortUrl = Callable[[str, str], str]
"""The address of the table sorted by a property, in a direction."""


class Arguments(Protocol):
    """The query string, read by key."""

    def get(self, key: str, default: str) -> str:
        """The first value given for `key`, `default` without one."""
        ...

    def getlist(self, key: str) -> list[str]:
        """All values given for `key`, in order."""
        ...


class NoArguments:
    """The query string of an address that has none."""

    def get(self, key: str, default: str) -> str:
        """The default."""
        return default

    def getlist(self, key: str) -> list[str]:
        """None."""
        return []


NO_ARGUMENTS = NoArguments()


@dataclass(frozen=True)
class TableState:
    """What the address of a table says: words to find, the order, and after which key the page begins."""

    q: str
    sort: str
    direction: str
    key: str | None

    @classmethod
    def read(cls, kind: ObjectType, arguments: Arguments, columns: Sequence[str]) -> "TableState":
        """The state in `?q= &sort= &direction= &page-key=`; without an order the newest come first."""
        default = MOMENT if kind.is_activity else CREATED if CREATED in kind.properties else columns[0]
        sort = arguments.get("sort", "")
        way = arguments.get("direction", ASCENDING if sort else DESCENDING)
        return cls(
            q=" ".join(arguments.get("q", "").replace("\x00", "").split())[:LONGEST_SEARCH],
            sort=sort or default,
            direction=DESCENDING if way == DESCENDING else ASCENDING,
            key=arguments.get("page-key", "") or None,
        )

    @property
    def order(self) -> IndexOrder:
        """What the table is sorted by."""
        return IndexOrder(self.sort, self.direction == DESCENDING)

    def arguments(self, **more: Any) -> list[tuple[str, Any]]:
        """The first page of the table as arguments of its address, with `more` over them; empty ones left out."""
        state = {"q": self.q, "sort": self.sort, "direction": self.direction} | more
        return [(name, value) for name, value in state.items() if value not in ("", None)]


@dataclass(frozen=True)
class Column:
    """A column of the table with the link that sorts by it; `sorted` is the direction in which it is, if it is.

    One that is `editable` has values that the reader may write where they stand, on records they may edit.
    """

    name: str
    label: str | Message
    sort_url: str | None
    sorted: str | None
    numeric: bool
    editable: bool = False


@dataclass(frozen=True)
class Row:
    """One record of the table; the first cell is its name. `may_edit` says whether the reader may edit the record."""

    record_id: int
    display_name: str
    cells: Sequence[Shown]
    may_edit: bool = field(default=False, kw_only=True)

    @property
    def url(self) -> str:
        """The record's page."""
        return f"/records/{self.record_id}"

    @property
    def preview_url(self) -> str:
        """The record's preview."""
        return f"/records/{self.record_id}/preview"


def columns_of(kind: ObjectType, names: Sequence[str], order: IndexOrder | None, sort_url: SortUrl) -> list[Column]:
    """The columns of a table that shows the properties `names`, the name of the record first.

    That one is sorted by the first property it is made of. `order` is None for a table in an order of its own.
    """
    return [first_column(kind, order, sort_url), *(column_of(kind, name, order, sort_url) for name in names)]


def first_column(kind: ObjectType, order: IndexOrder | None, sort_url: SortUrl) -> Column:
    """The column of the names of the records."""
    return replace(column_of(kind, kind.layout.primary_display[0], order, sort_url), label=NAME, numeric=False)


def column_of(kind: ObjectType, name: str, order: IndexOrder | None, sort_url: SortUrl) -> Column:
    """The column of one property."""
    prop = kind.property(name)
    direction = None
    if order is not None and order.property_name == name:
        direction = DESCENDING if order.descending else ASCENDING
    other_way = DESCENDING if direction == ASCENDING else ASCENDING
    return Column(
        name=name,
        label=prop.label,
        sort_url=sort_url(name, other_way) if type_of(prop).is_sortable else None,
        sorted=direction,
        numeric=type_of(prop).name in NUMERIC,
    )


def rows_of(kind: ObjectType, names: Sequence[str], records: Sequence[RecordRow], context: Context) -> list[Row]:
    """The rows of a table that shows the properties `names` of these records."""
    return [row_of(record, show_all(kind, names, record.values, context)) for record in records]


def row_of(record: RecordRow, cells: Sequence[Shown], may_edit: bool = False) -> Row:
    """The row of a record with these cells after its name."""
    return Row(record.id, record.title, [Shown("name", NAME, record.title), *cells], may_edit=may_edit)
