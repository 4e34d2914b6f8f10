"""What the columns of a board come to: how many records, their amounts, and those weighted by their chances (SPEC 5.1).

There are no rates, so amounts in other currencies than the account's are left out, counted and said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm.boards.places import NOWHERE, Place, in_pipelines, in_place
from crm.db import db
from crm.derived.money import AMOUNT, in_home_currency
from crm.objects.schema import ObjectType, Pipeline
from crm.permissions.scopes import guarded, rows_visible_to
from crm.permissions.viewer import Viewer
from crm.records.counts import bounded_text
from crm.records.queries import COUNT_LIMIT

WEIGHTED = "hs_projected_amount"


@dataclass(frozen=True)
class Totals:
    """Of one column: `number` is exact where there are amounts, else counted to one past `COUNT_LIMIT`.

    The sums are None for an object without amounts; `elsewhere` records have theirs in another currency.
    """

    number: int = 0
    amount: Decimal | None = None
    weighted: Decimal | None = None
    elsewhere: int = 0
    is_exact: bool = False

    @property
    def text(self) -> str:
        """The number for people."""
        return f"{self.number:,}" if self.is_exact else bounded_text(self.number, COUNT_LIMIT)

    def __add__(self, other: "Totals") -> "Totals":
        """Those of both together."""
        return Totals(
            self.number + other.number,
            _sum(self.amount, other.amount),
            _sum(self.weighted, other.weighted),
            self.elsewhere + other.elsewhere,
            self.is_exact and other.is_exact,
        )


def has_amounts(kind: ObjectType) -> bool:
    """Whether there is money to add up."""
    return AMOUNT in kind.properties and WEIGHTED in kind.properties


def totals_of(
    viewer: Viewer,
    kind: ObjectType,
    pipelines: Sequence[Pipeline],
    places: Sequence[Place],
    condition: sa.ColumnElement[bool] | None,
) -> dict[str, Totals]:
    """The totals of each column by its key, of what the viewer may see and the condition leaves; one query.

    Every amount has to be read to add them up, so they are all counted on the way; where there are none, each column
    is counted as far as people read.
    """
    where = [rows_visible_to(viewer, kind.name, kind.table), in_pipelines(kind, pipelines)]
    where += [] if condition is None else [condition]
    return _summed(viewer, kind, places, where) if has_amounts(kind) else _counted(viewer, kind, places, where)


def _summed(
    viewer: Viewer, kind: ObjectType, places: Sequence[Place], where: list[sa.ColumnElement[bool]]
) -> dict[str, Totals]:
    assert kind.stage_property is not None
    stage, amount, weighted = kind.column(kind.stage_property.name), kind.column(AMOUNT), kind.column(WEIGHTED)
    is_home = in_home_currency(kind, kind.property(AMOUNT))
    elsewhere = sa.case((sa.and_(amount.is_not(None), sa.not_(is_home)), 1), else_=0)
    columns: tuple[Any, ...] = (
        stage.label("stage"),
        sa.func.count().label("number"),
        sa.func.sum(sa.case((is_home, amount)), type_=amount.type).label("amount"),
        sa.func.sum(sa.case((is_home, weighted)), type_=weighted.type).label("weighted"),
        sa.func.sum(elsewhere).label("elsewhere"),
    )
    rows = db.session.execute(guarded(sa.select(*columns).where(*where).group_by(stage), viewer))
    zero = Totals(0, Decimal(0), Decimal(0), 0, True)
    found = {place.key: zero for place in places}
    for row in rows:
        key = row.stage if row.stage in kind.stages else NOWHERE
        amounts = (row.amount or Decimal(0), row.weighted or Decimal(0))
        found[key] = found.get(key, zero) + Totals(row.number, *amounts, row.elsewhere, True)
    return found


def _counted(
    viewer: Viewer, kind: ObjectType, places: Sequence[Place], where: list[sa.ColumnElement[bool]]
) -> dict[str, Totals]:
    branches = []
    for place in places:
        some = sa.select(sa.literal(1)).select_from(kind.table).where(*where, in_place(kind, place))
        limited = some.limit(COUNT_LIMIT + 1).subquery()
        branches.append(sa.select(sa.literal(place.key).label("key"), sa.func.count().label("n")).select_from(limited))
    rows = db.session.execute(guarded(sa.union_all(*branches), viewer))
    return {row.key: Totals(row.n) for row in rows}


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other
