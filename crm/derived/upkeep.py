"""What changes without anybody writing: time passes, and a program derives more than the one before it (SPEC 2.7)."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from crm.clock import account_today, now
from crm.db import Stamp, db, end_read, stamps, unit_of_work
from crm.derived.batches import BATCH
from crm.derived.graph import derivation_graph
from crm.derived.handing_over import hand_over_all
from crm.derived.links import RECORD, rows_for
from crm.derived.recomputing import recompute
from crm.derived.settling import Settling
from crm.derived.timeline_facts import NEXT_ACTIVITY, facts_of
from crm.jobs.queue import enqueue
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.records.calculations import formula_of
from crm.timeline.entry_rows import ENTRY

FORM = "1"
"""Which values are derived, and how; another one has all of them computed anew."""

RECOMPUTE = "recompute"
"""The kind of job that computes everything anew."""

STAMP, DAY = "derived_values", "derived_day"


def sync_derived() -> None:
    """Have a job compute everything when another program has derived it; inside a unit of work, at every start."""
    if stamps().get(STAMP) == FORM:
        return
    if rows_for(sa.select(RECORD.c.id).limit(1), ()):
        enqueue(RECOMPUTE, unique_key=RECOMPUTE)
    else:
        db.session.merge(Stamp(name=STAMP, token=FORM))


def recompute_everything(_payload: Mapping[str, Any]) -> None:
    """The job after an upgrade."""
    recompute()
    with unit_of_work():
        db.session.merge(Stamp(name=STAMP, token=FORM))


def follow_the_clock(_payload: Mapping[str, Any]) -> None:
    """The regular job: meetings begin, tasks fall due, and another day comes for formulas that ask for it."""
    for kind in schema().record_types:
        if NEXT_ACTIVITY in {fact.name for fact in facts_of(kind)}:
            _settle_begun(kind)
    end_read()
    today = account_today().isoformat()
    if stamps().get(DAY) != today:
        end_read()
        with unit_of_work():
            _hand_over_formulas_of_the_day()
            db.session.merge(Stamp(name=DAY, token=today))


def _settle_begun(kind: ObjectType) -> None:
    while ids := _begun(kind):
        end_read()
        with unit_of_work():
            settling = Settling(derivation_graph())
            settling.due(derivation_graph().by_name[f"timeline of {kind.name}"], ids)
            settling.settle()
        end_read()


def _begun(kind: ObjectType) -> list[int]:
    """Records whose next activity is no longer ahead."""
    table, upcoming = kind.table, kind.column(NEXT_ACTIVITY)
    begun = (
        sa.select(table.c.record_id)
        .join(ENTRY, ENTRY.c.record_id == table.c.record_id)
        .where(ENTRY.c.is_open, ENTRY.c.moment < now(), upcoming == ENTRY.c.moment, table.c.archived_at.is_(None))
    )
    return [row.record_id for row in rows_for(begun.distinct().limit(BATCH), ())]


def _hand_over_formulas_of_the_day() -> None:
    graph = derivation_graph()
    for kind in schema().record_types:
        for name, prop in kind.properties.items():
            formula, one = formula_of(prop), graph.filling((kind.name, name))
            if formula is not None and formula.is_of_the_day and one is not None:
                hand_over_all(one)
