"""One cell of a file to one value of a property; the property's own type has the last word (SPEC 2.5)."""
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from crm.imports.column_facts import Style
from crm.imports.dates import parse_moment, to_day, to_moment
from crm.imports.findings import Code
from crm.imports.folding import fold
from crm.imports.numbers import canonical_number
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType, Option, Pipeline, Property
from crm.properties.types.base import Context
from crm.records.values import type_of

MOST_CHOICES_NAMED = 40
_WON = frozenset({"won", "win", "closedwon", "closewon"})
_LOST = frozenset({"lost", "loss", "closedlost", "closelost"})
_CODES = {"user": Code.OWNER, "dropdown": Code.OPTION, "radio": Code.OPTION, "checkboxes": Code.OPTION}


@dataclass(frozen=True)
class CellRules:
    """How the cells of one column are read; `values` maps a folded cell to what is meant by it (--value)."""

    column: str
    style: Style = field(default_factory=Style)
    values: Mapping[str, str] = field(default_factory=dict)


def read_cell(
    prop: Property, text: str, rules: CellRules, context: Context, pipeline: Pipeline | None = None
) -> object:
    """The value of `text` for `prop`, None when it means nothing. Raises InvalidValue.

    `pipeline` is the one whose stages count, when `prop` is a stage.
    """
    text = rules.values.get(text.casefold(), text)
    prepare = _PREPARE.get(prop.type)
    if prepare is not None:
        text = prepare(text, rules.style, context)
    elif prop.type in ("dropdown", "radio"):
        text = _choice(prop, text, rules, pipeline)
    elif prop.type == "checkboxes":
        text = ";".join(_choice(prop, part, rules, None) for part in _parts(prop, text))
    return type_of(prop).parse(text, prop, context)


def code_of(prop: Property) -> Code:
    """The code of a finding about a cell that `prop` could not take."""
    return _CODES.get(prop.type, Code.INVALID)


def stage_pipeline(object_type: ObjectType, name: object) -> Pipeline | None:
    """The pipeline whose stages a row may name: the one called `name`, else the object's first."""
    if not object_type.pipelines:
        return None
    return object_type.pipeline(name if isinstance(name, str) else None) or object_type.pipelines[0]


def _number(text: str, style: Style, _context: Context) -> str:
    return canonical_number(text, style.comma_decimal) or text


def _date(text: str, style: Style, context: Context) -> str:
    return to_day(parse_moment(text, style.date_order, style.date_formats), context.time_zone).isoformat()


def _date_time(text: str, style: Style, context: Context) -> str:
    return to_moment(parse_moment(text, style.date_order, style.date_formats), context.time_zone).isoformat(sep=" ")


_PREPARE: Mapping[str, Callable[[str, Style, Context], str]] = {
    "number": _number,
    "currency": _number,
    "date": _date,
    "date_time": _date_time,
}


def _parts(prop: Property, text: str) -> Sequence[str]:
    if _find(prop.options, text):
        return [text]
    separator = ";" if ";" in text else ","
    return [part.strip() for part in text.split(separator) if part.strip()]


def _choice(prop: Property, text: str, rules: CellRules, pipeline: Pipeline | None) -> str:
    text = rules.values.get(text.casefold(), text)
    options: Sequence[Option] = prop.options
    if pipeline is not None:
        options = [Option(stage.name, stage.label, stage.position) for stage in pipeline.stages]
    found = _find(options, text) or (_end_of(pipeline, text) if pipeline else None)
    if found is not None:
        return found
    named = ", ".join(str(option.label) for option in options[:MOST_CHOICES_NAMED])
    raise InvalidValue(
        Message(
            N_(
                "“%(value)s” is not a choice of %(label)s. Allowed: %(choices)s. "
                "Say what is meant: --value '%(column)s:%(value)s=…'"
            ),
            value=text[:50],
            label=str(prop.label),
            choices=named + (", …" if len(options) > MOST_CHOICES_NAMED else ""),
            column=rules.column,
        )
    )


def _find(options: Sequence[Option], text: str) -> str | None:
    """The value of the one option that `text` names by value or label, ignoring case, spaces and punctuation."""
    for option in options:
        if option.value == text:
            return option.value
    folded = fold(text)
    if not folded:
        return None
    for spelling in (lambda option: option.value, lambda option: str(option.label)):
        same = [option.value for option in options if fold(spelling(option)) == folded]
        if len(same) == 1:
            return same[0]
    return None


def _end_of(pipeline: Pipeline, text: str) -> str | None:
    """The stage that ends a deal as "won" or "lost", when the pipeline has exactly one such."""
    folded = fold(text)
    if folded in _WON:
        ends = [stage.name for stage in pipeline.stages if stage.is_won]
    elif folded in _LOST:
        ends = [stage.name for stage in pipeline.stages if stage.is_closed and stage.probability == 0]
    else:
        return None
    return ends[0] if len(ends) == 1 else None
