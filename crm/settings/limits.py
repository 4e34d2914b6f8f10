"""Ceilings ready to be shown: how full each is, and by what."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm.objects.registry import Ceiling, CeilingUsage

SHOWN = 3
NEARLY = 80


@dataclass(frozen=True)
class ShownUsage:
    """What takes how much of a ceiling."""

    usage: CeilingUsage
    percent: int

    @property
    def is_nearly_full(self) -> bool:
        """Whether somebody should look."""
        return self.percent >= NEARLY


@dataclass(frozen=True)
class ShownCeiling:
    """A ceiling with the fullest of what has it; `more` have less."""

    ceiling: Ceiling
    usages: Sequence[ShownUsage]
    more: int


def shown_ceiling(ceiling: Ceiling) -> ShownCeiling:
    """A ceiling with how much of it is taken at this moment."""
    taken = list(ceiling.usage())
    usages = [ShownUsage(one, min(100, 100 * one.count // ceiling.limit) if ceiling.limit else 0) for one in taken]
    return ShownCeiling(ceiling, usages[:SHOWN], max(0, len(usages) - SHOWN))
