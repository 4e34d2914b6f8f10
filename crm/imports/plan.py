"""The plan of an import: for every column where it goes and how its cells are read, or why it is not taken."""
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from crm.imports.cells import CellRules, read_cell, stage_pipeline
from crm.imports.column_facts import ColumnFacts, TableFacts, sniff_type, style_of
from crm.imports.csv_reading import Column, Table
from crm.imports.errors import ImportRefused
from crm.imports.findings import Code, Finding
from crm.imports.labels import are_labels, without_lonely_labels
from crm.imports.matching import (
    ASSOCIATED,
    CREATED_AT,
    LABELLED,
    SHARED,
    How,
    Target,
    column_key,
    given_targets,
    last_resort,
    matched,
)
from crm.imports.options import ImportOptions
from crm.imports.synonyms import COMPANY, CONTACT, OWNER, RECORD_ID
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType
from crm.properties.types.base import Context

_TRIED_VALUES = 200
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class ColumnPlan:
    """One column: its target and rules, or the finding that says why it is not taken."""

    column: Column
    rules: CellRules
    target: Target | None = None
    finding: Finding | None = None


@dataclass(frozen=True)
class NewProperty:
    """A property to create: for which column, called what, of which type."""

    index: int
    label: str
    type: str


@dataclass(frozen=True)
class Plan:
    """Everything decided before the first row is read; `templates` are (property, text, {name in braces: index})."""

    object_type: ObjectType
    columns: tuple[ColumnPlan, ...]
    row_count: int
    templates: tuple[tuple[str, str, Mapping[str, int]], ...] = ()
    new_properties: tuple[NewProperty, ...] = ()
    key: str | None = None
    currency: str = "USD"
    country: str = "US"
    facts: TableFacts | None = field(default=None, repr=False)

    @property
    def findings(self) -> list[Finding]:
        """What is to be said about columns."""
        return [one.finding for one in self.columns if one.finding is not None]

    def mapped(self) -> list[ColumnPlan]:
        """The columns that are taken, the surest source of each target first."""
        taken = [one for one in self.columns if one.target is not None]
        return sorted(taken, key=lambda one: (one.target.how, one.target.rank, one.column.index))  # type: ignore[union-attr]


def make_plan(
    table: Table, facts: TableFacts, object_type: ObjectType, options: ImportOptions, context: Context
) -> Plan:
    """Decide what becomes of each column. Raises ImportRefused when the wishes or the file make no import possible."""
    rules = [_rules(column, facts.columns[column.index], options) for column in table.columns]
    given = given_targets(table.columns, options.columns, object_type)
    targets = dict(given)
    _match(table.columns, rules, facts, object_type, context, targets)
    templates = _templates(table.columns, options, object_type)
    named = {target.name for target in targets.values() if target} | {name for name, _, _ in templates}
    spare = last_resort(table.columns, object_type)
    if spare is not None and spare[1].name not in named and spare[0] not in given:
        index, target = spare
        known = targets.get(index)
        targets[index] = replace(known, also=target.name) if known else target
    plan = Plan(
        object_type=object_type,
        columns=without_lonely_labels(
            [_column_plan(c, rules[c.index], targets, facts, object_type) for c in table.columns]
        ),
        row_count=facts.row_count,
        templates=templates,
        key=_key(options.key, object_type),
        currency=options.currency,
        country=options.country,
        facts=facts,
    )
    _refuse_nameless(plan)
    return _with_new_properties(plan, facts, options) if options.create_properties else plan


def _rules(column: Column, facts: ColumnFacts, options: ImportOptions) -> CellRules:
    key = column_key(column.name)
    values = {cell: value for (wanted, cell), value in options.values.items() if wanted == key}
    return CellRules(column.name, style_of(facts.values, options.date_formats), values)


def _match(
    columns: Sequence[Column],
    rules: Sequence[CellRules],
    facts: TableFacts,
    object_type: ObjectType,
    context: Context,
    targets: dict[int, Target | None],
) -> None:
    taken = {target.name for target in targets.values() if target}
    for how in (How.NAMED, How.SYNONYM):
        for column in columns:
            if column.index in targets:
                continue
            for target in matched(column, object_type):
                if target.how is not how or (target.name in taken and target.name not in SHARED):
                    continue
                values = facts.columns[column.index]
                if how is How.NAMED or _fits(target, values, rules[column.index], object_type, context):
                    targets[column.index] = target
                    taken.add(target.name)
                    break


def _fits(
    target: Target, facts: ColumnFacts, rules: CellRules, object_type: ObjectType, context: Context
) -> bool:
    """Whether at least half of a column's different values can be what its header seems to say."""
    texts = list(facts.values)[:_TRIED_VALUES]
    if not texts:
        return True
    if target.name in LABELLED:
        return are_labels(object_type.name, ASSOCIATED[target.name], texts)
    if target.name == CONTACT:
        return sum("@" in text for text in texts) * 2 >= len(texts)
    if target.name in (COMPANY, OWNER):
        return sum(not text.isdecimal() for text in texts) * 2 >= len(texts)
    prop = object_type.property(target.name)
    is_stage = object_type.stage_property is not None and prop.name == object_type.stage_property.name
    pipeline = stage_pipeline(object_type, None) if is_stage else None
    fitting = 0
    for text in texts:
        try:
            read_cell(prop, text, rules, context, pipeline)
            fitting += 1
        except InvalidValue:
            continue
    return fitting * 2 >= len(texts)


def _column_plan(
    column: Column,
    rules: CellRules,
    targets: Mapping[int, Target | None],
    facts: TableFacts,
    object_type: ObjectType,
) -> ColumnPlan:
    if column.index in targets:
        target = targets[column.index]
        if target is None:
            return ColumnPlan(column, rules, None, _said(Code.LEFT_OUT, column, N_("Left out as asked (--map)")))
        prop = object_type.properties.get(target.name)
        if prop is not None and prop.read_only and target.name not in (CREATED_AT, OWNER):
            text = N_("%(label)s is written by the program itself and cannot be imported")
            return ColumnPlan(column, rules, None, _said(Code.READ_ONLY, column, text, label=str(prop.label)))
        return ColumnPlan(column, rules, target)
    if not facts.columns[column.index].filled:
        return ColumnPlan(column, rules, None, _said(Code.NO_VALUES, column, N_("The column has no values")))
    if not column.has_header:
        text = N_("The column has no header; name what it is with --map '%(name)s=property'")
    else:
        text = N_("No property is called so; say which it is with --map '%(name)s=property' or use --create-properties")
    return ColumnPlan(column, rules, None, _said(Code.UNMAPPED, column, text, name=column.name))


def _said(code: Code, column: Column, text: str, **params: str) -> Finding:
    return Finding(code, Message(text, **params), column.name)


def _templates(
    columns: Sequence[Column], options: ImportOptions, object_type: ObjectType
) -> tuple[tuple[str, str, Mapping[str, int]], ...]:
    by_key = {column_key(column.name): column.index for column in columns}
    templates = []
    for wish, text in options.templates.items():
        name = next((p.name for p in object_type.properties.values() if column_key(p.name) == column_key(wish)), None)
        if name is None:
            text = N_("--set: %(object)s have no property “%(name)s”.")
            raise ImportRefused(Message(text, object=object_type.plural_name, name=wish))
        places = {}
        for found in _PLACEHOLDER.findall(text):
            if column_key(found) not in by_key:
                raise ImportRefused(Message(N_("--set: the file has no column “%(name)s”."), name=found))
            places[found] = by_key[column_key(found)]
        templates.append((name, text, places))
    return tuple(templates)


def fill_template(text: str, places: Mapping[str, int], cells: Sequence[str]) -> str:
    """The text with the cells of a row in place of {column}; spaces left by empty cells are closed."""
    filled = _PLACEHOLDER.sub(lambda found: cells[places[found[1]]], text)
    return " ".join(filled.split()).strip(" ,;-–/")


def _key(wish: str | None, object_type: ObjectType) -> str | None:
    if wish is None:
        return None
    for prop in object_type.properties.values():
        if column_key(wish) in (column_key(prop.name), column_key(str(prop.label))):
            return prop.name
    raise ImportRefused(
        Message(N_("--key: %(object)s have no property “%(name)s”."), object=object_type.plural_name, name=wish)
    )


def _refuse_nameless(plan: Plan) -> None:
    """Refuse at once what would refuse every row: nothing in the file can be the name of a new record."""
    filled = {one.target.name for one in plan.mapped() if one.target} | {name for name, _, _ in plan.templates}
    filled |= {one.target.also for one in plan.mapped() if one.target and one.target.also}
    if RECORD_ID in filled or plan.key in filled:
        return
    for group in plan.object_type.layout.required_groups:
        if filled.isdisjoint(group):
            prop = plan.object_type.property(group[0])
            raise ImportRefused(
                Message(
                    N_(
                        "No column is %(label)s, which %(object)s cannot do without. Say which it is with "
                        "--map '%(column)s=%(name)s', or make it of several with --set '%(name)s={%(column)s} …'."
                    ),
                    label=str(prop.label),
                    object=plan.object_type.plural_name,
                    column=plan.columns[0].column.name,
                    name=prop.name,
                )
            )


def _with_new_properties(plan: Plan, facts: TableFacts, options: ImportOptions) -> Plan:
    new, columns = [], []
    for one in plan.columns:
        if one.finding is not None and one.finding.code is Code.UNMAPPED and one.column.has_header:
            kind = sniff_type(one.column.name, facts.columns[one.column.index], one.rules.style)
            new.append(NewProperty(one.column.index, _label(one.column.name), kind))
        columns.append(one)
    return replace(plan, columns=tuple(columns), new_properties=tuple(new))


def _label(header: str) -> str:
    words = " ".join(header.replace("_", " ").split())
    return words[:1].upper() + words[1:]
