"""What the address of an index page asks for, and what that page reads (SPEC 5.1)."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from crm.filters.addresses import ARGUMENT
from crm.filters.tree import Eyes
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.properties.types.base import Context
from crm.records.columns import TableColumn, cells_of, columns_named, head_of, names_read
from crm.records.queries import IndexPage
from crm.records.shown import with_currency
from crm.records.tables import Arguments, Column, Row, TableState, first_column, row_of
from crm.records.views.filter_editor import PLACE
from crm.records.views.index_filters import IndexFilter, read_filter
from crm.records.views.modes import IndexMode, index_modes, modes_for
from crm.saved_views.queries import find_view, tabs_of
from crm.saved_views.standard import ALL
from crm.saved_views.state import COLUMNS, COMMA, DIRECTION, MODE, SORT, TABLE, ViewState
from crm.saved_views.view import View
from crm.selections.listing import Listing, Narrowed, narrowed
from crm.web.auth import viewer
from crm.web.context import reading_context
from crm.web.numbers import whole_number

LEFT, VIEW, SEARCH = "left", "view", "q"
"""`left` asks for the activities that are on no live record."""

NARROWING = (SEARCH, ARGUMENT, "associated", LEFT)
"""Who asks for one of these means it of all records, and not of those of the first tab."""


@dataclass(frozen=True)
class IndexQuery(TableState):
    """The state of an index page of records: what its address says, over what its view says.

    `columns_shown` are the names of the columns after the first; `options` what the mode needs besides.
    """

    object_type: ObjectType
    associated: int | None
    is_left: bool
    filter: tuple[str, ...]
    label: int | None
    view: View
    columns_shown: tuple[str, ...]
    mode: str
    options: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, object_type: ObjectType, given: MultiDict[str, str]) -> Self:
        """That of these arguments; raises NotFound for a view that the reader has not."""
        view = _view(object_type, given)
        said = _Said(_in_an_order(object_type, view.state), given)
        associated, label = said.get("associated", ""), said.get("label", "")
        mode = _mode(object_type, said)
        return cls(
            **vars(TableState.read(object_type, said, object_type.layout.index_columns)),
            object_type=object_type,
            associated=whole_number(associated) if associated else None,
            is_left=object_type.is_activity and said.get(LEFT, "") == "1",
            filter=tuple(filter(None, said.getlist(ARGUMENT))),
            label=whole_number(label) if associated and label else None,
            view=view,
            columns_shown=_columns(object_type, said.get(COLUMNS, "")),
            mode=mode.name,
            options={name: value for name in mode.options if (value := said.get(name, ""))},
        )

    @property
    def view_state(self) -> ViewState:
        """What of it a view remembers."""
        return ViewState(self.filter, self.columns_shown, self.sort, self.direction, self.mode, self.options)

    @property
    def is_changed(self) -> bool:
        """Whether the page shows something else than its view does."""
        return self.view_state != self._unchanged.view_state

    @cached_property
    def _unchanged(self) -> "IndexQuery":
        return IndexQuery.of(self.object_type, MultiDict({VIEW: self.view.key}))

    @property
    def mark(self) -> str:
        """What tells its filter from any other: its view may say another one by the time somebody acts on its rows."""
        return hashlib.sha256(repr(self.filter).encode()).hexdigest()[:16]

    def with_filter(self, texts: Sequence[str]) -> Self:
        """The first page with another filter."""
        return replace(self, filter=tuple(texts), key=None)

    def wanted(self) -> IndexFilter:
        """The filter, with what it comes to for this reader."""
        if not self.filter:
            return IndexFilter([], None, [])
        context = reading_context()
        eyes = Eyes.of(viewer(), context.time_zone)
        return read_filter(self.object_type, self.filter, eyes, context)

    @property
    def listing(self) -> Listing:
        """What it asks for besides the order and the page."""
        return Listing(self.object_type, self.q, self.associated, self.is_left, self.filter, self.label)

    def narrowed(self, wanted: IndexFilter) -> Narrowed:
        """What it leaves for this reader."""
        return narrowed(viewer(), self.listing, wanted.condition)

    @property
    def names(self) -> Sequence[str]:
        """The properties that the page reads."""
        return with_currency(self.object_type, names_read(self.table_columns))

    @cached_property
    def table_columns(self) -> list[TableColumn]:
        """The columns of the table after the first."""
        return columns_named(viewer(), self.object_type, self.columns_shown)

    def columns(self, sort_url: Callable[[str, str], str]) -> list[Column]:
        """The columns of the table."""
        kind = self.object_type
        return [first_column(kind, self.order, sort_url), *self.heads(sort_url)]

    def heads(self, sort_url: Callable[[str, str], str]) -> list[Column]:
        """The columns after those that every table of such records has."""
        return [head_of(viewer(), self.object_type, column, self.order, sort_url) for column in self.table_columns]

    def rows(self, page: IndexPage, context: Context) -> Sequence[Row]:
        """The rows of the table."""
        cells = cells_of(viewer(), self.object_type, self.table_columns, page.rows, context)
        may, name = viewer().covers, self.object_type.name
        return [
            row_of(row, some, may(name, Verb.EDIT, row.owner_id))
            for row, some in zip(page.rows, cells, strict=True)
        ]

    @property
    def look(self) -> dict[str, Any]:
        """What the page needs to know besides: the template of its rows, and what can be made here."""
        return {"rows_template": "records/index_rows.html", "kinds": ()}

    def state(self, **more: Any) -> list[tuple[str, Any]]:
        """The arguments of the address, one by one; what is as its view has it stands only in the view."""
        before, first = self.view.state, tabs_of(viewer(), self.object_type)[0].key
        own = {
            VIEW: None if self.view.key == first == ALL else self.view.key,
            "associated": self.associated,
            "label": self.label,
            LEFT: "1" if self.is_left else None,
            COLUMNS: None if self.columns_shown == self._unchanged.columns_shown else COMMA.join(self.columns_shown),
            MODE: None if self.mode == before.mode else self.mode,
            **{name: value for name, value in self.options.items() if before.options.get(name) != value},
        }
        texts = [] if self.filter == before.filter else [(ARGUMENT, text) for text in self.filter or ("",)]
        return self.arguments(**(own | more)) + texts

    def changes(self) -> list[tuple[str, Any]]:
        """The arguments that name the view and say what is different here: so that what somebody else changed of the
        view meanwhile stays where nothing was changed here.
        """
        same = (self.sort, self.direction) == (self._unchanged.sort, self._unchanged.direction)
        left_out = (SORT, DIRECTION) if same else ()
        return [(name, value) for name, value in self.state(view=self.view.key) if name not in left_out]

    def url(self, **more: Any) -> str:
        """The address of the first page, with `more` over its arguments."""
        return f"/objects/{self.object_type.plural_name}?{urlencode(self.state(**more))}"

    @property
    def list_url(self) -> str:
        """The form of a new list with this filter."""
        said = [("object", self.object_type.plural_name), *((ARGUMENT, text) for text in self.filter)]
        return f"/lists/new?{urlencode(said)}"

    def sort_url(self, name: str, way: str) -> str:
        """The address of the first page in another order."""
        return f"{self._unsorted}{urlencode({'sort': name, 'direction': way})}"

    @cached_property
    def _unsorted(self) -> str:
        url = self.url(sort=None, direction=None)
        return url if url.endswith("?") else f"{url}&"

    def url_of(self, place: str) -> str:
        """The address of something about this table, such as its totals."""
        return f"/objects/{self.object_type.plural_name}/{place}?{urlencode(self.state())}"

    def form_url(self, texts: Sequence[str], place: str | None) -> str:
        """The first page with these filters; with the form of the condition at `place` open, if any."""
        return self.with_filter(texts).url(**{PLACE: place})


def _view(kind: ObjectType, given: MultiDict[str, str]) -> View:
    if given.get(VIEW):
        return find_view(viewer(), kind, given[VIEW])
    if any(name in given for name in NARROWING):
        return find_view(viewer(), kind, ALL)
    return tabs_of(viewer(), kind)[0]


def _in_an_order(kind: ObjectType, state: ViewState) -> ViewState:
    """The state in the usual order where the property that it was sorted by is gone: the view may be a first tab."""
    return state if state.sort in kind.properties else replace(state, sort="", direction="")


class _Said:
    """What an address says, and what its view says where the address is silent."""

    def __init__(self, state: ViewState, given: MultiDict[str, str]) -> None:
        self._state, self._given = state.arguments(), given

    def get(self, name: str, default: str) -> str:
        """The first value of an argument, `default` without one."""
        return next(iter(self.getlist(name)), default)

    def getlist(self, name: str) -> list[str]:
        """All values of an argument, in order."""
        return self._given.getlist(name) if name in self._given else self._state.get(name, [])


def _mode(kind: ObjectType, said: Arguments) -> IndexMode:
    offered = modes_for(kind)
    return next((mode for mode in offered if mode.name == said.get(MODE, "")), index_modes.get(TABLE) or offered[0])


def _columns(kind: ObjectType, text: str) -> tuple[str, ...]:
    """Those asked for that there are, each once; those of the object where that leaves none."""
    known = columns_named(viewer(), kind, text.split(COMMA)) if text else []
    return tuple(column.name for column in known) or tuple(kind.layout.index_columns)
