"""A funnel: the groups in their order, one below the other, each as wide as its number is large."""

from crm.messages import N_
from crm.reports.answering import Answer
from crm.reports.figures import Figures, short
from crm.reports.shapes import Bar, Chart, Shape, Words, percent, shapes

LABEL, THICK, GAP = 18, 22, 10


def _is_for(found: Answer) -> bool:
    return not found.report.by and not found.grouping.is_time


def _draw(figures: Figures) -> Chart:
    bars, words, y = [], [], 0.0
    ink = figures.inks[0]
    sizes = [float(figures.value(group, ink) or 0) for group in figures.groups]
    most = max([0.0, *sizes]) or 1.0
    whole = sum(sizes) if figures.found.measure.adds_up and min([0.0, *sizes]) == 0 else 0.0
    for group, size in zip(figures.groups, sizes, strict=True):
        share = f" · {size / whole:.0%}" if whole else ""
        words.append(Words("0%", y + 13, short(group.label)))
        words.append(Words("100%", y + 13, f"{figures.total_text(group)}{share}", "end"))
        y += LABEL
        width = max(size, 0) / most
        if width:
            bars.append(Bar(percent((1 - width) / 2), y, percent(width), THICK, 0, group.color or ""))
        y += THICK + GAP
    return Chart(max(y - GAP, 0), bars, words)


shapes.register(Shape("funnel", N_("Funnel"), is_for=_is_for, draw=_draw, position=30))
