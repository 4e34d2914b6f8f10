"""When a ticket was closed and how long that took, and whether a lead was disqualified (SPEC 2.7)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

import sqlalchemy as sa

from crm.derived.links import rows_for
from crm.derived.registry import Derivation, Family, Values, derivation_families
from crm.objects.schema import ObjectType, Schema
from crm.records.automatic.disqualified import IS_DISQUALIFIED, is_disqualified
from crm.records.automatic.ticket_closing import CLOSED_DATE, TIME_TO_CLOSE, milliseconds
from crm.records.stage_history import visits_of
from crm.statements import among

TICKET, LEAD = "ticket", "lead"
STAGE = "hs_pipeline_stage"


def _closing(kind: ObjectType, ids: Sequence[int]) -> Mapping[int, Values]:
    table = kind.table
    made = sa.select(table.c.record_id, table.c.created_at).where(among(table.c.record_id, "ids"))
    visits, facts = visits_of(ids), {}
    for row in rows_for(made, ids):
        closed_at = _closed_at(kind, visits.get(row.record_id, ()))
        if closed_at is not None:
            facts[row.record_id] = {CLOSED_DATE: closed_at, TIME_TO_CLOSE: milliseconds(row.created_at, closed_at)}
    return facts


def _closed_at(kind: ObjectType, visits: Sequence[Any]) -> datetime | None:
    """When the record came into the first of the closed stages it has been in since it was last open."""
    closed = list(takewhile(lambda visit: visit.stage in kind.closed_stages, reversed(visits)))
    return closed[-1].entered_at if closed else None


def _disqualified(kind: ObjectType, ids: Sequence[int]) -> Mapping[int, Values]:
    table = kind.table
    found = sa.select(table.c.record_id, kind.column(STAGE).label("stage")).where(among(table.c.record_id, "ids"))
    return {row.record_id: {IS_DISQUALIFIED: is_disqualified(kind, row.stage)} for row in rows_for(found, ids)}


def _derivations(_current: Schema) -> Iterable[Derivation]:
    own = frozenset({STAGE})
    yield Derivation(
        name="closing of ticket",
        object_type=TICKET,
        fills=(CLOSED_DATE, TIME_TO_CLOSE),
        compute=_closing,
        own=own,
        kept_by_writer=True,
        has_history=True,
    )
    yield Derivation(
        name="disqualification of lead",
        object_type=LEAD,
        fills=(IS_DISQUALIFIED,),
        compute=_disqualified,
        own=own,
        kept_by_writer=True,
        has_history=True,
    )


derivation_families.register(Family("closing", _derivations))
