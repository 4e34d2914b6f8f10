"""The histories of values: those of both in the order in which things happened, then what the merge made of them."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.merging.parts import WHY, MergePart, Merging, Parting, copy_rows, largest_id, merge_parts
from crm.merging.planning import MergePlan
from crm.merging.sides import MERGED_IDS
from crm.permissions.scopes import unguarded
from crm.properties.models import PropertyHistoryRow
from crm.records import rows
from crm.records.source import Source, SourceKind
from crm.records.values import type_of

HISTORY: sa.Table = PropertyHistoryRow.__table__  # type: ignore[assignment]
MARK = "history_mark"
NOT_TOLD = frozenset({"createdate", "lastmodifieddate", "hs_object_id"})


def _unite(merging: Merging) -> None:
    plan = merging.plan
    order = (HISTORY.c.moment, HISTORY.c.id)
    copy_rows(HISTORY, {"record_id": merging.merged_id}, HISTORY.c.record_id.in_(merging.sources), order)
    before, after = _made_by_merge(plan, _ends(merging.merged_id))
    source = Source(SourceKind.MERGE, f"{plan.primary.id};{plan.secondary.id}")
    rows.write_history(merging.actor, merging.kind, merging.merged_id, plan.version, before, after, source)
    merging.marks[MARK] = largest_id(HISTORY, HISTORY.c.record_id == merging.merged_id)


def _ends(record_id: int) -> dict[str, str | None]:
    """What the united history says last of each property."""
    columns = (HISTORY.c.property_name, HISTORY.c.new)
    told = sa.select(*columns).where(HISTORY.c.record_id == record_id).order_by(HISTORY.c.id)
    return dict(db.session.execute(unguarded(told, WHY)).tuples().all())


def _made_by_merge(plan: MergePlan, ends: Mapping[str, str | None]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Where the histories of both do not end at the value of the merged record: what was, and what the merge made."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    computed = {row.prop.name for row in plan.rows if row.is_computed}
    for name, value in plan.values.items():
        prop, old = plan.kind.properties[name], plan.primary.values.get(name)
        if name in ends:
            old = type_of(prop).from_history(ends[name])
            is_told = type_of(prop).to_history(value) == ends[name]
        else:
            is_told = old == value or name in computed
        if name not in NOT_TOLD and (name == MERGED_IDS or not is_told):
            before[name], after[name] = old, value
    return before, after


def _part(_parting: Parting) -> None:
    """The merged record keeps its history: histories are only ever added to, and these rows are nobody else's."""


merge_parts.register(MergePart("property_history", ("property_history",), _unite, _part, position=50))
