"""A line through time for each series."""

from dataclasses import replace

from crm.messages import N_
from crm.reports.figures import Figures, Ink
from crm.reports.shapes import Chart, Line, Shape, shapes
from crm.reports.shapes.bar import FOOT, PLANE, PLANE_TOP, level_words, time_words

SIDE = 1000


def _draw(figures: Figures) -> Chart:
    figures = replace(figures, may_stack=False)
    levels, marks = level_words(figures)
    lines = [_line(figures, ink, place) for place, ink in enumerate(figures.inks)]
    height = PLANE_TOP + PLANE + FOOT
    return Chart(height, (), [*marks, *time_words(figures)], lines, levels, (PLANE_TOP, PLANE))


def _line(figures: Figures, ink: Ink, place: int) -> Line:
    """The line of a series, interrupted where there is nothing to average."""
    (low, high), groups = figures.span, figures.groups
    path, dots, is_drawing = [], [], False
    for number, group in enumerate(groups):
        value = figures.value(group, ink)
        if value is None:
            is_drawing = False
            continue
        x = (number + 0.5) / len(groups) * SIDE
        y = (1 - (float(value) - low) / (high - low)) * SIDE
        path.append(f"{'L' if is_drawing else 'M'}{x:.1f} {y:.1f}")
        dots.append(f"M{x:.1f} {y:.1f}h0")
        is_drawing = True
    return Line("".join(path), "".join(dots), place)


shapes.register(Shape("line", N_("Line"), is_for=lambda found: found.grouping.is_time, draw=_draw, position=20))
