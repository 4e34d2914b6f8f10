"""One row of the file turned into values, before any transaction is open."""
import re
from dataclasses import dataclass, field
from typing import Any

from crm.imports.cells import code_of, read_cell, stage_pipeline
from crm.imports.csv_reading import Row
from crm.imports.findings import Code, Finding, shown
from crm.imports.folding import fold, fold_name
from crm.imports.labels import labelled_column, split_labels
from crm.imports.matching import LABELLED, How
from crm.imports.plan import ColumnPlan, Plan, fill_template
from crm.imports.synonyms import COMPANY, CONTACT, RECORD_ID
from crm.messages import N_, InvalidValue, Message
from crm.properties.types.base import Context
from crm.properties.types.domain import as_domain

ADDITIONAL_EMAILS = "hs_additional_emails"
_ID = re.compile(r"\d{1,18}")


@dataclass(frozen=True)
class CompanyMention:
    """A company as a cell names it; `domain` when the cell may be one, `is_domain` when the column says it is."""

    column: str
    text: str
    domain: str | None
    is_domain: bool

    @property
    def key(self) -> str:
        """The name for comparing."""
        return fold_name(self.text)


@dataclass
class PreparedRow:
    """What a row says: values by property name, whom it names, and what could not be read.

    `refusal` stops the row; `create_refusal` stops it only when it would make a new record. `guesses` are values good
    enough for a new record and not for one that has them already. `labels` are those of associations, each with the
    column it stands in, by the target and the key of whom the row names.
    """

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    companies: dict[str, CompanyMention] = field(default_factory=dict)
    contacts: dict[str, str] = field(default_factory=dict)
    labels: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    record_id: int | None = None
    refusal: Finding | None = None
    create_refusal: Finding | None = None
    is_empty: bool = False
    sources: dict[str, str] = field(default_factory=dict)
    guesses: set[str] = field(default_factory=set)


def prepare(plan: Plan, row: Row, context: Context) -> PreparedRow:
    """Read every cell of a row; nothing is lost without a finding."""
    prepared = PreparedRow(row.number)
    if row.problem is not None:
        code = Code.UNCLOSED_QUOTE if len(row.problem.params) == 0 else Code.ROW_SIZE
        prepared.refusal = Finding(code, row.problem, value=shown(" | ".join(row.cells)))
        return prepared
    if row.is_empty:
        prepared.is_empty = True
        return prepared
    if row.remark is not None:
        prepared.findings.append(Finding(Code.MENDED, row.remark))
    for one in _pipeline_first(plan):
        text = row.cells[one.column.index]
        if text and one.target is not None and one.target.name in LABELLED:
            _take_labels(plan, one, row, prepared)
        elif text:
            _take(plan, one, text, context, prepared)
    _fill_templates(plan, row, context, prepared)
    return prepared


def _pipeline_first(plan: Plan) -> list[ColumnPlan]:
    """The stages a row may name depend on its pipeline, so that is read before."""
    pipeline = plan.object_type.pipeline_property
    columns = plan.mapped()
    return sorted(columns, key=lambda one: pipeline is None or one.target is None or one.target.name != pipeline.name)


def _take(plan: Plan, one: ColumnPlan, text: str, context: Context, prepared: PreparedRow) -> None:
    assert one.target is not None
    if one.target.name == RECORD_ID:
        _take_record_id(one, text, prepared)
    elif one.target.name == COMPANY:
        _take_company(one, text, prepared)
    elif one.target.name == CONTACT:
        for email in _emails_in(text):
            prepared.contacts.setdefault(email, one.column.name)
    else:
        _take_value(plan, one, one.target.name, text, context, prepared)
    if one.target.also:
        _take_value(plan, one, one.target.also, text, context, prepared)
    if one.target.how is How.LAST_RESORT:
        prepared.guesses.add(one.target.name)
    elif one.target.also and one.target.name != COMPANY:
        prepared.guesses.add(one.target.also)


def _take_record_id(one: ColumnPlan, text: str, prepared: PreparedRow) -> None:
    if _ID.fullmatch(text):
        prepared.record_id = int(text)
    else:
        reason = Message(N_("“%(value)s” is no record id"), value=shown(text))
        prepared.refusal = Finding(Code.RECORD_ID, reason, one.column.name, shown(text))


def _take_company(one: ColumnPlan, text: str, prepared: PreparedRow) -> None:
    folded = fold(one.column.name)
    is_domain = "domain" in folded or "website" in folded
    mention = CompanyMention(one.column.name, " ".join(text.split()), as_domain(text), is_domain)
    prepared.companies.setdefault(mention.key, mention)


def _take_labels(plan: Plan, one: ColumnPlan, row: Row, prepared: PreparedRow) -> None:
    text, named = row.cells[one.column.index], labelled_column(plan.columns, one)
    whom = row.cells[named.column.index] if named else ""
    target = LABELLED[one.target.name] if one.target else ""
    keys = _emails_in(whom) if target == CONTACT else [fold_name(" ".join(whom.split()))] if whom else []
    if not keys:
        reason = Message(N_("The row names nobody who could have this label"))
        prepared.findings.append(Finding(Code.LABEL, reason, one.column.name, shown(text)))
    for key in keys:
        wanted = prepared.labels.setdefault((target, key), {})
        for label in split_labels(text):
            wanted.setdefault(label, one.column.name)


def _emails_in(text: str) -> list[str]:
    return [part.lower() for part in re.split(r"[;,\s]+", text) if part]


def _take_value(
    plan: Plan, one: ColumnPlan, name: str, text: str, context: Context, prepared: PreparedRow
) -> None:
    prop = plan.object_type.property(name)
    pipeline = None
    if plan.object_type.stage_property is not None and prop.name == plan.object_type.stage_property.name:
        in_row = plan.object_type.pipeline_property
        pipeline = stage_pipeline(plan.object_type, prepared.values.get(in_row.name) if in_row else None)
    try:
        value = read_cell(prop, text, one.rules, context, pipeline)
    except InvalidValue as error:
        finding = Finding(code_of(prop), error.message, one.column.name, shown(text))
        prepared.findings.append(finding)
        if pipeline is not None:
            # In the first stage instead of its own, a record would be wrong rather than incomplete.
            prepared.create_refusal = finding
        return
    if value is None:
        return
    if name not in prepared.values:
        prepared.values[name] = value
        prepared.sources[name] = one.column.name
    elif prepared.values[name] != value and one.target is not None and one.target.also != name:
        _second_value(plan, one, name, value, text, prepared)


def _second_value(plan: Plan, one: ColumnPlan, name: str, value: Any, text: str, prepared: PreparedRow) -> None:
    extra = plan.object_type.properties.get(ADDITIONAL_EMAILS)
    if name == "email" and extra is not None and not extra.read_only:
        known = prepared.values.get(ADDITIONAL_EMAILS)
        prepared.values[ADDITIONAL_EMAILS] = f"{known};{value}" if known else str(value)
        return
    reason = Message(
        N_("%(label)s is taken from column “%(other)s” already"),
        label=str(plan.object_type.property(name).label),
        other=prepared.sources[name],
    )
    prepared.findings.append(Finding(Code.SECOND_VALUE, reason, one.column.name, shown(text)))


def _fill_templates(plan: Plan, row: Row, context: Context, prepared: PreparedRow) -> None:
    for name, template, places in plan.templates:
        text = fill_template(template, places, row.cells)
        if not text:
            continue
        prop = plan.object_type.property(name)
        rules = plan.columns[0].rules if not places else plan.columns[next(iter(places.values()))].rules
        try:
            prepared.values[name] = read_cell(prop, text, rules, context)
            prepared.guesses.discard(name)
            prepared.sources[name] = template
        except InvalidValue as error:
            prepared.findings.append(Finding(code_of(prop), error.message, template, shown(text)))
