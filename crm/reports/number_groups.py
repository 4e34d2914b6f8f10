"""Numbers as groups of a report: in ranges that grow with them, or each by itself."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm.filters.families import held_type
from crm.filters.tree import Condition, Eyes
from crm.messages import N_
from crm.objects.schema import ObjectType, Property
from crm.properties.types.base import Context
from crm.properties.types.number import plain_decimal
from crm.reports.groups import FEW, Found, Group, Grouping, last_groups

RANGES, VALUES = "ranges", "values"
NUMBER_STEPS: Mapping[str, str] = {RANGES: N_("Ranges"), VALUES: N_("Single values")}
_MINUTE, _DAY = 60_000, 86_400_000
LIMITS: Mapping[str, Sequence[Decimal]] = {
    "plain": tuple(map(Decimal, (0, 10, 100, 1_000, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000))),
    "percent": tuple(Decimal(tenth) / 10 for tenth in range(11)),
    "duration": tuple(
        map(Decimal, (0, *(n * _MINUTE for n in (1, 5, 15, 30, 60, 240)), *(n * _DAY for n in (1, 7, 30, 90))))
    ),
}


def number_groups(kind: ObjectType, prop: Property, step: str, eyes: Eyes, context: Context) -> Grouping:
    """How records are grouped by a number."""
    column = kind.column(prop.name)
    if step == VALUES:
        return Grouping(prop, column, lambda found, context: _single_values(prop, found, context), most=FEW)
    limits = LIMITS.get(prop.settings.get("format", ""), LIMITS["plain"])
    places = [(column < limit, place) for place, limit in enumerate(limits)]
    key = sa.case((column.is_(None), None), *places, else_=len(limits))

    def groups(found: Found, context: Context) -> list[Group]:
        met = sorted(found.texts)
        whole = range(met[0], met[-1] + 1) if met else ()
        return [*(_range(prop, limits, place, context) for place in whole), *last_groups(prop, found, context, None)]

    return Grouping(prop, key, groups)


def _single_values(prop: Property, found: Found, context: Context) -> list[Group]:
    values = sorted(found.texts)
    named = [
        Group(one, held_type(prop).to_text(one, prop, context), (Condition(prop.name, "equal", (_plain(one),)),))
        for one in values
    ]
    rest = [Condition(prop.name, "not_equal", (_plain(one),)) for one in values]
    return [*named, *last_groups(prop, found, context, (*rest, Condition(prop.name, "known")))]


def _range(prop: Property, limits: Sequence[Decimal], place: int, context: Context) -> Group:
    """The numbers from the limit before `place` up to the one there, which is no longer among them."""
    first, beyond = limits[place - 1] if place else None, limits[place] if place < len(limits) else None
    words = [held_type(prop).to_text(one, prop, context) for one in (first, beyond) if one is not None]
    asked = [
        *([Condition(prop.name, "greater_equal", (_plain(first),))] if first is not None else []),
        *([Condition(prop.name, "less", (_plain(beyond),))] if beyond is not None else []),
    ]
    label = f"< {words[0]}" if first is None else f"≥ {words[0]}" if beyond is None else f"{words[0]} – {words[1]}"
    return Group(place, label, tuple(asked))


def _plain(number: Any) -> str:
    return f"{plain_decimal(Decimal(number)):f}"
