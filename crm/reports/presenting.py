"""A report as a page shows it: its title, the picture, and the table in which every number leads to its records."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from crm.filters.addresses import read_condition, split_groups
from crm.filters.describing import describe
from crm.messages import N_, InvalidValue, Lowered, Message
from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.reports.answering import Answer, answer
from crm.reports.figures import Figures
from crm.reports.groups import Group
from crm.reports.measures import Cell, Measure
from crm.reports.report import Report
from crm.reports.shapes import Chart, Shape, shape_of

MOST_DRAWN, MOST_ON_TILE = 60, 8
BY, BY_BOTH = N_("%(measure)s by %(property)s"), N_("%(measure)s by %(property)s and %(other)s")
ELSEWHERE = N_("Amounts in other currencies are left out: %(count)s.")
TWICE = N_("A record with several choices counts in each of them.")


@dataclass(frozen=True)
class Number:
    """One number of the table: in words, as it is, and the index page with what it counts, if a filter finds that."""

    text: str
    value: Decimal | None
    url: str | None = None


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    label: str
    numbers: Sequence[Number]


@dataclass(frozen=True)
class Shown:
    """All that a page shows of a report.

    `head` are the words above the columns; `inks` the names of the series in the picture, none where there is one.
    `elsewhere` says how many amounts are left out, with the address of their records.
    """

    title: Message
    shape: Shape
    chart: Chart | None
    inks: Sequence[str]
    head: Sequence[str]
    rows: Sequence[Row]
    total: Row | None
    notes: Sequence[Message]
    whole: Number
    elsewhere: tuple[Message, str | None] | None

    @property
    def is_empty(self) -> bool:
        """Whether there is no record to count."""
        return not self.rows


def present(viewer: Viewer, report: Report, context: Context, most: int = MOST_DRAWN) -> Shown:
    """A report for its reader; raises what `answer` raises."""
    found = answer(viewer, report, context)
    figures = Figures(found, context, most)
    shape = shape_of(found)
    chart = shape.draw(figures) if found.groups else None
    inks = [one.label for one in figures.inks] if report.by else []
    notes = [*(figures.notes if chart else []), *([Message(TWICE)] if found.counts_twice else [])]
    whole = Number(f"{found.whole.count:,}", Decimal(found.whole.count), found.records_url())
    elsewhere = None
    if found.whole.elsewhere:
        said = Message(ELSEWHERE, count=f"{found.whole.elsewhere:,}")
        elsewhere = (said, found.records_url(found.measure.elsewhere))
    table = _Table(found, context)
    title = title_of(report, found.measure)
    return Shown(title, shape, chart, inks, table.head, table.rows, table.total, notes, whole, elsewhere)


def title_of(report: Report, measure: Measure) -> Message:
    """What a report is called that nobody has named."""
    words = {"measure": measure.label, "property": Lowered(report.kind.property(report.group).label)}
    if not report.by:
        return Message(BY, **words)
    return Message(BY_BOTH, other=Lowered(report.kind.property(report.by).label), **words)


def filter_words(kind: ObjectType, texts: Sequence[str], context: Context) -> list[list[str]]:
    """The filter in words, group by group; what means nothing stands there as it was typed."""
    return [[_said(kind, text, context) for text in group] for group in split_groups(texts)]


def _said(kind: ObjectType, text: str, context: Context) -> str:
    try:
        return describe(kind, read_condition(text), context)
    except InvalidValue:
        return text[:80]


class _Table:
    """The table: a row for each group; a column for each series and their sum, or for the measure and the count."""

    def __init__(self, found: Answer, context: Context) -> None:
        self._found = found
        self._context = context
        joined = [one.joined is not None for one in found.groupings]
        self._sums_rows = bool(found.series) and not joined[-1]
        self._sums_columns = not joined[0] and len(found.groups) > 1

    @property
    def head(self) -> list[str]:
        found, translate = self._found, self._context.translate
        if found.series:
            total = [str(translate(N_("Total")))] if self._sums_rows else []
            return [*(one.label for one in found.series), *total]
        counted = [] if found.measure.prop is None else [str(translate(found.kind.plural_label))]
        return [str(translate(found.measure.label)), *counted]

    @property
    def rows(self) -> list[Row]:
        return [Row(group.label, self._numbers(group)) for group in self._found.groups]

    @property
    def total(self) -> Row | None:
        """What all groups come to, where each record is in one of them."""
        if not self._sums_columns:
            return None
        found = self._found
        numbers = [self._number(found.of_series(one), (one,)) for one in found.series]
        whole = self._single(found.whole, ()) if not found.series else []
        if self._sums_rows:
            whole = [self._number(found.whole, ())]
        return Row(str(self._context.translate(N_("Total"))), [*numbers, *whole])

    def _numbers(self, group: Group) -> list[Number]:
        found = self._found
        if not found.series:
            return self._single(found.cell(group), (group,))
        numbers = [self._number(found.cell(group, one), (group, one)) for one in found.series]
        return [*numbers, *([self._number(found.cell(group), (group,))] if self._sums_rows else [])]

    def _single(self, cell: Cell, groups: Sequence[Group]) -> list[Number]:
        number = self._number(cell, groups)
        if self._found.measure.prop is None:
            return [number]
        return [number, Number(f"{cell.count:,}", Decimal(cell.count), number.url)]

    def _number(self, cell: Cell, groups: Sequence[Group]) -> Number:
        value = self._found.measure.of(cell)
        url = self._found.url(*groups) if cell.count else None
        return Number(self._found.measure.text(value, self._context), value, url)
