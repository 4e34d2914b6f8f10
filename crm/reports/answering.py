"""What a report comes to for one reader: groups, and a number for each, found by one statement through the gate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.filters.addresses import join_groups, split_groups, write_condition
from crm.filters.compiling import compile_filter
from crm.filters.tree import MOST_CONDITIONS, Condition, Eyes
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden
from crm.permissions.scopes import guarded, rows_visible_to
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.reports.groupings import ALL_STEPS, way_of
from crm.reports.groups import OTHER_KEY, Found, Group, Grouping
from crm.reports.measures import Cell, Measure, rounded
from crm.reports.report import LARGEST, Report
from crm.selections.listing import narrowed

NO_GROUP = N_("Choose a property that groups can be made of.")
NO_STEP = N_("Choose one of these.")
TWICE = N_("Choose two different properties.")
NO_ORDER = N_("Choose an order.")


class InvalidReport(Exception):
    """A report asks for what there is not; `errors` has a message for each argument of its address."""

    def __init__(self, errors: Mapping[str, Message]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


@dataclass(frozen=True)
class Answer:
    """The groups of a report in order, those of its second property, and what was found of each pair of them.

    `cells` are by the keys of both; with one property the second is "". `whole` is what was found altogether, where a
    record that is in several groups counts once.
    """

    report: Report
    measure: Measure
    groupings: Sequence[Grouping]
    groups: Sequence[Group]
    series: Sequence[Group]
    cells: Mapping[tuple[Any, Any], Cell]
    whole: Cell
    counts_twice: bool

    @property
    def kind(self) -> ObjectType:
        """The object of its records."""
        return self.report.kind

    @property
    def grouping(self) -> Grouping:
        """By what its groups are made, besides those of the second property."""
        return self.groupings[0]

    def cell(self, group: Group, other: Group | None = None) -> Cell:
        """What was found of a group, or of what it has in common with one of the second property."""
        return (self._of_group if other is None else self.cells).get(
            group.key if other is None else (group.key, other.key), Cell()
        )

    def of_series(self, other: Group) -> Cell:
        """What was found of a group of the second property."""
        return sum((cell for (_, key), cell in self.cells.items() if key == other.key), Cell())

    @cached_property
    def _of_group(self) -> Mapping[Any, Cell]:
        found: dict[Any, Cell] = {}
        for (key, _), cell in self.cells.items():
            found[key] = found.get(key, Cell()) + cell
        return found

    def url(self, *groups: Group) -> str | None:
        """The index page with the records of a group, or of what several have in common; None where no filter has."""
        conditions: list[Condition] = []
        for one in groups:
            if one.conditions is None:
                return None
            conditions += one.conditions
        return self.records_url(conditions)

    def records_url(self, conditions: Sequence[Condition] = ()) -> str | None:
        """The index page with those of its records that meet conditions."""
        more = [write_condition(one) for one in conditions]
        before = split_groups(self.report.listing.filter)
        texts = join_groups([[*group, *more] for group in before] or [more])
        return self.report.index_url(texts) if len(texts) <= MOST_CONDITIONS else None


def answer(viewer: Viewer, report: Report, context: Context) -> Answer:
    """What a report comes to; raises InvalidReport, Forbidden, NotFound, and InvalidValue for its filter."""
    kind = report.kind
    if not viewer.may(kind.name, Verb.VIEW):
        raise Forbidden(kind.plural_name)
    eyes = Eyes.of(viewer, context.time_zone)
    measure, groupings = checked(report, eyes, context)
    where = _where(viewer, report, eyes)
    rows = db.session.execute(guarded(_counted(kind, groupings, measure, where), viewer)).all()
    counts_twice = any(one.joined is not None for one in groupings)
    cells, texts = _read(rows, len(groupings))
    if counts_twice:
        whole = _cell(db.session.execute(guarded(_whole(kind, measure, where), viewer)).one())
    else:
        whole = sum(cells.values(), Cell())
    groups = [one.groups(_found(seen), context) for one, seen in zip(groupings, texts, strict=True)]
    found = Answer(
        report, measure, groupings, groups[0], groups[1] if len(groups) > 1 else (), cells, whole, counts_twice
    )
    return _ordered(found) if report.order == LARGEST else found


def checked(report: Report, eyes: Eyes, context: Context) -> tuple[Measure, list[Grouping]]:
    """What a report counts, and by what; raises InvalidReport with all that means nothing."""
    errors: dict[str, Message] = {}
    groupings: list[Grouping] = []
    chosen = [("group", report.group, "step", report.step), ("by", report.by, "by-step", report.by_step)]
    for field, name, step_field, step in chosen:
        if not name and field == "by":
            continue
        prop = report.kind.properties.get(name)
        way = way_of(report.kind, prop) if prop else None
        if prop is None or way is None:
            errors[field] = Message(NO_GROUP)
        elif step and step not in ALL_STEPS:
            errors[step_field] = Message(NO_STEP)
        else:
            groupings.append(way.grouping(report.kind, prop, way.step(step), eyes, context))
    if report.by and report.by == report.group:
        errors["by"] = Message(TWICE)
    if report.order not in ("", LARGEST):
        errors["order"] = Message(NO_ORDER)
    try:
        measure = Measure.read(report.kind, report.measure)
    except InvalidValue as error:
        errors["measure"] = error.message
    if errors:
        raise InvalidReport(errors)
    return measure, groupings


def _where(viewer: Viewer, report: Report, eyes: Eyes) -> list[sa.ColumnElement[bool]]:
    kind = report.kind
    filtered = compile_filter(kind, report.listing.filter, eyes)
    condition = narrowed(viewer, report.listing, filtered).condition
    return [rows_visible_to(viewer, kind.name, kind.table), *([condition] if condition is not None else [])]


def _totals(source: Any) -> list[Any]:
    """The sums of what rows or groups of rows have."""
    columns = source.c
    return [sa.func.sum(columns[name]).label(name) for name in ("count", "known", "sum", "elsewhere")]


def _counts(measure: Measure) -> list[Any]:
    """What one record adds to its group."""
    number = measure.number
    return [
        sa.literal(1).label("count"),
        sa.case((number.is_not(None), 1), else_=0).label("known"),
        (sa.literal(0) if measure.prop is None else number).label("sum"),
        sa.case((measure.is_elsewhere, 1), else_=0).label("elsewhere"),
    ]


def _counted(
    kind: ObjectType, groupings: Sequence[Grouping], measure: Measure, where: Sequence[Any]
) -> sa.Select[Any]:
    """The statement: records by their keys, and of the groups of each property those that are shown.

    Each step is a subquery of its own, so that no expression has to be written again where rows are grouped by it.
    """
    source: Any = kind.table
    keys = []
    for place, one in enumerate(groupings):
        if one.joined is not None:
            source = source.outerjoin(*one.joined)
        text = sa.null() if one.text is None else one.text
        keys += [one.key.label(f"key_{place}"), sa.cast(text, sa.Text()).label(f"text_{place}")]
    rows = sa.select(*keys, *_counts(measure)).select_from(source).where(*where).subquery("counted_rows")
    places = range(len(groupings))
    by_key = [rows.c[f"key_{place}"] for place in places]
    texts = [sa.func.min(rows.c[f"text_{place}"]).label(f"text_{place}") for place in places]
    cells = sa.select(*by_key, *texts, *_totals(rows)).group_by(*by_key).subquery("cells")
    sizes = [
        sa.func.sum(cells.c["count"]).over(partition_by=cells.c[f"key_{place}"]).label(f"size_{place}")
        for place in places
    ]
    sized = sa.select(cells, *sizes).subquery("sized")
    ranks = [_rank(sized, place, one).label(f"rank_{place}") for place, one in enumerate(groupings)]
    ranked = sa.select(sized, *ranks).subquery("ranked")
    kept, grouped = [], []
    for place, one in enumerate(groupings):
        is_shown = ranked.c[f"rank_{place}"] <= one.most
        key = ranked.c[f"key_{place}"]
        kept += [
            sa.case((is_shown, key)).label(f"key_{place}"),
            sa.case((is_shown, ranked.c[f"text_{place}"])).label(f"text_{place}"),
            sa.case((sa.or_(is_shown, key.is_(None)), 0), else_=1).label(f"is_other_{place}"),
        ]
    shown = sa.select(*kept, *(ranked.c[name] for name in ("count", "known", "sum", "elsewhere"))).subquery("shown")
    for place in places:
        grouped += [shown.c[f"key_{place}"], shown.c[f"is_other_{place}"]]
    texts = [sa.func.min(shown.c[f"text_{place}"]).label(f"text_{place}") for place in places]
    return sa.select(*grouped, *texts, *_totals(shown)).group_by(*grouped)


def _rank(sized: Any, place: int, grouping: Grouping) -> Any:
    """The place of a group among those of its property, those without a value behind all others."""
    key, size = sized.c[f"key_{place}"], sized.c[f"size_{place}"]
    order = [key.desc()] if grouping.is_in_order else [size.desc(), key]
    return sa.func.dense_rank().over(order_by=[sa.case((key.is_(None), 1), else_=0), *order])


def _whole(kind: ObjectType, measure: Measure, where: Sequence[Any]) -> sa.Select[Any]:
    rows = sa.select(*_counts(measure)).select_from(kind.table).where(*where).subquery("counted_rows")
    return sa.select(*_totals(rows))


def _read(
    rows: Sequence[sa.Row[Any]], groupings: int
) -> tuple[dict[tuple[Any, Any], Cell], list[dict[Any, str]]]:
    """What was found by the keys of both properties, and the keys of each with the texts their rows have."""
    cells: dict[tuple[Any, Any], Cell] = {}
    texts: list[dict[Any, str]] = [{} for _ in range(groupings)]
    for row in rows:
        found = row._mapping
        keys = []
        for place in range(groupings):
            key = OTHER_KEY if found[f"is_other_{place}"] else found[f"key_{place}"]
            keys.append(key)
            texts[place][key] = min(filter(None, (texts[place].get(key), found[f"text_{place}"])), default="")
        both = (keys[0], keys[1] if groupings > 1 else "")
        cells[both] = cells.get(both, Cell()) + _cell(row)
    return cells, texts


def _cell(row: sa.Row[Any]) -> Cell:
    found = row._mapping
    return Cell(
        int(found["count"] or 0), int(found["known"] or 0), rounded(found["sum"]), int(found["elsewhere"] or 0)
    )


def _found(texts: Mapping[Any, str]) -> Found:
    shown = {key: text for key, text in texts.items() if key is not None and key != OTHER_KEY}
    return Found(shown, None in texts, OTHER_KEY in texts)


def _ordered(found: Answer) -> Answer:
    """The same with the largest group first; what is other or unknown stays behind."""

    def rank(group: Group) -> tuple[bool, Any]:
        value = found.measure.of(found.cell(group))
        return group.key is None or group.key == OTHER_KEY, -value if value is not None else 1

    groups = sorted(found.groups, key=rank)
    return replace(found, groups=groups)
