"""The forms of conditional logic: what they show, and what they say when they are sent (SPEC 2.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm.messages import N_, InvalidValue, Message
from crm.objects.conditions import deciding_values, may_depend
from crm.objects.schema import ObjectType, Property
from crm.properties.conditions import OPERATORS, Operator, conditions_of, narrowing_of
from crm.properties.types.date import parse_day
from crm.settings.property_sections import InvalidSettings, Typed

MOST_BLOCKS = 20
MOST_ROWS = 50
SPARE_ROWS = 2
MOST_TICKS = 5_000
CHOOSE_VALUE = N_("Choose the value for which the condition holds.")
CHOOSE_DEPENDENT = N_("Choose a property that depends on the condition.")
TOO_MANY_TICKS = N_("These two properties have too many choices to be set against each other.")


@dataclass(frozen=True)
class Row:
    """One property that depends on a condition; "" for an empty row."""

    name: str = ""
    required: bool = False


@dataclass(frozen=True)
class Block:
    """One condition in the form; `day` is the value of a date as it was typed."""

    operator: str = Operator.ANY_OF
    values: Sequence[str] = ()
    day: str = ""
    rows: Sequence[Row] = ()
    is_removed: bool = False
    is_new: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nobody has said anything in it yet."""
        return self.is_new and not (self.values or self.day or any(row.name for row in self.rows))


@dataclass(frozen=True)
class ConditionsForm:
    """What the form of conditions offers and holds."""

    blocks: Sequence[Block]
    operators: Sequence[tuple[str, str]]
    values: Mapping[str, str]
    dependents: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class OptionsForm:
    """What the form of conditional options offers and holds: `allowed` by the value of the deciding property."""

    deciders: Sequence[tuple[str, str]]
    decided_by: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    allowed: Mapping[str, Sequence[str]] = field(default_factory=dict)


def conditions_form(kind: ObjectType, prop: Property, typed: Typed | None) -> ConditionsForm:
    """The form with what is stored or was typed, and one more condition to fill in."""
    blocks = _stored_blocks(prop) if typed is None else typed_blocks(typed)
    if len(blocks) < MOST_BLOCKS and not any(block.is_new for block in blocks):
        blocks = [*blocks, Block(is_new=True)]
    padded = [_with_spare(block) for block in blocks]
    operators = [(str(one), words) for one, words in OPERATORS.items() if prop.type != "date" or one != "any_of"]
    return ConditionsForm(padded, operators, deciding_values(prop), _dependents(kind, prop))


def parse_conditions(prop: Property, typed: Typed, locale: str) -> list[dict[str, Any]]:
    """The conditions to keep. Raises InvalidSettings with a message for each control."""
    found, errors = [], {}
    for number, block in enumerate(typed_blocks(typed)):
        if block.is_removed or block.is_empty:
            continue
        values, message = _values(prop, block, locale)
        if message is not None:
            errors[f"c{number}-values"] = message
        rows = {row.name: row.required for row in block.rows if row.name}
        if not rows:
            errors[f"c{number}-dep0"] = Message(CHOOSE_DEPENDENT)
        dependents = [{"name": name, "required": required} for name, required in rows.items()]
        found.append({"operator": block.operator, "values": values, "dependents": dependents})
    if errors:
        raise InvalidSettings(errors)
    return found


def typed_blocks(typed: Typed) -> list[Block]:
    """The conditions of a form as they were typed."""
    return [_typed_block(typed, f"c{number}") for number in range(MOST_BLOCKS) if f"c{number}-operator" in typed]


def options_form(kind: ObjectType, prop: Property, typed: Typed | None) -> OptionsForm:
    """The form with what is stored or was typed."""
    others = (one for one in kind.properties.values() if one.name != prop.name and not one.read_only)
    deciders = [(one.name, one.label) for one in others if deciding_values(one) and not _too_many(one, prop)]
    stored = narrowing_of(prop)
    chosen = typed.get("decided_by", "") if typed is not None else (stored.decided_by if stored else "")
    if chosen not in {name for name, _ in deciders}:
        return OptionsForm(deciders)
    values = deciding_values(kind.property(chosen))
    allowed: dict[str, Sequence[str]] = {}
    for place, value in enumerate(values):
        if typed is not None:
            allowed[value] = typed.getlist(f"v{place}")
        elif stored is not None:
            allowed[value] = sorted(stored.options.get(value, ()))
    return OptionsForm(deciders, chosen, values, allowed)


def parse_options(kind: ObjectType, prop: Property, typed: Typed) -> dict[str, Any] | None:
    """The conditional options to keep; None for none. Raises InvalidSettings."""
    form = options_form(kind, prop, typed)
    if not form.decided_by:
        chosen = kind.properties.get(typed.get("decided_by", ""))
        if chosen is not None and _too_many(chosen, prop):
            raise InvalidSettings({"decided_by": Message(TOO_MANY_TICKS)})
        return None
    kept = {value: list(allowed) for value, allowed in form.allowed.items() if allowed}
    return {"decided_by": form.decided_by, "options": kept} if kept else None


def _too_many(decider: Property, prop: Property) -> bool:
    """Whether the form would have more boxes than a browser, or this program, takes well."""
    return len(deciding_values(decider)) * len(prop.options) > MOST_TICKS


def _stored_blocks(prop: Property) -> list[Block]:
    return [
        Block(
            str(one.operator),
            one.values,
            one.values[0] if prop.type == "date" and one.values else "",
            [Row(each.name, each.required) for each in one.dependents],
        )
        for one in conditions_of(prop)
    ]


def _typed_block(typed: Typed, prefix: str) -> Block:
    rows = [
        Row(typed.get(f"{prefix}-dep{place}", ""), f"{prefix}-req{place}" in typed)
        for place in range(MOST_ROWS)
        if f"{prefix}-dep{place}" in typed
    ]
    return Block(
        operator=typed.get(f"{prefix}-operator", ""),
        values=typed.getlist(f"{prefix}-values"),
        day=typed.get(f"{prefix}-day", ""),
        rows=rows,
        is_removed=f"{prefix}-removed" in typed,
        is_new=f"{prefix}-new" in typed,
    )


def _with_spare(block: Block) -> Block:
    filled = [row for row in block.rows if row.name]
    rows = [*filled, *([Row()] * SPARE_ROWS)]
    return Block(block.operator, block.values, block.day, rows, block.is_removed, block.is_new)


def _values(prop: Property, block: Block, locale: str) -> tuple[list[str], Message | None]:
    if block.operator == Operator.KNOWN:
        return [], None
    if prop.type != "date":
        values = [value for value in deciding_values(prop) if value in block.values]
        return values, None if values else Message(CHOOSE_VALUE)
    if not block.day.strip():
        return [], Message(CHOOSE_VALUE)
    try:
        return [parse_day(block.day.strip(), locale).isoformat()], None
    except InvalidValue as error:
        return [], error.message


def _dependents(kind: ObjectType, prop: Property) -> list[tuple[str, str]]:
    able = [one for one in kind.properties.values() if one.name != prop.name and may_depend(kind, one)]
    ordered = sorted(able, key=lambda one: one.label.casefold())
    return [("", N_("Choose …")), *((one.name, one.label) for one in ordered)]
