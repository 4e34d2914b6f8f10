"""A formula that has been read: what it names, what it answers, and its value for one record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from crm.messages import N_, InvalidValue, Message
from crm.properties.formulas.kinds import ARITHMETIC, LABELS, Clock, Kind, storable

NOT_A_PROPERTY = N_("There is no property “%(name)s” that a formula could use.")
UNKNOWN_ONLY = N_("This formula never has a value.")


@dataclass(frozen=True)
class Row:
    """The values of one record by property name, and when they are computed with."""

    values: Mapping[str, Any]
    clock: Clock


Lazy = Callable[[], Any]


@dataclass(frozen=True)
class Function:
    """One function or operator.

    `result` answers the kind of its value from those of its arguments (None: unknown, fits anything) and raises
    InvalidValue when they do not fit. `run` gets the arguments' values and the clock. Unless `takes_unknown`, a value
    that is unknown makes the whole unknown; when `is_lazy`, the arguments come as functions to be called if wanted.
    """

    name: str
    signature: str
    text: str
    result: Callable[[Sequence[Kind | None]], Kind | None]
    run: Callable[..., Any]
    takes_unknown: bool = False
    is_lazy: bool = False
    wants_clock: bool = False
    is_of_the_day: bool = False
    is_operator: bool = False
    position: int = 100


@dataclass(frozen=True)
class Literal:
    """A value written in the formula; of no kind when it is `unknown`."""

    value: Any
    kind: Kind | None
    depth: int = 1

    def parts(self) -> Iterator[Node]:
        """Itself."""
        yield self

    def kind_of(self, kinds: Mapping[str, Kind]) -> Kind | None:
        """The kind of the value."""
        return self.kind

    def value_in(self, row: Row) -> Any:
        """The value."""
        return self.value


@dataclass(frozen=True)
class Name:
    """A property by its internal name."""

    name: str
    depth: int = 1

    def parts(self) -> Iterator[Node]:
        """Itself."""
        yield self

    def kind_of(self, kinds: Mapping[str, Kind]) -> Kind | None:
        """The kind of the property; raises InvalidValue when there is none that can be used."""
        if self.name not in kinds:
            raise InvalidValue(Message(NOT_A_PROPERTY, name=self.name))
        return kinds[self.name]

    def value_in(self, row: Row) -> Any:
        """The record's value; an empty text is unknown."""
        value = row.values.get(self.name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return Decimal(str(value))
        return None if value == "" else value


@dataclass(frozen=True)
class Call:
    """A function or operator with its arguments."""

    function: Function
    arguments: tuple[Node, ...]
    depth: int = field(default=1)

    def parts(self) -> Iterator[Node]:
        """Itself and everything in it."""
        yield self
        for argument in self.arguments:
            yield from argument.parts()

    def kind_of(self, kinds: Mapping[str, Kind]) -> Kind | None:
        """The kind of what it answers; raises InvalidValue when the arguments do not fit."""
        return self.function.result([argument.kind_of(kinds) for argument in self.arguments])

    def value_in(self, row: Row) -> Any:
        """What it answers for one record, None when unknown."""
        more = (row.clock,) if self.function.wants_clock else ()
        if self.function.is_lazy:
            return self.function.run(*(self._later(argument, row) for argument in self.arguments), *more)
        values = [argument.value_in(row) for argument in self.arguments]
        if not self.function.takes_unknown and any(value is None for value in values):
            return None
        return self.function.run(*values, *more)

    @staticmethod
    def _later(argument: Node, row: Row) -> Lazy:
        return lambda: argument.value_in(row)


Node = Literal | Name | Call


@dataclass(frozen=True)
class Formula:
    """An expression over the properties of one record."""

    text: str
    root: Node

    @property
    def names(self) -> frozenset[str]:
        """The internal names of the properties it uses."""
        return frozenset(part.name for part in self.root.parts() if isinstance(part, Name))

    @property
    def is_of_the_day(self) -> bool:
        """Whether its value may be another tomorrow, though the record stays the same: it asks for today()."""
        return any(isinstance(part, Call) and part.function.is_of_the_day for part in self.root.parts())

    def result_kind(self, kinds: Mapping[str, Kind]) -> Kind:
        """What it answers, given the kind of each property that may be used.

        Raises InvalidValue for a name that is none of them, for arguments that do not fit, and for a formula that
        answers several choices or nothing.
        """
        kind = self.root.kind_of(kinds)
        if kind is None:
            raise InvalidValue(UNKNOWN_ONLY)
        if kind is Kind.CHOICES:
            raise InvalidValue(Message(N_("A formula cannot answer %(kind)s."), kind=LABELS[kind]))
        return kind

    def evaluate(self, values: Mapping[str, Any], clock: Clock) -> Any:
        """The value for a record with these values by property name, ready to be stored; None when unknown.

        Decimal, bool, date, aware datetime or str. What cannot be computed (a division by zero, a day after the year
        9999, a number of more than fifteen digits) is unknown.
        """
        try:
            with localcontext(ARITHMETIC) as arithmetic:
                arithmetic.rounding = ROUND_HALF_UP
                return _checked(storable(self.root.value_in(Row(values, clock))))
        except (ArithmeticError, ValueError):
            return None


def _checked(value: Any) -> Any:
    """A list cannot be stored; years before 1000 are not days people mean."""
    if isinstance(value, date | datetime) and value.year < 1000:
        return None
    return value
