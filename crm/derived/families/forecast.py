"""What a deal's stage says of its chances and its money, and how long a closed one took (SPEC 2.7, 2.9)."""

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from crm.derived.links import rows_for
from crm.derived.registry import Derivation, Family, Values, derivation_families
from crm.objects.schema import ObjectType, Schema
from crm.records.automatic.close_date import CLOSE_DATE, DEAL
from crm.records.automatic.days_to_close import DAYS_TO_CLOSE, days_to_close
from crm.records.automatic.forecast import FORECAST, IS_CLOSED, MADE_OF, forecast
from crm.statements import among


def _compute(kind: ObjectType, ids: Sequence[int]) -> Mapping[int, Values]:
    names = (*MADE_OF, CLOSE_DATE)
    table = kind.table
    columns = [kind.column(name).label(name) for name in names]
    found = sa.select(table.c.record_id, table.c.created_at, *columns).where(among(table.c.record_id, "ids"))
    facts: dict[int, Values] = {}
    for row in rows_for(found, ids):
        values = forecast(kind, row._mapping)
        values[DAYS_TO_CLOSE] = days_to_close(values[IS_CLOSED], row.created_at, getattr(row, CLOSE_DATE))
        facts[row.record_id] = values
    return facts


def _derivations(_current: Schema) -> Iterable[Derivation]:
    yield Derivation(
        name="forecast of deal",
        object_type=DEAL,
        fills=(*FORECAST, DAYS_TO_CLOSE),
        compute=_compute,
        own=frozenset({*MADE_OF, CLOSE_DATE}),
        kept_by_writer=True,
        has_history=True,
    )


derivation_families.register(Family("forecast", _derivations))
