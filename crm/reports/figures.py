"""The numbers of an answer as they are drawn: no more groups than fit, no more inks than can be told apart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from crm.messages import N_, Message
from crm.properties.types.base import Context
from crm.reports.answering import Answer
from crm.reports.groups import OTHER_KEY, Group
from crm.reports.measures import Cell

MOST_INKS = 8
LONGEST_LABEL = 22
REST = N_("All others")
NOT_DRAWN = N_("Only the table has what is unknown or earlier.")
CUT = N_("The first %(shown)s of %(count)s groups are drawn.")
LEVELS = 2
_STEPS = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True)
class Ink:
    """One series in the picture: what it is called, and the groups of the second property that it stands for."""

    label: str
    groups: Sequence[Group]


@dataclass(frozen=True)
class Figures:
    """What is drawn of an answer: at most `most` groups unless they are times, which are all drawn.

    Where it `may_stack`, the series of a group can stand on each other.
    """

    found: Answer
    context: Context
    most: int
    may_stack: bool = True

    @property
    def drawable(self) -> Sequence[Group]:
        """The groups that have a place in the picture."""
        groups = self.found.groups
        if self.found.grouping.is_time:
            return [one for one in groups if one.key is not None and one.key != OTHER_KEY]
        return groups

    @property
    def groups(self) -> Sequence[Group]:
        """Those that are drawn."""
        return self.drawable if self.found.grouping.is_time else self.drawable[: self.most]

    @property
    def inks(self) -> Sequence[Ink]:
        """The series, the smaller ones of too many as one; only one without a name where there is one property."""
        series = self.found.series
        if not self.found.report.by:
            return [Ink("", ())]
        if len(series) <= MOST_INKS:
            return [Ink(one.label, (one,)) for one in series]
        sizes = {one.key: self.found.of_series(one).count for one in series}
        first = sorted(series, key=lambda one: -sizes[one.key])[: MOST_INKS - 1]
        kept = [one for one in series if one in first]
        rest = [one for one in series if one not in first]
        return [*(Ink(one.label, (one,)) for one in kept), Ink(str(self.context.translate(REST)), tuple(rest))]

    def value(self, group: Group, ink: Ink) -> Decimal | None:
        """The number of a group, or of one series in it."""
        cells = [self.found.cell(group, one) for one in ink.groups] if ink.groups else [self.found.cell(group)]
        return self.found.measure.of(sum(cells, Cell()))

    def text(self, value: Decimal | None) -> str:
        """A number in words."""
        return self.found.measure.text(value, self.context)

    def total_text(self, group: Group) -> str:
        """The number of a whole group in words."""
        return self.text(self.found.measure.of(self.found.cell(group)))

    @property
    def is_stacked(self) -> bool:
        """Whether the series of a group can stand on each other: they make a whole, and none is negative."""
        adds_up = self.may_stack and self.found.measure.adds_up and len(self.inks) > 1
        return adds_up and all((self.value(one, ink) or 0) >= 0 for one in self.groups for ink in self.inks)

    @property
    def span(self) -> tuple[float, float]:
        """From where to where the numbers go, zero among them, the end a round number."""
        sizes = [
            [float(self.value(one, ink) or 0) for ink in self.inks] for one in self.groups
        ]
        flat = [sum(one) for one in sizes] if self.is_stacked else [size for one in sizes for size in one]
        low, high = min([0.0, *flat]), max([0.0, *flat])
        return -_round_up(-low), _round_up(high) or (0.0 if low else 1.0)

    @property
    def notes(self) -> list[Message]:
        """What the picture leaves out."""
        notes = []
        if len(self.drawable) < len(self.found.groups):
            notes.append(Message(NOT_DRAWN))
        if len(self.groups) < len(self.drawable):
            notes.append(Message(CUT, shown=len(self.groups), count=len(self.drawable)))
        return notes


def short(label: str) -> str:
    """A label no longer than fits beside its number; the table has all of it."""
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1].rstrip()}…"


def _round_up(number: float) -> float:
    """The next round number that is not smaller."""
    if number <= 0:
        return 0.0
    unit = 10.0 ** math.floor(math.log10(number))
    return next((step * unit for step in _STEPS if step * unit >= number * 0.999999), 10 * unit)
