"""When a property was changed last, told from the history of the records."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.derived.links import kept, rows_for
from crm.properties.models import PropertyHistoryRow
from crm.statements import among


def last_changes(property_name: str, ids: Sequence[int]) -> dict[int, datetime]:
    """The moment of the last change of one property, of each of these records that has one in its history."""
    newest = kept("last changes", build=_newest)
    return {row.record_id: row.moment for row in rows_for(newest, ids, property_name=property_name)}


def _newest() -> sa.Select[Any]:
    history: sa.Table = PropertyHistoryRow.__table__  # type: ignore[assignment]
    of_property = history.c.property_name == sa.bindparam("property_name", type_=sa.Text)
    newest = sa.select(history.c.record_id, sa.func.max(history.c.moment).label("moment"))
    return newest.where(among(history.c.record_id, "ids"), of_property).group_by(history.c.record_id)
