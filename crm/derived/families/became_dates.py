"""When a contact or company reached each lifecycle stage, from its history (SPEC 2.7)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.derived.links import rows_for
from crm.derived.registry import Derivation, Family, Values, derivation_families
from crm.objects.schema import ObjectType, Schema
from crm.properties.models import PropertyHistoryRow
from crm.records.automatic.became_dates import LIFECYCLE, became_date
from crm.records.source import SourceKind
from crm.statements import among


def _compute(_kind: ObjectType, ids: Sequence[int]) -> Mapping[int, Values]:
    history: sa.Table = PropertyHistoryRow.__table__  # type: ignore[assignment]
    # A merge keeps the stage that one of two records had reached before.
    arrived = (history.c.property_name == LIFECYCLE, history.c.new.is_not(None), history.c.source != SourceKind.MERGE)
    reached = (
        sa.select(history.c.record_id, history.c.new, sa.func.max(history.c.moment).label("moment"))
        .where(among(history.c.record_id, "ids"), *arrived)
        .group_by(history.c.record_id, history.c.new)
    )
    facts: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in rows_for(reached, ids):
        facts[row.record_id][became_date(row.new)] = row.moment
    return facts


def _derivations(current: Schema) -> Iterable[Derivation]:
    for kind in current.record_types:
        prop = kind.properties.get(LIFECYCLE)
        if prop is not None:
            yield Derivation(
                name=f"lifecycle dates of {kind.name}",
                object_type=kind.name,
                fills=tuple(became_date(option.value) for option in prop.options),
                compute=_compute,
                own=frozenset({LIFECYCLE}),
                kept_by_writer=True,
                has_history=True,
            )


derivation_families.register(Family("became_dates", _derivations))
