"""The values a number property has had, drawn as a line that stays at a value until the next (SPEC 1.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from crm.clock import now
from crm.messages import InvalidValue
from crm.objects.schema import Property
from crm.properties.types.base import Context
from crm.records.history import ValueChange, changes_of, value_of
from crm.records.values import type_of

MOST_CHANGES = 100
WIDTH, HEIGHT = 600, 120


@dataclass(frozen=True)
class Point:
    """A value from a moment on; `text` is the value in words, "" for none."""

    moment: datetime
    value: Decimal | None
    text: str


@dataclass(frozen=True)
class PropertyGraph:
    """The line in a picture of WIDTH by HEIGHT, the dots where it changes, and what stands at its edges.

    `points` are all changes, the newest first; older ones are left out if it `is_cut`.
    """

    points: Sequence[Point]
    line: str
    dots: str
    least: str
    greatest: str
    is_cut: bool
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def first(self) -> datetime:
        """Where it begins."""
        return self.points[-1].moment


def property_graph(record_id: int, prop: Property, context: Context) -> PropertyGraph | None:
    """The graph of a property of a record the viewer has been let into, None while it has no value; one query."""
    changes = changes_of(record_id, prop.name, limit=MOST_CHANGES)
    points = [_point(prop, one, context) for one in changes]
    known = [point for point in points if point.value is not None]
    if not known:
        return None
    least, greatest = (limit(known, key=lambda point: point.value or 0) for limit in (min, max))
    line, dots = _drawn(points[::-1], least.value, greatest.value)
    return PropertyGraph(points, line, dots, least.text, greatest.text, len(changes) == MOST_CHANGES)


def _point(prop: Property, change: ValueChange, context: Context) -> Point:
    try:
        value = value_of(prop, change.new)
    except InvalidValue:  # of a time when the property was of another type
        return Point(change.moment, None, change.new or "")
    number = value if isinstance(value, Decimal) else None
    return Point(change.moment, number, type_of(prop).to_text(value, prop, context))


def _drawn(points: Sequence[Point], least: Any, greatest: Any) -> tuple[str, str]:
    """The path of the line and that of the dots, oldest first: level until a change, interrupted without a value."""
    start, end = points[0].moment, max(now(), points[-1].moment)
    span = (end - start).total_seconds() or 1.0
    line, dots, is_drawing = [], [], False
    for place, point in enumerate(points):
        ends = points[place + 1].moment if place + 1 < len(points) else end
        if point.value is None:
            is_drawing = False
            continue
        x, further = (_round((moment - start).total_seconds() / span * WIDTH) for moment in (point.moment, ends))
        y = _round((1 - _share(point.value, least, greatest)) * HEIGHT)
        line.append(f"{'V' + y if is_drawing else f'M{x} {y}'}H{further}")
        dots.append(f"M{x} {y}h0")
        is_drawing = True
    return "".join(line), "".join(dots)


def _share(value: Decimal, least: Decimal, greatest: Decimal) -> float:
    """How high a value stands; in the middle when all are the same."""
    return float((value - least) / (greatest - least)) if greatest > least else 0.5


def _round(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
