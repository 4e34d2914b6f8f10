"""What the numbers of all rows of a list come to: their sum and their average, of money by currency (SPEC 5.1).

There are no rates between currencies, so each is added up by itself. More rows than MOST_ADDED are not added up at all:
a part of them would look like a total.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.derived.money import CURRENCY, MONEY, home_currency
from crm.objects.schema import ObjectType, Property
from crm.permissions.scopes import guarded, rows_visible_to
from crm.permissions.viewer import Viewer
from crm.properties.formulas.kinds import storable
from crm.properties.types.base import Context
from crm.records.values import type_of

MOST_ADDED = 250_000
NUMBERS = frozenset({"number", "currency", "score"})
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Total:
    """The sum of one property and its average, in words of the reader; of money one for each currency."""

    sums: Sequence[str]
    averages: Sequence[str]


@dataclass
class _Added:
    """The sum of some numbers, and of how many."""

    total: Decimal = field(default_factory=Decimal)
    number: int = 0


def is_addable(prop: Property) -> bool:
    """Whether values of this property can be added up: not those of one whose numbers are names."""
    return type_of(prop).name in NUMBERS and prop.settings.get("grouping", True) is not False


def totals(
    viewer: Viewer,
    object_type: ObjectType,
    properties: Iterable[Property],
    condition: sa.ColumnElement[bool] | None,
    context: Context,
) -> Mapping[str, Total] | None:
    """The totals of those properties that can be added up, by name, over the rows that the viewer may see.

    `condition` narrows them, as it does an index. None where they are more than MOST_ADDED; one query.
    """
    added = {prop.name: prop for prop in properties if is_addable(prop)}
    if not added:
        return {}
    rows = db.session.execute(guarded(_statement(viewer, object_type, list(added), condition), viewer)).all()
    if sum(row.rows for row in rows) > MOST_ADDED:
        return None
    found: dict[str, dict[str, _Added]] = {name: {} for name in added}
    for row in rows:
        for place, (name, prop) in enumerate(added.items()):
            number, total = row[2 + 2 * place : 4 + 2 * place]
            if number:
                one = found[name].setdefault(row.code if _is_by_currency(object_type, prop) else "", _Added())
                one.total, one.number = one.total + total, one.number + number
    return {name: _in_words(prop, found[name], context) for name, prop in added.items()}


def count_all(viewer: Viewer, object_type: ObjectType, condition: sa.ColumnElement[bool] | None) -> int:
    """How many rows of the object there are that the viewer may see and that meet the condition, to the last one."""
    where = [rows_visible_to(viewer, object_type.name, object_type.table)]
    counted = sa.select(sa.func.count()).select_from(object_type.table)
    statement = counted.where(*where, *([] if condition is None else [condition]))
    return db.session.scalar(guarded(statement, viewer)) or 0


def _is_by_currency(object_type: ObjectType, prop: Property) -> bool:
    is_money = type_of(prop).name == MONEY
    return is_money and CURRENCY in object_type.properties and prop.settings.get("currency") != "home"


def _statement(
    viewer: Viewer, object_type: ObjectType, names: Sequence[str], condition: sa.ColumnElement[bool] | None
) -> sa.Select[Any]:
    table = object_type.table
    code: sa.ColumnElement[Any] = sa.literal("")
    if CURRENCY in object_type.properties:
        code = sa.func.coalesce(sa.func.nullif(object_type.column(CURRENCY), ""), home_currency())
    rows = (
        sa.select(code.label("code"), *(object_type.column(name).label(f"p_{name}") for name in names))
        .select_from(table)
        .where(rows_visible_to(viewer, object_type.name, table), *([] if condition is None else [condition]))
        .limit(MOST_ADDED + 1)
        .subquery()
    )
    columns: list[Any] = []
    for name in names:
        value = rows.c[f"p_{name}"]
        columns += [sa.func.count(value), sa.func.sum(value, type_=value.type)]
    return sa.select(rows.c.code, sa.func.count().label("rows"), *columns).group_by(rows.c.code)


def _in_words(prop: Property, found: Mapping[str, _Added], context: Context) -> Total:
    """The account's own currency first, then the others by their codes."""
    sums, averages = [], []
    for code in sorted(found, key=lambda code: (code != context.home_currency, code)):
        one, reading = found[code], replace(context, currency=code) if code else context
        total, average = storable(one.total), storable(one.total / one.number)
        if total is not None and average is not None:
            sums.append(type_of(prop).to_text(total, prop, reading))
            averages.append(type_of(prop).to_text(_rounded(prop, average), prop, reading))
    return Total(sums, averages)


def _rounded(prop: Property, average: Decimal) -> Decimal:
    """An average with no more decimals than people read; a share is stored as a fraction of one."""
    least = _CENT.scaleb(-2) if prop.settings.get("format") == "percent" else _CENT
    return Decimal(f"{average.quantize(least).normalize():f}") if average.adjusted() < 20 else average
