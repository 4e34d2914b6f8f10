"""What the address of an index page asks for, and what that page reads (SPEC 5.1)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from crm.filters.addresses import ARGUMENT
from crm.filters.tree import Eyes
from crm.objects.schema import ObjectType
from crm.properties.types.base import Context
from crm.records.queries import IndexPage
from crm.records.shown import with_currency
from crm.records.tables import Column, Row, TableState, columns_of, rows_of
from crm.records.views.filter_editor import PLACE
from crm.records.views.index_filters import IndexFilter, read_filter
from crm.selections.listing import Listing, Narrowed, narrowed
from crm.web.auth import viewer
from crm.web.context import reading_context
from crm.web.numbers import whole_number

LEFT = "left"
"""Asks for the activities that are on no live record."""


@dataclass(frozen=True)
class IndexQuery(TableState):
    """The state of an index page of records as its address has it."""

    object_type: ObjectType
    associated: int | None
    is_left: bool
    filter: tuple[str, ...]
    label: int | None

    @classmethod
    def of(cls, object_type: ObjectType, given: MultiDict[str, str]) -> Self:
        """That of these arguments."""
        associated, label = given.get("associated"), given.get("label")
        return cls(
            **vars(TableState.read(object_type, given, object_type.layout.index_columns)),
            object_type=object_type,
            associated=whole_number(associated) if associated else None,
            is_left=object_type.is_activity and given.get(LEFT) == "1",
            filter=tuple(given.getlist(ARGUMENT)),
            label=whole_number(label) if associated and label else None,
        )

    def with_filter(self, texts: Sequence[str]) -> Self:
        """The first page with another filter."""
        return replace(self, filter=tuple(texts), key=None)

    def wanted(self) -> IndexFilter:
        """The filter, with what it comes to for this reader."""
        if not self.filter:
            return IndexFilter([], None, [])
        context = reading_context()
        eyes = Eyes.of(viewer(), context.time_zone)
        return read_filter(self.object_type, self.filter, eyes, context, self.form_url)

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
        return with_currency(self.object_type, self.object_type.layout.index_columns)

    def columns(self, sort_url: Callable[[str, str], str]) -> list[Column]:
        """The columns of the table."""
        return columns_of(self.object_type, self.object_type.layout.index_columns, self.order, sort_url)

    def rows(self, page: IndexPage, context: Context) -> Sequence[Row]:
        """The rows of the table."""
        return rows_of(self.object_type, self.object_type.layout.index_columns, page.rows, context)

    @property
    def look(self) -> dict[str, Any]:
        """What the page needs to know besides: the template of its rows, and what can be made here."""
        return {"rows_template": "records/index_rows.html", "kinds": ()}

    def state(self, **more: Any) -> list[tuple[str, Any]]:
        """The arguments of the address, one by one."""
        narrowing = {"associated": self.associated, "label": self.label, LEFT: "1" if self.is_left else None}
        return self.arguments(**(narrowing | more)) + [(ARGUMENT, text) for text in self.filter]

    def url(self, **more: Any) -> str:
        """The address of the first page, with `more` over its arguments."""
        return f"/objects/{self.object_type.plural_name}?{urlencode(self.state(**more))}"

    def form_url(self, texts: Sequence[str], place: str | None) -> str:
        """The first page with these filters; with the form of the condition at `place` open, if any."""
        return self.with_filter(texts).url(**{PLACE: place})
