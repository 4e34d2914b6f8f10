"""In what shape a report is drawn: bars, a line, a funnel, or only its table; one file for each (SVG, on the server).

Lengths are parts of the width of the picture, so that it fits wherever it stands and its words keep their size.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crm.registry import Registry
from crm.reports.answering import Answer
from crm.reports.figures import Figures


@dataclass(frozen=True)
class Bar:
    """One rectangle; `series` is the place of its ink, None for what stands behind all bars."""

    x: str
    y: float
    width: str
    height: float
    series: int | None = 0
    color: str = ""


@dataclass(frozen=True)
class Words:
    """A text in the picture, which begins, ends or has its middle at `x`."""

    x: str
    y: float
    text: str
    anchor: str = "start"
    is_quiet: bool = False


@dataclass(frozen=True)
class Line:
    """One line through points of a plane of 1000 by 1000, and the dots on it."""

    path: str
    dots: str
    series: int


@dataclass(frozen=True)
class Chart:
    """The picture of a report: what is drawn in it, from behind to the front.

    `plane` is (top, height) of the part that lines are drawn in; `levels` are the heights at which a level is marked.
    """

    height: float
    bars: Sequence[Bar] = ()
    words: Sequence[Words] = ()
    lines: Sequence[Line] = ()
    levels: Sequence[float] = ()
    plane: tuple[float, float] = (0, 0)


@dataclass(frozen=True)
class Shape:
    """One shape; `draw` makes the picture, or nothing where there is only the table."""

    name: str
    label: str
    is_for: Callable[[Answer], bool]
    draw: Callable[[Figures], Chart | None]
    position: int = 100


shapes: Registry[Shape] = Registry("shape of reports")


def shapes_for(found: Answer) -> list[Shape]:
    """The shapes that an answer can have, in order."""
    return [one for one in shapes if one.is_for(found)]


def shape_of(found: Answer) -> Shape:
    """The shape that was asked for, or the first one where an answer cannot have that."""
    offered = shapes_for(found)
    return next((one for one in offered if one.name == found.report.shape), offered[0])


def percent(share: float) -> str:
    """A part of the width: "12.5%"."""
    return f"{round(share * 100, 2):g}%"
