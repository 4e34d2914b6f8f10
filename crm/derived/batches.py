"""Settling one derivation for more records than one unit of work should hold, batch by batch."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.db import end_read, unit_of_work
from crm.derived.graph import derivation_graph
from crm.derived.links import neighbour_ids, rows_for
from crm.derived.registry import Derivation
from crm.derived.settling import Settling
from crm.objects.queries import schema

BATCH = 200
"""Few, since whoever changes one of these records waits until they are settled."""

Following = Callable[[int], Sequence[int]]


def settle_in_batches(payload: Mapping[str, Any]) -> None:
    """The job: settle a derivation for the records the payload names, each batch and what follows from it in one unit.

    Done twice it writes nothing more; a derivation that is gone by now is forgotten.
    """
    end_read()
    one = derivation_graph().by_name.get(payload["derivation"])
    if one is None:
        return
    following, last = _following(one, payload), 0
    while ids := following(last):
        end_read()
        with unit_of_work():
            settling = Settling(derivation_graph())
            settling.due(one, ids)
            settling.settle()
        last = ids[-1]
    end_read()


def _following(one: Derivation, payload: Mapping[str, Any]) -> Following:
    """The next records after a given one, by id."""
    if "ids" in payload:
        wanted = sorted(payload["ids"])
        return lambda last: [each for each in wanted if each > last][:BATCH]
    if "linked_to" in payload:
        return lambda last: neighbour_ids(one.object_type, payload["linked_to"], last, BATCH)
    return lambda last: live_ids(one.object_type, last, BATCH, payload.get("owner_id"))


def live_ids(object_type: str, after: int, limit: int, owner_id: int | None = None) -> list[int]:
    """The live records of an object by id, those after `after`; all of them, or those somebody owns."""
    table = schema().object_type(object_type).table
    statement = sa.select(table.c.record_id).where(table.c.record_id > after, table.c.archived_at.is_(None))
    if owner_id is not None:
        statement = statement.where(table.c.owner_id == owner_id)
    return [row.record_id for row in rows_for(statement.order_by(table.c.record_id).limit(limit), ())]
