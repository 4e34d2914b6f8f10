"""The rows of the record itself: that it was deleted, its values, and what other passports say of it."""

from collections.abc import Sequence

import sqlalchemy as sa

from crm.db import db
from crm.objects.queries import schema
from crm.records.purging import Hanging, hanging


def _values(ids: Sequence[int]) -> None:
    for kind in schema().types.values():
        db.session.execute(sa.delete(kind.table).where(kind.table.c.record_id.in_(ids)))


hanging.register(
    Hanging(
        "passport",
        deleted={"record_deletion": ("record_id",)},
        emptied={"record": ("pinned_activity_id",)},
        # Records merged into one that goes are among those that go.
        told={"record": ("merged_into_id",)},
        before=_values,
        position=900,
    )
)
