"""Which associated records a rollup counts: a few conditions on their own values, all of which must hold (SPEC 2.3)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType, Property
from crm.properties.types.checkboxes import SEPARATOR
from crm.records.values import type_of

MOST_CONDITIONS = 10
NO_PROPERTY = N_("%(objects)s have no property “%(name)s” that can be asked for.")
NO_OPERATOR = N_("“%(label)s” cannot be compared like that.")
NO_VALUE = N_("Say what “%(label)s” is compared with.")
TOO_MANY = N_("At most %(limit)s conditions.")
ORDERED = frozenset({"number", "currency", "score", "date", "date_time"})
TEXTS = frozenset({"text", "multi_line", "email", "phone", "url", "domain"})
ASKED = ORDERED | TEXTS | {"dropdown", "radio", "checkbox", "checkboxes", "user"}

ANY_OF, EQUAL, GREATER, LESS, KNOWN, UNKNOWN = "any_of", "equal", "greater", "less", "known", "unknown"
LABELS: Mapping[str, str] = {
    ANY_OF: N_("is any of"),
    EQUAL: N_("is equal to"),
    GREATER: N_("is greater than"),
    LESS: N_("is less than"),
    KNOWN: N_("is known"),
    UNKNOWN: N_("is unknown"),
}
WITHOUT_VALUE = frozenset({KNOWN, UNKNOWN})


@dataclass(frozen=True)
class Condition:
    """One condition; `values` are texts as the history writes values."""

    property: str
    operator: str
    values: tuple[str, ...] = ()

    def stored(self) -> list[Any]:
        """The condition as the settings of a property hold it."""
        return [self.property, self.operator, list(self.values)]


def read_conditions(stored: Any) -> list[Condition]:
    """The conditions that settings hold; what is none is left out."""
    found = []
    for one in stored if isinstance(stored, list) else []:
        if isinstance(one, list) and len(one) == 3 and isinstance(one[2], list):
            found.append(Condition(str(one[0]), str(one[1]), tuple(map(str, one[2]))))
    return found


def operators_for(prop: Property) -> tuple[str, ...]:
    """The operators that make sense for the values of a property."""
    name = type_of(prop).name
    if name not in ASKED:
        return ()
    if name in ORDERED:
        return (EQUAL, GREATER, LESS, KNOWN, UNKNOWN)
    return (ANY_OF, EQUAL, KNOWN, UNKNOWN)


def check_conditions(kind: ObjectType, conditions: Sequence[Condition]) -> None:
    """Raises InvalidValue unless these conditions can be asked of records of `kind`."""
    if len(conditions) > MOST_CONDITIONS:
        raise InvalidValue(Message(TOO_MANY, limit=MOST_CONDITIONS))
    for one in conditions:
        prop = kind.properties.get(one.property)
        if prop is None:
            raise InvalidValue(Message(NO_PROPERTY, objects=kind.plural_label, name=one.property))
        if one.operator not in operators_for(prop):
            raise InvalidValue(Message(NO_OPERATOR, label=prop.label))
        if one.operator not in WITHOUT_VALUE and not _values(prop, one):
            raise InvalidValue(Message(NO_VALUE, label=prop.label))


def clauses(kind: ObjectType, conditions: Sequence[Condition]) -> list[sa.ColumnElement[bool]]:
    """The conditions as SQL on the table of `kind`; one on a property that is gone holds for nothing."""
    return [
        _clause(kind, kind.properties[one.property], one) if one.property in kind.properties else sa.false()
        for one in conditions
    ]


def _values(prop: Property, condition: Condition) -> list[Any]:
    try:
        return [type_of(prop).from_history(text) for text in condition.values if text != ""]
    except (ValueError, ArithmeticError):
        return []


def _clause(kind: ObjectType, prop: Property, condition: Condition) -> sa.ColumnElement[bool]:
    column = kind.column(prop.name)
    if condition.operator in WITHOUT_VALUE:
        is_text = isinstance(column.type, sa.Text)
        is_known = sa.and_(column.is_not(None), column != "") if is_text else column.is_not(None)
        return is_known if condition.operator == KNOWN else sa.not_(is_known)
    values = _values(prop, condition)
    build = _SEVERAL if type_of(prop).is_multiple else _BY_OPERATOR
    return build.get(condition.operator, _nothing)(column, values) if values else sa.false()


Build = Callable[[Any, Sequence[Any]], sa.ColumnElement[bool]]


def _nothing(_column: Any, _values: Sequence[Any]) -> sa.ColumnElement[bool]:
    return sa.false()


def _has_one(column: Any, values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """Whether a list of choices, joined by semicolons, has one of some."""
    listed = sa.literal(SEPARATOR).concat(column).concat(SEPARATOR)
    return sa.or_(*(listed.contains(f"{SEPARATOR}{value}{SEPARATOR}", autoescape=True) for value in values))


_BY_OPERATOR: Mapping[str, Build] = {
    ANY_OF: lambda column, values: column.in_(values),
    EQUAL: lambda column, values: column == values[0],
    GREATER: lambda column, values: column > values[0],
    LESS: lambda column, values: column < values[0],
}
_SEVERAL: Mapping[str, Build] = {ANY_OF: _has_one, EQUAL: lambda column, values: column == values[0]}
