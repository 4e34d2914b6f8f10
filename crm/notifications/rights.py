"""Who of several people may see several records and activities: two queries for all of them.

The same answer as the visibility gate gives, worked out for many readers at once; a test holds the two together.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.accounts.queries import directory
from crm.activities.models import ActivityLink
from crm.db import db
from crm.permissions.actions import Verb
from crm.permissions.scopes import unguarded
from crm.records.models import Record

WHY = "read to find out who may be told of it"
AT_ONCE = 1_000


@dataclass(frozen=True)
class Rights:
    """Passports of records that are not deleted, and which of them each activity is on."""

    passports: Mapping[int, sa.Row[Any]]
    places: Mapping[int, Collection[int]]

    @classmethod
    def read(cls, record_ids: Collection[int], activity_ids: Collection[int]) -> "Rights":
        """What is needed to know who sees these records and activities."""
        places: dict[int, list[int]] = {}
        link = ActivityLink
        for some in _portions(activity_ids):
            links = sa.select(link.activity_id, link.record_id).where(link.activity_id.in_(some))
            for row in db.session.execute(unguarded(links, WHY)):
                places.setdefault(row.activity_id, []).append(row.record_id)
        wanted = {*record_ids, *activity_ids, *(one for on in places.values() for one in on)}
        passports: dict[int, sa.Row[Any]] = {}
        for some in _portions(wanted):
            found = sa.select(Record.id, Record.object_type, Record.owner_id)
            live = found.where(Record.id.in_(some), Record.archived_at.is_(None))
            passports |= {row.id: row for row in db.session.execute(unguarded(live, WHY))}
        return cls(passports, places)

    def sees_record(self, user_id: int, record_id: int) -> bool:
        """Whether a person sees a record."""
        passport = self.passports.get(record_id)
        if passport is None or user_id not in directory().users:
            return False
        return directory().viewer(user_id).covers(passport.object_type, Verb.VIEW, passport.owner_id)

    def sees_activity(self, user_id: int, activity_id: int) -> bool:
        """Whether they see an activity: its kind, and a record it is on."""
        on = self.places.get(activity_id, ())
        return self.sees_record(user_id, activity_id) and any(self.sees_record(user_id, one) for one in on)


def _portions(ids: Collection[int]) -> list[list[int]]:
    ordered = sorted(set(ids))
    return [ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE)]
