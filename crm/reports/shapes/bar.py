"""Bars: lying ones below their names, and standing ones for times, which go from left to right."""

from crm.messages import N_
from crm.reports.figures import LEVELS, Figures, short
from crm.reports.measures import rounded
from crm.reports.shapes import Bar, Chart, Shape, Words, percent, shapes

LABEL, THICK, THIN, GAP = 18, 14, 8, 12
PLANE_TOP, PLANE, FOOT = 18, 200, 22
MOST_TIMES, LAST_TIME, LONG = 4, 0.8, 11
SLOT = 0.72
"""How much of its place a standing bar fills."""


def level_words(figures: Figures) -> tuple[list[float], list[Words]]:
    """The heights of some round numbers in a plane of height 1, from below, with their words."""
    low, high = figures.span
    shares = [step / LEVELS for step in range(LEVELS + 1)]
    whole = figures.found.measure.prop is None and (high - low) % LEVELS
    marked = [0.0, 1.0] if whole else shares
    tops = [PLANE_TOP + (1 - share) * PLANE for share in marked]
    texts = [figures.text(rounded(low + share * (high - low))) for share in marked]
    return tops, [Words("0%", top - 4, text, is_quiet=True) for top, text in zip(tops, texts, strict=True)]


def time_words(figures: Figures) -> list[Words]:
    """The names of some of the times, as many as there is room for; each begins below its own."""
    groups = figures.groups
    most = MOST_TIMES if all(len(one.label) < LONG for one in groups) else MOST_TIMES // 2
    step = max(1, -(-len(groups) // most))
    y = PLANE_TOP + PLANE + 16
    return [
        Words(percent(place / len(groups)), y, groups[place].label, is_quiet=True)
        for place in range(0, len(groups), step)
        if place / len(groups) < LAST_TIME
    ]


def _draw(figures: Figures) -> Chart:
    return _standing(figures) if figures.found.grouping.is_time else _lying(figures)


def _lying(figures: Figures) -> Chart:
    low, high = figures.span
    bars, words, y = [], [], 0.0
    inks, is_stacked = figures.inks, figures.is_stacked
    thick = THICK if is_stacked or len(inks) == 1 else THIN
    for group in figures.groups:
        words.append(Words("0%", y + 13, short(group.label)))
        words.append(Words("100%", y + 13, figures.total_text(group), "end"))
        y += LABEL
        at, rows = 0.0, 1 if is_stacked or len(inks) == 1 else len(inks)
        bars.append(Bar("0%", y, "100%", rows * thick, None))
        for place, ink in enumerate(inks):
            value = float(figures.value(group, ink) or 0)
            start = min(at, at + value)
            share = abs(value) / (high - low)
            color = (group.color or "") if len(inks) == 1 else ""
            if share:
                bars.append(Bar(percent((start - low) / (high - low)), y, percent(share), thick, place, color))
            if is_stacked:
                at += value
            elif len(inks) > 1:
                y += thick
        y += (thick if is_stacked or len(inks) == 1 else 0) + GAP
    return Chart(max(y - GAP, 0), bars, words)


def _standing(figures: Figures) -> Chart:
    low, high = figures.span
    groups, inks, is_stacked = figures.groups, figures.inks, figures.is_stacked
    levels, marks = level_words(figures)
    bars = []
    wide = SLOT / max(len(groups), 1) / (1 if is_stacked else len(inks))
    for place, group in enumerate(groups):
        x, at = (place + (1 - SLOT) / 2) / len(groups), 0.0
        for number, ink in enumerate(inks):
            value = float(figures.value(group, ink) or 0)
            top = PLANE_TOP + (1 - (max(at, at + value) - low) / (high - low)) * PLANE
            height = abs(value) / (high - low) * PLANE
            if height:
                bars.append(Bar(percent(x), round(top, 2), percent(wide), round(height, 2), number))
            if is_stacked:
                at += value
            else:
                x += wide
    return Chart(PLANE_TOP + PLANE + FOOT, bars, [*marks, *time_words(figures)], levels=levels)


shapes.register(Shape("bar", N_("Bars"), is_for=lambda found: True, draw=_draw, position=10))
