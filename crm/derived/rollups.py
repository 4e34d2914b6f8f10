"""What a rollup counts or adds up, as its settings hold it (SPEC 2.3).

`object` is the associated object and `association` the name of one type of association to it, if not any; `operation`
is what is done with `property`, which `count` does without; `only_where` says which records count.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.associations.queries import association_types
from crm.derived.conditions import Condition, check_conditions, read_conditions
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType, Property, Schema
from crm.records.values import type_of

ROLLUP = "rollup"
COUNT, SUM, AVERAGE, LEAST, GREATEST = "count", "sum", "average", "min", "max"
LABELS: Mapping[str, str] = {
    COUNT: N_("Count"),
    SUM: N_("Sum"),
    AVERAGE: N_("Average"),
    LEAST: N_("Minimum"),
    GREATEST: N_("Maximum"),
}
NUMBERS, DAYS = frozenset({"number", "currency", "score"}), frozenset({"date", "date_time"})
NO_OBJECT = N_("Choose an object that %(objects)s can be associated with.")
NO_OPERATION = N_("Choose what is done with the values.")
NO_PROPERTY = N_("Choose a number of the associated object, or a date for the minimum or maximum.")
NO_LABEL = N_("There is no such association.")
RESULT_SETTINGS = ("format", "decimals", "grouping", "currency")


@dataclass(frozen=True)
class RollupSettings:
    """The settings of one rollup, read."""

    object_type: str
    operation: str
    source: str | None = None
    association: str | None = None
    conditions: tuple[Condition, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The properties of the associated object it is made of."""
        asked = {one.property for one in self.conditions}
        return frozenset(asked | ({self.source} if self.source else set()))


def read_rollup(settings: Mapping[str, Any]) -> RollupSettings:
    """The rollup that the settings of a property describe, whether it can be or not."""
    operation = str(settings.get("operation", ""))
    return RollupSettings(
        object_type=str(settings.get("object", "")),
        operation=operation,
        source=None if operation == COUNT else settings.get("property"),
        association=settings.get("association"),
        conditions=tuple(read_conditions(settings.get("only_where"))),
    )


def rolled_up(current: Schema, kind: ObjectType, wanted: RollupSettings) -> dict[str, Any]:
    """The settings of a rollup of `kind`, with those of the type its values are of. Raises InvalidValue."""
    types = association_types()
    other = current.types.get(wanted.object_type)
    if other is None or other.is_activity or types.between(kind.name, other.name) is None:
        raise InvalidValue(Message(NO_OBJECT, objects=kind.plural_label))
    if wanted.association is not None and wanted.association not in associations_between(kind.name, other.name):
        raise InvalidValue(NO_LABEL)
    if wanted.operation not in LABELS:
        raise InvalidValue(NO_OPERATION)
    check_conditions(other, wanted.conditions)
    return {
        "object": wanted.object_type,
        "operation": wanted.operation,
        "property": wanted.source,
        "association": wanted.association,
        "only_where": [one.stored() for one in wanted.conditions] or None,
        **dict.fromkeys(RESULT_SETTINGS),
        **_result(other, wanted),
    }


def associations_between(from_object: str, to_object: str) -> list[str]:
    """The names of the types of association that lead from one object to another."""
    types = association_types()
    return sorted(name for name, one in types.ids.items() if types.by_id[one].joins(from_object, to_object))


def is_summable(prop: Property) -> bool:
    """Whether a rollup can add up or compare the values of this property."""
    return type_of(prop).name in NUMBERS | DAYS


def aggregate(other: ObjectType, wanted: RollupSettings) -> Any:
    """What is selected for each record: one value over the associated records."""
    if wanted.operation == COUNT or wanted.source is None:
        return sa.func.count()
    column = other.column(wanted.source)
    by_name = {SUM: sa.func.sum, AVERAGE: sa.func.avg, LEAST: sa.func.min, GREATEST: sa.func.max}
    return by_name[wanted.operation](column, type_=column.type)


def _result(other: ObjectType, wanted: RollupSettings) -> dict[str, Any]:
    """The type of the values, and its settings."""
    if wanted.operation == COUNT:
        return {"result": "number", "decimals": 0}
    prop = other.properties.get(wanted.source or "")
    name = type_of(prop).name if prop is not None else ""
    if prop is None or not (name in NUMBERS or (name in DAYS and wanted.operation in (LEAST, GREATEST))):
        raise InvalidValue(NO_PROPERTY)
    kept = {key: prop.settings[key] for key in RESULT_SETTINGS if key in prop.settings}
    if wanted.operation == AVERAGE:
        kept.pop("decimals", None)
    return {"result": "number" if name == "score" else name, **kept}
