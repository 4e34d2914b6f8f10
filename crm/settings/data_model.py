"""The data model as a picture: which objects there are, and which are associated with which (SPEC 2.2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin

from crm.associations.link_types import association_types
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer
from crm.records.counts import Counted, record_counts

CARD = (176, 72)
CHIP = (164, 36)
GAP = 12
MARGIN = 28
LOOP = 15
LABEL_BEHIND = 62
"""How far behind the edge of its card a label stands on its line: labels at the middle would meet in the centre."""


@dataclass(frozen=True)
class Wishes:
    """What to draw: objects whose name has `q` in it with their neighbours, only those with records, activities too."""

    q: str = ""
    only_used: bool = False
    with_activities: bool = False


@dataclass(frozen=True)
class Bond:
    """That records of two objects may be associated, with the labels of such links and how many each may have.

    `labels` are (label, of which object a record has one); without one, any number on both sides. `limits` say of how
    many records of the other object one of each object may have, None for any number.
    """

    one: ObjectType
    other: ObjectType
    labels: tuple[tuple[str, str], ...] = ()
    limits: tuple[tuple[str, int | None], ...] = ()

    @property
    def limited(self) -> tuple[tuple[str, int], ...]:
        """The limits there are, by the name of the object they are of."""
        return tuple((name, limit) for name, limit in self.limits if limit is not None)


@dataclass(frozen=True)
class Card:
    """One object in the picture, by its upper left corner."""

    kind: ObjectType
    records: Counted
    x: int
    y: int
    is_found: bool = False


@dataclass(frozen=True)
class Line:
    """One bond in the picture; `path` is SVG path data, the label stands at `x`, `y`."""

    bond: Bond
    path: str
    x: int
    y: int


@dataclass(frozen=True)
class Chip:
    """One kind of activity in the picture; `on` are the objects it may be logged on, None for all."""

    kind: ObjectType
    records: Counted
    x: int
    y: int
    on: tuple[ObjectType, ...] | None


@dataclass(frozen=True)
class Picture:
    """Everything to draw, and its size; `floor` is where the activities begin."""

    width: int
    height: int
    floor: int
    cards: Sequence[Card]
    lines: Sequence[Line]
    chips: Sequence[Chip]


def data_model(viewer: Viewer, wishes: Wishes) -> Picture:
    """The picture of what the viewer asks for; two queries. Numbers count what the viewer may see."""
    known = schema()
    activities = known.activity_types if wishes.with_activities else ()
    counts = record_counts(viewer, [kind.name for kind in (*known.record_types, *activities)])
    bonds = _bonds(known.record_types)
    kinds = [kind for kind in known.record_types if counts[kind.name].number or not wishes.only_used]
    found = {kind.name for kind in kinds if _is_called(kind, wishes.q)}
    if wishes.q:
        near = found | {name for bond in bonds for name in _ends(bond) if found & set(_ends(bond))}
        kinds = [kind for kind in kinds if kind.name in near]
        bonds = [bond for bond in bonds if found & set(_ends(bond))]
    names = {kind.name for kind in kinds}
    bonds = [bond for bond in bonds if names.issuperset(_ends(bond))]
    shown = [kind for kind in activities if counts[kind.name].number or not wishes.only_used]
    return _drawn(kinds, bonds, shown, counts, found if wishes.q else set())


def _ends(bond: Bond) -> tuple[str, str]:
    return bond.one.name, bond.other.name


def _is_called(kind: ObjectType, q: str) -> bool:
    wanted = q.casefold()
    return any(wanted in text.casefold() for text in (kind.label, kind.plural_label, kind.name))


def _bonds(kinds: Iterable[ObjectType]) -> list[Bond]:
    """The pairs of objects that may be associated, in the order of the navigation."""
    order, types = list(kinds), association_types()
    bonds = []
    for place, one in enumerate(order):
        for other in order[place:]:
            if types.between(one.name, other.name) is not None:
                bonds.append(_bond(one, other))
    return bonds


def _bond(one: ObjectType, other: ObjectType) -> Bond:
    types, ends = association_types(), ((one.name, other.name), (other.name, one.name))
    limits = {start: types.by_id[types.ids[f"{start}_to_{end}"]].limit for start, end in ends}
    labels = {}
    for label in types.labels(one.name, other.name):
        text = f"{label.text} / {label.inverse_text}" if label.is_paired else label.text
        holder = next(start for start, end in ends if end == "company") if label.is_primary else ""
        labels.setdefault(min(label.type_id, label.inverse_id), (text, holder))
    return Bond(one, other, tuple(labels.values()), tuple(limits.items()))


def _drawn(
    kinds: Sequence[ObjectType],
    bonds: Sequence[Bond],
    activities: Sequence[ObjectType],
    counts: dict[str, Counted],
    found: set[str],
) -> Picture:
    rx, ry = _radii(len(kinds))
    width = 2 * rx + CARD[0] + 2 * MARGIN
    floor = (2 * ry if len(kinds) > 1 else 0) + CARD[1] + 2 * MARGIN
    centres = {}
    for place, kind in enumerate(kinds):
        angle = 2 * pi * place / len(kinds) - pi / 2
        y = ry * (1 + sin(angle)) if len(kinds) > 1 else 0
        centres[kind.name] = (round(width / 2 + rx * cos(angle)), round(MARGIN + CARD[1] / 2 + y))
    cards = [
        Card(kind, counts[kind.name], x - CARD[0] // 2, y - CARD[1] // 2, kind.name in found)
        for kind in kinds
        for x, y in (centres[kind.name],)
    ]
    chips, height = _chips(activities, counts, width, floor)
    return Picture(width, height, floor, cards, [_line(bond, centres) for bond in bonds], chips)


def _radii(count: int) -> tuple[int, int]:
    """Of the ellipse the objects stand on: no two of them touch, also where it runs slantwise past their corners."""
    if count < 2:
        return 140, 0
    apart = 2 * sin(pi / count)
    return round(max(300, (CARD[0] + 76) / apart)), round(max(190, (CARD[1] + 56) / apart))


def _line(bond: Bond, centres: dict[str, tuple[int, int]]) -> Line:
    (x, y), (to_x, to_y) = centres[bond.one.name], centres[bond.other.name]
    if bond.one.name == bond.other.name:
        right, top = x + CARD[0] // 2, y - CARD[1] // 2
        path = f"M{right - 2 * LOOP} {top}A{LOOP} {LOOP} 0 1 1 {right} {top + 2 * LOOP}"
        return Line(bond, path, right, top - LOOP)
    if bond.other.name == "company":
        x, y, to_x, to_y = to_x, to_y, x, y
    share = _share_behind_card(to_x - x, to_y - y)
    return Line(bond, f"M{x} {y}L{to_x} {to_y}", round(x + (to_x - x) * share), round(y + (to_y - y) * share))


def _share_behind_card(dx: int, dy: int) -> float:
    """The part of a line from a card's centre after which a label on it no longer touches the card."""
    edge = min(CARD[0] / 2 / abs(dx) if dx else 1, CARD[1] / 2 / abs(dy) if dy else 1)
    return min(0.5, edge + LABEL_BEHIND / hypot(dx, dy))


def _chips(
    activities: Sequence[ObjectType], counts: dict[str, Counted], width: int, floor: int
) -> tuple[list[Chip], int]:
    """The activities in rows below the objects, and the height of the whole."""
    if not activities:
        return [], floor
    objects = schema().record_types
    in_row = max(1, (width - 2 * MARGIN + GAP) // (CHIP[0] + GAP))
    chips = []
    for place, kind in enumerate(activities):
        row, column = divmod(place, in_row)
        on = tuple(one for one in objects if one.takes(kind.name))
        chips.append(
            Chip(
                kind,
                counts[kind.name],
                MARGIN + column * (CHIP[0] + GAP),
                floor + 36 + row * (CHIP[1] + GAP),
                None if len(on) == len(objects) else on,
            )
        )
    return chips, chips[-1].y + CHIP[1] + MARGIN
