"""How many were on a list over the days, drawn as a line that stays at a number until the next (SPEC 5.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crm.clock import account_today
from crm.lists.queries import ListRow, sizes
from crm.permissions.viewer import Viewer

DAYS = 365
WIDTH, HEIGHT = 600, 120


@dataclass(frozen=True)
class SizeGraph:
    """The line in a picture of WIDTH by HEIGHT; `days` are what it is drawn of, the newest first."""

    days: Sequence[tuple[date, int]]
    line: str
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def first(self) -> date:
        """Where it begins."""
        return self.days[-1][0]

    @property
    def least(self) -> int:
        """The smallest size."""
        return min(size for _day, size in self.days)

    @property
    def greatest(self) -> int:
        """The largest size."""
        return max(size for _day, size in self.days)


def size_graph(viewer: Viewer, one: ListRow) -> SizeGraph | None:
    """The graph of a list over the last year; None where nothing is known, or nothing the viewer may be told."""
    today = account_today()
    days = sizes(viewer, one, today - timedelta(days=DAYS))
    return SizeGraph(days[::-1], _drawn(days, today)) if days else None


def _drawn(days: Sequence[tuple[date, int]], today: date) -> str:
    """Level from the beginning of each day until the next that is known, up to the end of today."""
    start, greatest = days[0][0], max(size for _day, size in days) or 1
    span = (today - start).days + 1
    pieces = []
    for place, (day, size) in enumerate(days):
        ends = days[place + 1][0] if place + 1 < len(days) else today + timedelta(days=1)
        x, further = (_round((moment - start).days / span * WIDTH) for moment in (day, ends))
        y = _round((1 - size / greatest) * HEIGHT)
        pieces.append(f"{f'V{y}' if pieces else f'M{x} {y}'}H{further}")
    return "".join(pieces)


def _round(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
