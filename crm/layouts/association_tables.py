"""Associated records of one object as a table to be searched, sorted, filtered and paged (SPEC 1.6).

On a record page it stands as the page has read it together with all other cards; what somebody asks of it, by an
address of its own, is read by the queries of an index page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from crm.associations.labelling import labels_of, offered_labels
from crm.associations.queries import is_associated_with
from crm.associations.sections import Section
from crm.filters.addresses import ARGUMENT, read_condition
from crm.filters.compiling import compile_condition
from crm.filters.describing import describe
from crm.filters.tree import Eyes
from crm.layouts.page import RecordPage
from crm.messages import InvalidValue
from crm.objects.schema import ObjectType
from crm.records.counts import count_text
from crm.records.queries import RecordRow, index_page
from crm.records.shown import with_currency
from crm.records.tables import Column, Row, TableState, columns_of, rows_of
from crm.search.find_records import matching_condition

PAGE_SIZE = 10
WHOLE = "whole"


@dataclass(frozen=True)
class QuickFilter:
    """One condition that a click puts on the table or takes off."""

    words: str
    url: str
    is_on: bool


@dataclass(frozen=True)
class AssociationTable:
    """The table as its template shows it; `is_glance` while it is the first few records and nobody asked for more.

    `count_text` says how many records are associated, `found_text` how many of them meet words and filters. `state`
    are the arguments of its address besides the words, and `url` is where it is read again. `labels` are what people
    call the records here, by id.
    """

    kind: ObjectType
    columns: Sequence[Column]
    rows: Sequence[Row]
    count_text: str
    found_text: str
    primary_id: int | None
    q: str
    filters: Sequence[QuickFilter]
    state: Sequence[tuple[str, Any]]
    url: str
    whole_url: str
    next_url: str | None
    first_url: str | None
    is_glance: bool
    has_more: bool
    labels: Mapping[int, Sequence[str]]

    @property
    def is_narrowed(self) -> bool:
        """Whether words or filters leave records out."""
        return bool(self.q) or any(one.is_on for one in self.filters)


@dataclass(frozen=True)
class Asked:
    """What somebody asks of the table: words, an order, a page, some of its quick filters, or the whole of it."""

    table: TableState
    filters: tuple[str, ...]
    is_glance: bool

    @classmethod
    def of(cls, page: RecordPage, kind: ObjectType, names: Sequence[str], offered: Iterable[str]) -> "Asked":
        """What the address of the card says, as far as this table offers it."""
        arguments = page.arguments
        sent = set(arguments.getlist(ARGUMENT))
        filters = tuple(text for text in offered if text in sent)
        table = TableState.read(kind, arguments, [*names, *kind.layout.primary_display])
        asked = filters or table.q or table.key or arguments.get("sort", "") or arguments.get(WHOLE, "")
        return cls(table, filters, not asked)


@dataclass(frozen=True)
class TableMaker:
    """What a table is made of: a page, the object, the names of its columns, the texts of its quick filters."""

    page: RecordPage
    kind: ObjectType
    path: str
    names: tuple[str, ...]
    offered: tuple[str, ...]

    @cached_property
    def asked(self) -> Asked:
        """What its address says."""
        return Asked.of(self.page, self.kind, self.names, self.quick)

    @cached_property
    def quick(self) -> dict[str, tuple[str, sa.ColumnElement[bool]]]:
        """The quick filters that mean something, in words and as SQL."""
        eyes = Eyes.of(self.page.viewer, self.page.context.time_zone)
        found = {}
        for text in self.offered:
            try:
                condition = read_condition(text)
                words = describe(self.kind, condition, self.page.context)
                found[text] = (words, compile_condition(self.kind, condition, eyes))
            except InvalidValue:
                continue  # a property or an option of it is gone: who made the layout is told, not who reads it
        return found

    def make(self, section: Section) -> AssociationTable:
        """The table; `section` is what the page has read of these records. Three queries more when it is no glance."""
        state, asked, company = self.asked.table, self.asked, self.page.primary_company
        records = [RecordRow(one.record_id, self.kind, one.display_name, None, 0, one.values) for one in section.cards]
        made = AssociationTable(
            kind=self.kind,
            columns=columns_of(self.kind, self.names, None if asked.is_glance else state.order, self._sorted),
            rows=rows_of(self.kind, self.names, records, self.page.context),
            count_text=section.count_text,
            found_text=section.count_text,
            primary_id=company.record_id if company and self.kind.name == company.object_type else None,
            q=state.q,
            filters=[
                QuickFilter(words, self._with_filter(text), text in asked.filters)
                for text, (words, _condition) in self.quick.items()
            ],
            state=[pair for pair in self._state() if pair[0] != "q"],
            url=self.path if asked.is_glance else self._url(**{"page-key": state.key}),
            whole_url=f"{self.path}?{WHOLE}=1",
            next_url=None,
            first_url=None,
            is_glance=asked.is_glance,
            has_more=section.count > len(section.cards),
            labels={one.record_id: one.labels for one in section.cards if one.labels},
        )
        return made if asked.is_glance else self._read(made)

    def _read(self, made: AssociationTable) -> AssociationTable:
        """The table with the records that were asked for."""
        state, needed = self.asked.table, with_currency(self.kind, self.names)
        found = index_page(self.page.viewer, self.kind, state.order, needed, self._condition(), state.key, PAGE_SIZE)
        return replace(
            made,
            labels=self._labels([row.id for row in found.rows]),
            rows=rows_of(self.kind, self.names, found.rows, self.page.context),
            found_text=count_text(found.count, found.count_is_exact),
            next_url=self._url(**{"page-key": found.next_key}) if found.next_key else None,
            first_url=self._url() if state.key else None,
        )

    def _labels(self, ids: Sequence[int]) -> dict[int, list[str]]:
        """What people call these records here; no query where there are no labels."""
        here = self.page.record
        found = labels_of(self.page.viewer, here.id, ids) if offered_labels(here.object_type, self.kind.name) else {}
        return {record_id: [one.text for one in labels] for record_id, labels in found.items()}

    def _condition(self) -> sa.ColumnElement[bool]:
        record, column = self.page.record, self.kind.table.c.record_id
        conditions = [is_associated_with(record.id, record.object_type, self.kind.name, column)]
        conditions += [self.quick[text][1] for text in self.asked.filters]
        if self.asked.table.q:
            conditions.append(matching_condition(column, self.asked.table.q))
        return sa.and_(*conditions)

    def _state(self, **more: Any) -> list[tuple[str, Any]]:
        return self.asked.table.arguments(**more) + [(ARGUMENT, text) for text in self.asked.filters]

    def _url(self, **more: Any) -> str:
        return f"{self.path}?{urlencode(self._state(**more))}"

    def _sorted(self, name: str, direction: str) -> str:
        return self._url(sort=name, direction=direction)

    def _with_filter(self, text: str) -> str:
        """The first page with this filter put on, or taken off if it is on."""
        on = set(self.asked.filters) ^ {text}
        pairs = self.asked.table.arguments() + [(ARGUMENT, one) for one in self.quick if one in on]
        return f"{self.path}?{urlencode(pairs)}"
