"""The locks of a merge: whoever merges, links or changes the same records waits, and nobody in a circle."""

from collections.abc import Collection
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from crm.activities.models import ActivityLink
from crm.associations.models import Association
from crm.associations.rows import COMPANY
from crm.db import db
from crm.merging.errors import Outdated
from crm.messages import N_, Message
from crm.permissions.scopes import unguarded
from crm.records.models import Record
from crm.records.rows import lock_passports

WHY = "locks are taken for hidden records too"
MOST_TRIES = 5
BUSY = N_("Others are changing what these records are linked to. Try again in a moment.")


def lock_all(record_ids: Collection[int], object_type: str) -> dict[int, sa.Row[Any]]:
    """The passports of these records, locked until the unit ends, with the activities on them and, of companies, what
    is linked to them.

    Activities first and then records, each in order of id, as whoever changes an activity and its links does. Links to
    a record wait for its lock, so once all are locked none is added; one that was added before is found by looking
    again. Raises Outdated when that finds no end.
    """
    lock_passports(_activities(record_ids))
    for _ in range(MOST_TRIES):
        with suppress(_Overtaken), db.session.begin_nested():
            linked = _linked(record_ids, object_type)
            locked = lock_passports({*record_ids, *linked})
            if _linked(record_ids, object_type) - linked:
                raise _Overtaken
            return {record_id: row for record_id, row in locked.items() if record_id in record_ids}
    raise Outdated(Message(BUSY))


class _Overtaken(Exception):
    """Somebody linked another record while the locks were taken; these are given back, to be taken in order."""


def _activities(record_ids: Collection[int]) -> list[int]:
    on_them = sa.select(ActivityLink.activity_id).where(ActivityLink.record_id.in_(record_ids))
    return list(db.session.scalars(unguarded(on_them, WHY)))


def _linked(record_ids: Collection[int], object_type: str) -> set[int]:
    if object_type != COMPANY:
        return set()
    linked = sa.select(Association.from_record_id).join(Record, Record.id == Association.from_record_id)
    there = linked.where(Association.to_record_id.in_(record_ids))
    return set(db.session.scalars(unguarded(there, WHY)))
