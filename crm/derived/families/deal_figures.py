"""What contacts and companies have in deals: open ones, revenue, and the deal won last (SPEC 2.7).

Won deals count with their amount in the account's currency; there are no rates, so other money is left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.derived.links import SUBJECT, kept, linked_records, rows_for
from crm.derived.money import AMOUNT, home_amount
from crm.derived.money import NAMES as MONEY
from crm.derived.registry import Derivation, Family, Linked, Values, derivation_families
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Schema, Stage
from crm.properties.formulas.kinds import storable

DEAL = "deal"
CLOSE_DATE = "closedate"
OPEN_DEALS, REVENUE = "hs_num_open_deals", "total_revenue"
RECENT_AMOUNT, RECENT_DATE = "recent_deal_amount", "recent_deal_close_date"
STAGE = frozenset({"pipeline", "dealstage"})


def in_stages(deal: ObjectType, wanted: Iterable[tuple[str, Stage]]) -> sa.ColumnElement[bool]:
    """The condition that a record is in one of these stages, each given with the name of its pipeline."""
    pipeline, stage = deal.pipeline_property, deal.stage_property
    if pipeline is None or stage is None:
        return sa.false()
    here = [
        sa.and_(deal.column(pipeline.name) == name, deal.column(stage.name) == one.name) for name, one in wanted
    ]
    return sa.or_(sa.false(), *here)


def _stages(deal: ObjectType) -> list[tuple[str, Stage]]:
    return [(pipeline.name, stage) for pipeline in deal.pipelines for stage in pipeline.stages]


def _won(deal: ObjectType) -> sa.ColumnElement[bool]:
    return in_stages(deal, [(pipeline, stage) for pipeline, stage in _stages(deal) if stage.is_won])


def _open_deals(kind: ObjectType, ids: Sequence[int]) -> Mapping[int, Values]:
    counted = kept("open deals", kind.name, build=lambda: _counted(kind, schema().object_type(DEAL)))
    return {row[0]: {OPEN_DEALS: row[1]} for row in rows_for(counted, ids)}


def _counted(kind: ObjectType, deal: ObjectType) -> sa.Select[Any]:
    is_open = in_stages(deal, [(pipeline, stage) for pipeline, stage in _stages(deal) if not stage.is_closed])
    return linked_records(kind, deal, sa.func.count()).where(is_open).group_by(SUBJECT)


def _won_deals(kind: ObjectType, ids: Sequence[int]) -> Mapping[int, Values]:
    """Revenue and the deal won last, in one look at the deals that were won."""
    won = kept("won deals", kind.name, build=lambda: _placed(kind, schema().object_type(DEAL)))
    found: dict[int, dict[str, Any]] = {}
    for row in rows_for(won, ids):
        last = {RECENT_AMOUNT: row.amount, RECENT_DATE: row.closed} if row.closed is not None else {}
        found[row[0]] = {REVENUE: storable(row.total), **last}
    return found


def _placed(kind: ObjectType, deal: ObjectType) -> sa.Select[Any]:
    """The deal won last of each record, those without a close date behind, with the sum of all of them."""
    closed, amount = deal.column(CLOSE_DATE), home_amount(deal)
    order = (closed.is_(None), closed.desc(), deal.table.c.record_id.desc())
    place = sa.func.row_number().over(partition_by=SUBJECT, order_by=order).label("place")
    total = sa.func.sum(amount, type_=deal.column(AMOUNT).type).over(partition_by=SUBJECT).label("total")
    columns = (amount.label("amount"), closed.label("closed"), total, place)
    won = linked_records(kind, deal, *columns).where(_won(deal)).subquery()
    return sa.select(won.c.from_record_id, won.c.amount, won.c.closed, won.c.total).where(won.c.place == 1)


def _derivations(_current: Schema) -> Iterable[Derivation]:
    for object_type in ("contact", "company"):
        about = {"object_type": object_type}
        yield Derivation(
            f"open deals of {object_type}",
            **about,
            fills=(OPEN_DEALS,),
            compute=_open_deals,
            linked=(Linked(DEAL, STAGE),),
            of_nothing={OPEN_DEALS: 0},
        )
        yield Derivation(
            f"won deals of {object_type}",
            **about,
            fills=(REVENUE, RECENT_AMOUNT, RECENT_DATE),
            compute=_won_deals,
            linked=(Linked(DEAL, STAGE | MONEY | {CLOSE_DATE}),),
        )


derivation_families.register(Family("deal_figures", _derivations))
