"""What a report works out of the records of a group: how many there are, or a number of theirs added up or averaged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import sqlalchemy as sa

from crm.derived.money import AMOUNT, CURRENCY, home_currency, in_home_currency
from crm.filters.families import Family, family_of, held_type
from crm.filters.tree import Condition
from crm.messages import N_, InvalidValue, Lowered, Message
from crm.objects.schema import ObjectType, Property
from crm.properties.types.base import Context
from crm.properties.types.number import plain_decimal
from crm.reports.report import COUNT

SUM, AVERAGE = "sum", "average"
COLON = ":"
WHOLE, CENTS, FINE, KEPT = (Decimal(10) ** -places for places in (0, 2, 4, 6))
NO_MEASURE = N_("Choose what is counted or added up.")
COUNTED = N_("Number of %(objects)s")


@dataclass(frozen=True)
class Cell:
    """What was found of one group: its records, those of them whose number is known, and the sum of those numbers.

    `elsewhere` counts amounts in other currencies than the account's, which are left out of the sum.
    """

    count: int = 0
    known: int = 0
    sum: Decimal = Decimal(0)
    elsewhere: int = 0

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(
            self.count + other.count,
            self.known + other.known,
            self.sum + other.sum,
            self.elsewhere + other.elsewhere,
        )


def _average(cell: Cell, prop: Property | None) -> Decimal | None:
    if not cell.known:
        return None
    style = prop.settings.get("format") if prop else ""
    step = WHOLE if style == "duration" else FINE if style == "percent" else CENTS
    return (cell.sum / cell.known).quantize(step, ROUND_HALF_EVEN)


WAYS: Mapping[str, tuple[str, Callable[[Cell, Property | None], Decimal | None]]] = {
    COUNT: (COUNTED, lambda cell, prop: Decimal(cell.count)),
    SUM: (N_("Sum of %(property)s"), lambda cell, prop: cell.sum),
    AVERAGE: (N_("Average of %(property)s"), _average),
}


@dataclass(frozen=True)
class Measure:
    """One way to come to a number, of a property unless records are counted."""

    kind: ObjectType
    way: str
    prop: Property | None = None

    @classmethod
    def read(cls, kind: ObjectType, text: str) -> "Measure":
        """That of an address: "count", "sum:amount"; raises InvalidValue."""
        way, _, name = text.partition(COLON)
        prop = kind.properties.get(name)
        if way == COUNT and not name:
            return cls(kind, COUNT)
        if way not in WAYS or way == COUNT or prop is None or prop not in countable(kind):
            raise InvalidValue(NO_MEASURE)
        return cls(kind, way, prop)

    @property
    def name(self) -> str:
        """Its name in addresses."""
        return f"{self.way}{COLON}{self.prop.name}" if self.prop else self.way

    @property
    def label(self) -> Message:
        """What it is called."""
        if self.prop is None:
            return Message(COUNTED, objects=Lowered(self.kind.plural_label))
        return Message(WAYS[self.way][0], property=self.prop.label)

    @property
    def adds_up(self) -> bool:
        """Whether parts of it make a whole, as averages do not."""
        return self.way != AVERAGE

    @property
    def number(self) -> Any:
        """SQL of the number of a record: NULL where it is not known, or in another currency."""
        if self.prop is None:
            return sa.null()
        column = self.kind.column(self.prop.name)
        is_ours = in_home_currency(self.kind, self.prop)
        return column if isinstance(is_ours, sa.sql.elements.True_) else sa.case((is_ours, column))

    @property
    def is_elsewhere(self) -> sa.ColumnElement[bool]:
        """SQL of whether a record has an amount in another currency."""
        if self.prop is None:
            return sa.false()
        return sa.and_(self.kind.column(self.prop.name).is_not(None), sa.not_(in_home_currency(self.kind, self.prop)))

    def of(self, cell: Cell) -> Decimal | None:
        """The number of a group, None where there is nothing to average."""
        return WAYS[self.way][1](cell, self.prop)

    def text(self, value: Decimal | None, context: Context) -> str:
        """A number in words."""
        if value is None:
            return "--"
        if self.prop is None:
            return f"{value:,}"
        return held_type(self.prop).to_text(plain_decimal(value), self.prop, context)

    @property
    def elsewhere(self) -> tuple[Condition, ...]:
        """The conditions that find the records whose amounts are left out."""
        name = self.prop.name if self.prop else AMOUNT
        return Condition(CURRENCY, "none", (home_currency(),)), Condition(CURRENCY, "known"), Condition(name, "known")


def countable(kind: ObjectType) -> Sequence[Property]:
    """The properties of an object that are numbers of something, and not names."""
    return [
        prop
        for prop in kind.properties.values()
        if family_of(prop) is Family.NUMBER and prop.settings.get("grouping") is not False
    ]


def measures_of(kind: ObjectType) -> list[Measure]:
    """Everything that can be worked out of records of an object."""
    of_numbers = [Measure(kind, way, prop) for prop in countable(kind) for way in (SUM, AVERAGE)]
    return [Measure(kind, COUNT), *of_numbers]


def rounded(number: Any) -> Decimal:
    """A sum without what binary numbers add to it."""
    return plain_decimal(Decimal(str(number or 0)).quantize(KEPT, ROUND_HALF_EVEN))
