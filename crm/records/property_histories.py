"""Every change of the values of one property, in all records somebody may see (SPEC 2.4)."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from crm.db import db
from crm.permissions.scopes import guarded, visible_to
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyHistoryRow
from crm.records.models import Record

BATCH = 1_000


class ValueOfRecord(NamedTuple):
    """One change of one value; `old` and `new` are texts as the history keeps them."""

    id: int
    record_id: int
    record_name: str
    moment: datetime
    old: str | None
    new: str | None
    source: str
    source_detail: str
    actor_id: int | None


def history_of(viewer: Viewer, object_type: str, property_name: str) -> Iterator[ValueOfRecord]:
    """The changes of a property, live or archived, oldest first; read in batches, as there may be millions."""
    history, record = PropertyHistoryRow.__table__, Record.__table__
    statement = (
        sa.select(
            history.c.id,
            history.c.record_id,
            record.c.display_name,
            history.c.moment,
            history.c.old,
            history.c.new,
            history.c.source,
            history.c.source_detail,
            history.c.actor_id,
        )
        .join_from(history, record, record.c.id == history.c.record_id)
        .where(
            history.c.property_name == property_name,
            record.c.object_type == object_type,
            visible_to(viewer, record, object_types=[object_type]),
            history.c.id > sa.bindparam("last"),
        )
        .order_by(history.c.id)
        .limit(BATCH)
    )
    last = 0
    while found := db.session.execute(guarded(statement, viewer), {"last": last}).all():
        yield from (ValueOfRecord(*row) for row in found)
        last = found[-1].id
        if len(found) < BATCH:
            return
