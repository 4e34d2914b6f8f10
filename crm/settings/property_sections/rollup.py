"""What a rollup counts or adds up over associated records, and which of them (SPEC 2.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm.associations.queries import association_types
from crm.derived.conditions import ANY_OF, ASKED, WITHOUT_VALUE, Condition
from crm.derived.conditions import LABELS as OPERATORS
from crm.derived.rollups import COUNT, RESULT_SETTINGS, ROLLUP, RollupSettings, is_summable, read_rollup, rolled_up
from crm.derived.rollups import LABELS as OPERATIONS
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property
from crm.properties.types.base import Context
from crm.records.values import type_of
from crm.settings.property_sections import Editing, InvalidSettings, PropertySection, Typed, property_sections
from crm.settings.property_sections.choices import PAIR, Choices, associated_objects, pair_of, property_choices

NAME = "rollup"
OPERATION, OBJECT, SOURCE, ASSOCIATION = (f"{NAME}-{part}" for part in ("operation", "object", "source", "association"))
ROWS = 3
OTHER_OBJECT = N_("This belongs to another object than “%(objects)s”.")
ANY = N_("Any association")
NOTHING = N_("No condition")
NONE_NEEDED = N_("None, records are counted")


@dataclass(frozen=True)
class ConditionRow:
    """One condition as three controls."""

    number: int
    property: str = ""
    operator: str = ""
    value: str = ""


def control(number: int, part: str) -> str:
    """The name of one of the three controls of a condition."""
    return f"{NAME}-where{number}-{part}"


def _parse(editing: Editing) -> Mapping[str, Any]:
    assert editing.typed is not None
    typed, current = editing.typed, schema()
    other = current.types.get(typed.get(OBJECT, ""))
    if other is None:
        raise InvalidSettings({OBJECT: Message(N_("Choose an object."))})
    operation = typed.get(OPERATION, "")
    source = typed.get(SOURCE, "") if operation != COUNT else ""
    if source and pair_of(source)[0] != other.name:
        raise InvalidSettings({SOURCE: Message(OTHER_OBJECT, objects=other.plural_label)})
    wanted = RollupSettings(
        other.name,
        operation,
        pair_of(source)[1] or None,
        typed.get(ASSOCIATION, "") or None,
        tuple(_conditions(typed, other, editing.reader)),
    )
    try:
        return rolled_up(current, editing.object_type, wanted)
    except InvalidValue as error:
        raise InvalidSettings({OPERATION: error.message}) from None


def _conditions(typed: Typed, other: ObjectType, reader: Context) -> list[Condition]:
    found = []
    for number in range(1, ROWS + 1):
        chosen = typed.get(control(number, "property"), "")
        if not chosen:
            continue
        object_type, name = pair_of(chosen)
        prop = other.properties.get(name) if object_type == other.name else None
        if prop is None:
            raise InvalidSettings({control(number, "property"): Message(OTHER_OBJECT, objects=other.plural_label)})
        operator = typed.get(control(number, "operator"), "")
        try:
            values = _values(prop, operator, typed.get(control(number, "value"), ""), reader)
        except InvalidValue as error:
            raise InvalidSettings({control(number, "value"): error.message}) from None
        found.append(Condition(name, operator, values))
    return found


def _values(prop: Property, operator: str, text: str, reader: Context) -> tuple[str, ...]:
    """What a condition compares with, as the history writes values; several are separated by commas."""
    if operator in WITHOUT_VALUE:
        return ()
    kind = type_of(prop)
    parts = text.split(",") if operator == ANY_OF else [text]
    read = (kind.to_history(kind.parse(part, prop, reader)) for part in parts if part.strip())
    return tuple(value for value in read if value is not None)


def _context(editing: Editing) -> Mapping[str, Any]:
    kind = editing.object_type
    objects = list(associated_objects(kind))
    return {
        **_chosen(editing),
        "operations": list(OPERATIONS.items()),
        "objects": [(other.name, other.plural_label) for other in objects],
        "sources": [("", NONE_NEEDED), *property_choices(kind, is_summable)],
        "associations": [("", ANY), *_labels(kind, objects)],
        "asked": [("", NOTHING), *property_choices(kind, lambda prop: type_of(prop).name in ASKED)],
        "operators": list(OPERATORS.items()),
    }


def _labels(kind: ObjectType, objects: list[ObjectType]) -> Choices:
    """The types of association that say more than that two records are linked."""
    found: Choices = []
    for other in objects:
        for label in association_types().labels(kind.name, other.name):
            found.append((label.name, Message(PAIR, objects=other.plural_label, label=label.text)))
    return found


def _chosen(editing: Editing) -> dict[str, Any]:
    typed = editing.typed
    if typed is not None:
        parts = ("property", "operator", "value")
        rows = [ConditionRow(n, *(typed.get(control(n, part), "") for part in parts)) for n in range(1, ROWS + 1)]
        names = {"operation": OPERATION, "object": OBJECT, "source": SOURCE, "association": ASSOCIATION}
        return {key: typed.get(name, "") for key, name in names.items()} | {"conditions": rows}
    stored = read_rollup(editing.settings)
    other = schema().types.get(stored.object_type)
    rows = [_row(number, other, one, editing.reader) for number, one in enumerate(stored.conditions[:ROWS], start=1)]
    return {
        "operation": stored.operation or COUNT,
        "object": stored.object_type,
        "source": f"{stored.object_type}/{stored.source}" if stored.source else "",
        "association": stored.association or "",
        "conditions": [*rows, *(ConditionRow(number) for number in range(len(rows) + 1, ROWS + 1))],
    }


def _row(number: int, other: ObjectType | None, condition: Condition, reader: Context) -> ConditionRow:
    prop = other.properties.get(condition.property) if other is not None else None
    if other is None or prop is None:
        return ConditionRow(number)
    kind = type_of(prop)
    shown = kind.to_text if prop.options or kind.name in ("user", "checkbox") else kind.to_input
    texts = [shown(kind.from_history(text), prop, reader) for text in condition.values]
    words = ", ".join(text if isinstance(text, str) else ";".join(text) for text in texts)
    return ConditionRow(number, f"{other.name}/{prop.name}", condition.operator, words)


property_sections.register(
    PropertySection(
        NAME,
        N_("What is rolled up"),
        "settings/properties/_rollup.html",
        ("object", "operation", "property", "association", "only_where", "result", *RESULT_SETTINGS),
        lambda type: type.name == ROLLUP,
        _parse,
        _context,
        position=10,
    )
)
